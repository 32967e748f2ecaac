"""The viewset that every part of the API builds on: it names a capability for each action, and closes all others."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from core.entity_tags import tag_of
from core.idempotency import key_of, once
from core.versions import Versioned


class ApiViewSet(GenericViewSet):
    """A resource. ``capabilities`` says for each action what the caller must hold; an action without one is refused.

    ``input_serializers`` read what an action takes, ``serializer_class`` writes what it answers. ``public_id`` is the
    path to what names a row outside: never its key.
    """

    capabilities: ClassVar[Mapping[str, str]] = {}
    input_serializers: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    # Actions that answer 201, and those that also take a list, with its most members.
    creating: ClassVar[frozenset[str]] = frozenset({"create"})
    takes_many: ClassVar[Mapping[str, int]] = {}
    # Actions whose parts name themselves, so that all of them can be sent again: they take no Idempotency-Key.
    repeatable: ClassVar[frozenset[str]] = frozenset()
    # Actions whose answer shows a secret this once. Kept for whoever repeats the request it would lie open for a day.
    shows_secret: ClassVar[frozenset[str]] = frozenset()
    # Actions that read values from the address, by their input serializer, and refuse those that cannot be.
    asked: ClassVar[frozenset[str]] = frozenset()
    public_id = "uuid"
    url_parameter = "uuid"
    http_method_names = ["get", "head", "post", "patch"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After access and limits: speak the caller's language, and let a repeated POST act once."""
        super().initial(request, *args, **kwargs)
        # ReaderMiddleware ends this with the request. Instants stay in UTC, whoever asks.
        translation.activate(request.user.locale)
        if request.method == "POST" and (key := key_of(request)):
            if self.action in self.repeatable:
                message = _("This takes no Idempotency-Key: its parts name themselves and can be sent again.")
                raise ValidationError({"Idempotency-Key": [message]}, code="idempotency_key")
            if self.action in self.shows_secret:
                message = _("This takes no Idempotency-Key: its answer shows a secret that is not kept.")
                raise ValidationError({"Idempotency-Key": [message]}, code="idempotency_key")
            # dispatch() takes the handler after this.
            self.post = once(self.post, client_id=str(request.user.uuid), key=key)  # type: ignore[has-type]

    def check_permissions(self, request: Request) -> None:
        """Requests that are refused count as well, so the limit comes first."""
        super().check_throttles(request)
        super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Done by ``check_permissions``."""

    def get_object(self) -> Any:
        """The row that the address names, of those that the caller may see. Filters are for lists."""
        return get_object_or_404(self.get_queryset(), **{self.public_id: self.kwargs[self.url_parameter]})

    def sent(self, data: Any = None, **kwargs: Any) -> Any:
        """What was sent, checked for its shape; 422 with each place that is wrong."""
        serializer = self.input_serializers[self.action](
            data=self.request.data if data is None else data, context=self.get_serializer_context(), **kwargs
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def listed(self, queryset: QuerySet[Any]) -> Response:
        """A page of what the filters leave."""
        page = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def answer(self, instance: Any, status: int = 200, *, tagged: Versioned | None = None) -> Response:
        """One thing, with the tag of its version where it has one; ``tagged`` carries it, if ``instance`` does not."""
        versioned = instance if isinstance(instance, Versioned) else tagged
        headers = {"ETag": tag_of(versioned)} if versioned is not None else {}
        return Response(self.get_serializer(instance).data, status=status, headers=headers)

    def address(self, response: Response, name: str, **kwargs: Any) -> Response:
        """Say in ``response`` where the new thing is from now on."""
        response["Location"] = self.request.build_absolute_uri(reverse(f"api:{name}", kwargs=kwargs))
        return response
