"""Names of files that mean no known work item, through the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.models import UnmatchedItem
from budget.unmatched_items import UnmatchedLine, assign_unmatched, unmatched_lines, unmatched_of
from core.api_fields import HoursField
from projects.api_views import ProjectViewSet
from requirements_app.models import WorkItem
from requirements_app.queries import work_items_of

MOST_AT_ONCE = 1000


class UnmatchedSerializer(serializers.Serializer[UnmatchedLine]):
    """What a file called the work item of hours, and how much waits for it."""

    uuid = serializers.UUIDField(source="item.uuid")
    name = serializers.CharField(source="item.name")
    filename = serializers.CharField(source="item.batch.filename")
    entries = serializers.IntegerField()
    minutes = serializers.IntegerField()
    hours = HoursField(source="minutes")
    first_day = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)


class MeaningSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    work_item = serializers.IntegerField(
        min_value=1, max_value=2_147_483_647, allow_null=True, help_text="Its number; null: the name means none."
    )


class MeaningsSerializer(serializers.Serializer[Any]):
    """What names mean: all of them, or none where one is wrong."""

    names = MeaningSerializer(many=True, allow_empty=False, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]  # of the list

    def validate_names(self, names: list[dict[str, Any]]) -> list[dict[str, Any]]:
        numbers = {each["work_item"] for each in names} - {None}
        items: dict[int, WorkItem] = {
            item.ref.number: item
            for item in work_items_of(self.context["standing"].project).filter(ref__number__in=numbers)
        }
        if unknown := sorted(numbers - items.keys()):
            raise serializers.ValidationError(
                _("The project has no work item with the number %(number)s.") % {"number": unknown[0]}, code="unknown"
            )
        return [{**each, "work_item": items.get(each["work_item"])} for each in names]


class AssignedSerializer(serializers.Serializer[Any]):
    entries = serializers.IntegerField(help_text="Entries that are on a work item now.")
    minutes = serializers.IntegerField()
    hours = HoursField(source="minutes")


class UnmatchedViewSet(ProjectViewSet):
    """Names in files of your side that mean no known work item. Their hours count as unordered work."""

    capabilities = {"list": "import_time", "assign": "import_time"}
    input_serializers = {"assign": MeaningsSerializer}
    queryset = UnmatchedItem.objects.none()
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return AssignedSerializer if self.action == "assign" else UnmatchedSerializer

    def get_queryset(self) -> QuerySet[UnmatchedItem]:
        return unmatched_of(self.standing.project, self.standing.side).order_by("-pk")

    def list(self, request: Request, slug: str) -> Response:
        """Each name with the hours that wait for it, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(unmatched_lines(page or []), many=True).data)

    def assign(self, request: Request, slug: str) -> Response:
        """Say what names mean. Their hours go to the items, and the next file asks nothing."""
        standing, names = self.standing, self.sent()["names"]
        choices = {each["uuid"]: each["work_item"] for each in names}
        done = assign_unmatched(actor=standing.user, project=standing.project, side=standing.side, choices=choices)
        return self.answer(done)
