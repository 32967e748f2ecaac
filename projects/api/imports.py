"""What became of files that were brought in. Bringing one in needs somebody who looks at it: that is done on a page."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api_views import ProjectViewSet
from projects.models import ImportBatch
from projects.queries import imports_of_side

COUNTS = ("rows", "new", "changed", "same", "left_out", "wrong")


class ImportSerializer(serializers.Serializer[ImportBatch]):
    """A file and what became of its rows; each row is new, changed, the same, left out or wrong."""

    uuid = serializers.UUIDField()
    filename = serializers.CharField()
    state = serializers.ChoiceField(ImportBatch.State.choices)
    created_by = serializers.CharField(source="created_by.name")
    created_at = serializers.DateTimeField()
    committed_at = serializers.DateTimeField(allow_null=True)
    counts = serializers.SerializerMethodField()

    def get_counts(self, batch: ImportBatch) -> dict[str, int]:
        return {name: batch.outcome.get(name, 0) for name in COUNTS}


class ImportViewSet(ProjectViewSet):
    """Files that your side brought in."""

    kind: str
    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    url_parameter = "batch_uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[ImportBatch]:
        found = imports_of_side(self.standing, self.kind)
        return found.select_related("created_by").order_by("-created_at", "-pk")

    def list(self, request: Request, slug: str) -> Response:
        """Files that your side brought in, the newest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, batch_uuid: str) -> Response:
        """One file and what became of it."""
        return self.answer(self.get_object())


class WorkItemImportViewSet(ImportViewSet):
    kind = ImportBatch.Kind.WORK_ITEMS
    capabilities = {"list": "edit_work_items", "retrieve": "edit_work_items"}


class TimeImportViewSet(ImportViewSet):
    kind = ImportBatch.Kind.TIME_ENTRIES
    capabilities = {"list": "import_time", "retrieve": "import_time"}
