"""What the product told the caller."""

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SIGNED_IN
from core.api_views import ApiViewSet
from projects.inbox import InboxLine, inbox_lines, mark_read, messages_of
from projects.models import OutboxMessage


class MessageSerializer(serializers.Serializer[InboxLine]):
    """A message in the caller's language."""

    uuid = serializers.UUIDField(source="message.uuid")
    project = serializers.CharField(source="message.project.slug")
    kind = serializers.CharField(source="message.kind")
    subject = serializers.CharField(source="wording.subject")
    text = serializers.CharField(source="wording.text")
    path = serializers.CharField(source="wording.path", help_text="Where it leads on this site.")
    at = serializers.DateTimeField(source="message.due_at")
    read_at = serializers.DateTimeField(source="message.read_at", allow_null=True)


class InboxViewSet(ApiViewSet):
    """Your inbox."""

    capabilities = {"list": SIGNED_IN, "read": SIGNED_IN}
    queryset = OutboxMessage.objects.none()
    serializer_class = MessageSerializer
    url_parameter = "message_uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        return messages_of(self.request.user)

    def list(self, request: Request) -> Response:
        """Your messages, the newest first."""
        lines = inbox_lines(request.user, self.paginate_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(lines, many=True).data)

    def read(self, request: Request, message_uuid: str) -> Response:
        """Mark a message as read. Doing it twice changes nothing."""
        mark_read(self.get_object())
        lines = inbox_lines(request.user, [self.get_object()])
        if not lines:
            raise Http404("no longer to be seen")
        return self.answer(lines[0])
