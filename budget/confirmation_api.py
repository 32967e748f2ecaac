"""Confirmations through the API: read only, for asking and answering are acts of people."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.confirmation_queries import ConfirmationLine, confirmation_lines, confirmations_of
from budget.models import RecordConfirmation
from core.api_fields import HoursField
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
    asked_by = serializers.CharField(source="confirmation.asked_by.name")
    asked_at = serializers.DateTimeField(source="confirmation.asked_at")
    state = serializers.ChoiceField(RecordConfirmation.State.choices, source="confirmation.state")
    answer = serializers.CharField(source="confirmation.answer", help_text="The reason of an objection.")
    answered_at = serializers.DateTimeField(source="confirmation.answered_at", allow_null=True)
    is_changed = serializers.BooleanField(help_text="What stands today is not what was asked about.")


class ConfirmationDetailSerializer(ConfirmationSerializer):
    """The same with its lines."""

    lines = ConfirmedLineSerializer(many=True)


class ConfirmationViewSet(ProjectViewSet):
    """What the vendor was asked to confirm."""

    capabilities = {"list": "view_hours", "retrieve": "view_hours"}
    queryset = RecordConfirmation.objects.none()
    serializer_class = ConfirmationSerializer
    url_parameter = "confirmation_uuid"
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return ConfirmationDetailSerializer if self.action == "retrieve" else ConfirmationSerializer

    def get_queryset(self) -> QuerySet[RecordConfirmation]:
        return confirmations_of(self.standing.project)

    def list(self, request: Request, slug: str) -> Response:
        """What was asked, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        rows = confirmation_lines(self.standing.project, page or [])
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, slug: str, confirmation_uuid: str) -> Response:
        """One question with its lines."""
        (row,) = confirmation_lines(self.standing.project, [self.get_object()])
        return self.answer(row)
