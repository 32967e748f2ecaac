"""Confirmations through the API: asking as the client, answering as the vendor. Links leave by mail alone."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.confirmation_queries import ConfirmationLine, confirmation_lines, confirmations_of
from budget.confirmations import answer_confirmation, ask_confirmation, renew_link, withdraw_confirmation
from budget.models import RecordConfirmation
from core.api_fields import DayField, HoursField
from projects.api.references import PersonField
from projects.api_views import ProjectViewSet


class ConfirmedLineSerializer(serializers.Serializer[Any]):
    work_item = serializers.IntegerField(source="number", allow_null=True, help_text="Its number; null: on none.")
    title = serializers.CharField()
    person = serializers.CharField(source="name", help_text="Of hours; empty of estimates.")
    minutes = serializers.IntegerField()
    hours = HoursField(source="minutes")


class ConfirmationSerializer(serializers.Serializer[ConfirmationLine]):
    """What the client recorded and the vendor was asked to confirm, as it stood when asked."""

    uuid = serializers.UUIDField(source="confirmation.uuid")
    subject = serializers.ChoiceField(RecordConfirmation.Subject.choices, source="confirmation.subject")
    first_day = serializers.DateField(source="confirmation.first_day", allow_null=True)
    last_day = serializers.DateField(source="confirmation.last_day", allow_null=True)
    minutes = serializers.IntegerField()
    hours = HoursField(source="minutes")
    sha256 = serializers.CharField(source="confirmation.digest", help_text="Of what was asked, written canonically.")
    person = serializers.CharField(source="confirmation.person.name", help_text="Who is asked.")
    link_sent_to = serializers.EmailField(
        source="confirmation.link.sent_to", allow_null=True, default=None, help_text="Null: no link was mailed."
    )
    asked_by = serializers.CharField(source="confirmation.asked_by.name")
    asked_at = serializers.DateTimeField(source="confirmation.asked_at")
    state = serializers.ChoiceField(RecordConfirmation.State.choices, source="confirmation.state")
    answer = serializers.CharField(source="confirmation.answer", help_text="The reason of an objection.")
    answered_at = serializers.DateTimeField(source="confirmation.answered_at", allow_null=True)
    answered_by = serializers.CharField(
        source="confirmation.answered_by.name", allow_null=True, default=None, help_text="Null: by the link."
    )
    is_changed = serializers.BooleanField(help_text="What stands today is not what was asked about.")


class ConfirmationDetailSerializer(ConfirmationSerializer):
    """The same with its lines."""

    lines = ConfirmedLineSerializer(many=True)


class NewConfirmationSerializer(serializers.Serializer[Any]):
    subject = serializers.ChoiceField(RecordConfirmation.Subject.choices)
    first_day = DayField(required=False, allow_null=True, help_text="Of hours: the first day asked about.")
    last_day = DayField(required=False, allow_null=True)
    person = PersonField(help_text="Somebody of the vendor.")
    email = serializers.EmailField(required=False, help_text="Their address, if none is known yet. It is kept.")


class LinkSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(required=False, help_text="Their address, if none is known yet. It is kept.")


class AnswerSerializer(serializers.Serializer[Any]):
    agrees = serializers.BooleanField()
    reason = serializers.CharField(required=False, max_length=2000, help_text="Needed to object. Both sides read it.")


class ConfirmationViewSet(ProjectViewSet):
    """What the vendor was asked to confirm."""

    capabilities = {
        "list": "view_hours",
        "retrieve": "view_hours",
        "create": "ask_confirmation",
        "link": "ask_confirmation",
        "withdraw": "ask_confirmation",
        "give_answer": "answer_confirmation",
    }
    input_serializers = {"create": NewConfirmationSerializer, "link": LinkSerializer, "give_answer": AnswerSerializer}
    queryset = RecordConfirmation.objects.none()
    serializer_class = ConfirmationSerializer
    url_parameter = "confirmation_uuid"
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return ConfirmationSerializer if self.action == "list" else ConfirmationDetailSerializer

    def get_queryset(self) -> QuerySet[RecordConfirmation]:
        return confirmations_of(self.standing.project)

    def list(self, request: Request, slug: str) -> Response:
        """What was asked, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        rows = confirmation_lines(self.standing.project, page or [])
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, slug: str, confirmation_uuid: str) -> Response:
        """One question with its lines."""
        return self._shown(self.get_object())

    def create(self, request: Request, slug: str) -> Response:
        """Ask somebody of the vendor. They get a link by mail, and no answer of this API holds it."""
        asked = ask_confirmation(actor=self.standing.user, project=self.standing.project, **self.sent())
        shown = self._shown(asked, 201)
        return self.address(shown, "confirmation_detail", slug=slug, confirmation_uuid=asked.uuid)

    def link(self, request: Request, slug: str, confirmation_uuid: str) -> Response:
        """Mail a new link. The one before ends at once."""
        renew_link(actor=self.standing.user, confirmation=self.get_object(), **self.sent())
        return self._shown(self.get_object())

    def withdraw(self, request: Request, slug: str, confirmation_uuid: str) -> Response:
        """Ask no longer, or leave an objection as it is."""
        withdraw_confirmation(actor=self.standing.user, confirmation=self.get_object())
        return self._shown(self.get_object())

    def give_answer(self, request: Request, slug: str, confirmation_uuid: str) -> Response:
        """Confirm for the vendor, or object. What was confirmed by a link may still be objected to."""
        answer_confirmation(actor=self.standing.user, confirmation=self.get_object(), **self.sent())
        return self._shown(self.get_object())

    def _shown(self, confirmation: RecordConfirmation, status: int = 200) -> Response:
        (row,) = confirmation_lines(self.standing.project, [confirmation])
        return self.answer(row, status)
