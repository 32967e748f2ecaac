"""What became of files that were brought in. Bringing one in needs somebody who looks at it: that is done on a page."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api_views import ProjectViewSet
from projects.import_taking_back import TakingBack
from projects.import_work import HANDLERS, act_on
from projects.models import ImportBatch, ImportWork
from projects.queries import imports_of_side

ACTIONS = ("list", "retrieve", "taking_back", "take_back")
COUNTS = ("rows", "new", "changed", "same", "left_out", "wrong")


class ImportSerializer(serializers.Serializer[ImportBatch]):
    """A file and what became of its rows; each row is new, changed, the same, left out or wrong."""

    uuid = serializers.UUIDField()
    filename = serializers.CharField()
    state = serializers.ChoiceField(ImportBatch.State.choices)
    created_by = serializers.CharField(source="created_by.name")
    created_at = serializers.DateTimeField()
    committed_at = serializers.DateTimeField(allow_null=True)
    taken_back_at = serializers.DateTimeField(allow_null=True)
    counts = serializers.SerializerMethodField()

    def get_counts(self, batch: ImportBatch) -> dict[str, int]:
        return {name: batch.outcome.get(name, 0) for name in COUNTS}


class TakingBackSerializer(serializers.Serializer[TakingBack]):
    """What taking an import back would do. Send ``shown`` to do exactly that."""

    counts = serializers.DictField(child=serializers.IntegerField())
    goes = serializers.ListField(child=serializers.CharField())
    stays = serializers.ListField(child=serializers.CharField())
    obstacle = serializers.CharField(help_text="Why it cannot be taken back; empty where it can.")
    shown = serializers.CharField(source="fingerprint", help_text="SHA-256 of the counts.")


class ShownSerializer(serializers.Serializer[Any]):
    shown = serializers.CharField(max_length=64, help_text="As the answer to GET gave it.")


class ImportViewSet(ProjectViewSet):
    """Files that your side brought in."""

    kind: str
    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    url_parameter = "batch_uuid"
    filter_backends = []
    input_serializers = {"take_back": ShownSerializer}

    def get_serializer_class(self) -> Any:
        return TakingBackSerializer if self.action == "taking_back" else ImportSerializer

    def get_queryset(self) -> QuerySet[ImportBatch]:
        found = imports_of_side(self.standing, self.kind)
        return found.select_related("created_by").order_by("-created_at", "-pk")

    def list(self, request: Request, slug: str) -> Response:
        """Files that your side brought in, the newest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, batch_uuid: str) -> Response:
        """One file and what became of it."""
        return self.answer(self.get_object())

    def taking_back(self, request: Request, slug: str, batch_uuid: str) -> Response:
        """What taking the import back would do."""
        batch = self.get_object()
        return self.answer(HANDLERS[batch.kind].taking_back(batch))

    def take_back(self, request: Request, slug: str, batch_uuid: str) -> Response:
        """Take the import back, whole or not at all. A large one is left to a worker: 202, and its state tells."""
        batch = self.get_object()
        is_done = act_on(actor=self.standing.user, batch=batch, act=ImportWork.Act.TAKE_BACK, choices=self.sent())
        return self.answer(self.get_object(), 200 if is_done else 202)


class WorkItemImportViewSet(ImportViewSet):
    kind = ImportBatch.Kind.WORK_ITEMS
    capabilities = dict.fromkeys(ACTIONS, "edit_work_items")


class TimeImportViewSet(ImportViewSet):
    kind = ImportBatch.Kind.TIME_ENTRIES
    capabilities = dict.fromkeys(ACTIONS, "import_time")
