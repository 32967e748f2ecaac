"""To which programs your side has its messages posted."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.entity_tags import version_to_change
from projects import actions
from projects.api_views import ProjectViewSet
from projects.models import Webhook, WebhookDelivery
from projects.webhook_queries import deliveries_of, webhooks_of
from projects.webhook_sending import event_name


class WebhookSerializer(serializers.Serializer[Webhook]):
    """An address to which the messages of your side are posted, signed as Standard Webhooks say."""

    uuid = serializers.UUIDField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField()
    off_because = serializers.ChoiceField([("", ""), *Webhook.Off.choices])
    off_at = serializers.DateTimeField(allow_null=True)
    owner = serializers.CharField(source="owner.name", help_text="It tells what this person may see.")
    previous_secret_until = serializers.DateTimeField(source="previous_until", allow_null=True)


class NewWebhookSerializer(WebhookSerializer):
    """The same with its secret, which is shown this once."""

    secret = serializers.CharField()


class WebhookRequestSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100)


class SwitchSerializer(serializers.Serializer[Any]):
    is_on = serializers.BooleanField()


class SecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="Shown this once. The one so far signs too for 24 hours.")


class DeliverySerializer(serializers.Serializer[WebhookDelivery]):
    """A message to a webhook and what became of it."""

    uuid = serializers.UUIDField()
    event = serializers.SerializerMethodField()
    state = serializers.ChoiceField(WebhookDelivery.State.choices)
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is tried next.")
    sent_at = serializers.DateTimeField(allow_null=True)
    attempts = serializers.IntegerField()
    answer_status = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField()

    def get_event(self, delivery: WebhookDelivery) -> str:
        """As the message's type."""
        return event_name(delivery.kind)


class WebhookViewSet(ProjectViewSet):
    """Programs that are told what happens."""

    capabilities = {
        "list": "view_webhooks",
        "retrieve": "view_webhooks",
        "create": "edit_webhooks",
        "partial_update": "edit_webhooks",
        "new_secret": "edit_webhooks",
        "switch": "edit_webhooks",
        "end": "edit_webhooks",
        "test": "edit_webhooks",
    }
    input_serializers = {
        "create": WebhookRequestSerializer,
        "partial_update": WebhookRequestSerializer,
        "switch": SwitchSerializer,
    }
    shows_secret = frozenset({"create", "new_secret"})
    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    url_parameter = "webhook_uuid"
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Webhook]:
        return webhooks_of(self.standing).order_by("-pk")

    def list(self, request: Request, slug: str) -> Response:
        """The webhooks of your side, the newest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """One webhook."""
        return self.answer(self.get_object())

    @extend_schema(responses={201: NewWebhookSerializer})
    def create(self, request: Request, slug: str) -> Response:
        """Have messages posted to an address. The answer alone shows the secret."""
        webhook, secret = actions.add_webhook(
            actor=request.user, project=self.standing.project, side=self.standing.side, **self.sent()
        )
        made = self.answer(self.get_queryset().get(pk=webhook.pk), 201)
        made.data["secret"] = secret
        return self.address(made, "webhook_detail", slug=slug, webhook_uuid=webhook.uuid)

    def partial_update(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """Another address, or other kinds; what is left out stays."""
        webhook = self.get_object()
        version, sent = version_to_change(request, webhook), self.sent(partial=True)
        actions.change_webhook(
            actor=request.user,
            webhook=webhook,
            url=sent.get("url", webhook.url),
            kinds=sent.get("kinds", webhook.kinds),
            expected_version=version,
        )
        return self.answer(self.get_object())

    @extend_schema(responses=SecretSerializer)
    def new_secret(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """Make a new secret."""
        return Response({"secret": actions.change_webhook_secret(actor=request.user, webhook=self.get_object())})

    def switch(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """Off, or on again; whoever switches it on becomes its owner."""
        webhook = self.get_object()
        if self.sent()["is_on"]:
            actions.switch_webhook_on(actor=request.user, webhook=webhook)
        else:
            actions.switch_webhook_off(actor=request.user, webhook=webhook, because=Webhook.Off.BY_HAND)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def end(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """Remove it for good."""
        actions.end_webhook(actor=request.user, webhook=self.get_object())
        return Response(status=204)

    @extend_schema(responses=DeliverySerializer)
    def test(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """Post a message that says nothing."""
        delivery = actions.test_webhook(actor=request.user, webhook=self.get_object())
        return Response(DeliverySerializer(delivery).data)


class DeliveryViewSet(ProjectViewSet):
    """What became of each message to a webhook."""

    capabilities = {"list": "view_webhooks", "send_again": "edit_webhooks"}
    queryset = WebhookDelivery.objects.none()
    serializer_class = DeliverySerializer
    url_parameter = "delivery_uuid"
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        webhook = get_object_or_404(webhooks_of(self.standing), uuid=uuid.UUID(str(self.kwargs["webhook_uuid"])))
        return deliveries_of(webhook)

    def list(self, request: Request, slug: str, webhook_uuid: str) -> Response:
        """The messages of the last ninety days, the newest first."""
        return self.listed(self.get_queryset())

    def send_again(self, request: Request, slug: str, webhook_uuid: str, delivery_uuid: str) -> Response:
        """Post a message once more, under the same id."""
        actions.send_delivery_again(delivery=self.get_object())
        return self.answer(self.get_object())
