"""Mails to one's own side that did not get through."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.actions import discard_message, send_message_again
from projects.api_views import ProjectViewSet
from projects.models import OutboxMessage
from projects.undelivered import undelivered_of


class UndeliveredSerializer(serializers.Serializer[OutboxMessage]):
    """A mail that was given up, or is still tried."""

    uuid = serializers.UUIDField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    recipient = serializers.CharField(source="recipient.name")
    email = serializers.CharField(source="recipient.email")
    state = serializers.ChoiceField(OutboxMessage.State.choices)
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="When it is tried next.")
    last_error = serializers.CharField()


class UndeliveredViewSet(ProjectViewSet):
    """Mails that did not get through."""

    capabilities = {"list": "resend_messages", "send_again": "resend_messages", "discard": "resend_messages"}
    queryset = OutboxMessage.objects.none()
    serializer_class = UndeliveredSerializer
    url_parameter = "message_uuid"
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        return undelivered_of(self.standing)

    def list(self, request: Request, slug: str) -> Response:
        """Mails to people of your side that did not get through, the oldest first."""
        return self.listed(self.get_queryset().order_by("created_at", "pk"))

    def send_again(self, request: Request, slug: str, message_uuid: str) -> Response:
        """Try a mail again from the beginning."""
        return self._act(send_message_again)

    def discard(self, request: Request, slug: str, message_uuid: str) -> Response:
        """Give a mail up for good."""
        return self._act(discard_message)

    def _act(self, act: Any) -> Response:
        message = self.get_object()
        act(actor=self.request.user, message=message, side=self.standing.side)
        message.refresh_from_db()
        return self.answer(message)
