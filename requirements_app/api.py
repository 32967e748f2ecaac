"""Work items and their progress through the API."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_fields import DayField, HoursField, OnlyWhatIsSeen
from core.entity_tags import tag_of, version_to_change
from projects.api.history import HistorySerializer, told
from projects.api.references import check_recorded_from
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.history import history_of
from projects.work_categories import WorkCategory
from requirements_app import actions
from requirements_app.filters import WorkItemFilter
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.queries import HISTORY, reports_on, work_items_of
from requirements_app.slots import used_minutes_of

MOST_MINUTES = 6_000_000


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 2_147_483_647})
class WorkItemNumberField(serializers.IntegerField):
    """A work item of the project by its number."""

    default_error_messages = {"unknown": gettext_lazy("The project has no work item with this number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2_147_483_647, **kwargs)

    def to_internal_value(self, data: Any) -> WorkItem:
        number = super().to_internal_value(data)
        self.run_number_validators(number)
        item = work_items_of(self.context["standing"].project).filter(ref__number=number).first()
        if item is None:
            self.fail("unknown")
        return item

    def run_validators(self, value: Any) -> None:
        """Done on the number, before it became the item."""

    def run_number_validators(self, number: int) -> None:
        super().run_validators(number)


class WorkItemSerializer(OnlyWhatIsSeen):
    """A piece of work with its estimate and how far it is."""

    only_with = {"view_hours": ("used_minutes", "used_hours")}

    number = serializers.IntegerField(source="ref.number", help_text="Names it in addresses.")
    label = serializers.CharField(source="ref.label", help_text="The number as people say it.")
    title = serializers.CharField()
    category = serializers.CharField()
    state = serializers.ChoiceField(WorkItem.State.choices)
    parent = serializers.IntegerField(source="parent.ref.number", allow_null=True, default=None)
    estimate_minutes = serializers.IntegerField(allow_null=True)
    estimate_hours = HoursField(source="estimate_minutes", allow_null=True)
    estimate_recorded_for = serializers.ChoiceField(
        Side.choices, allow_blank=True, help_text="The side that estimated, where the other one recorded it."
    )
    estimate_recorded_from = serializers.CharField(help_text="The file or mail that it was recorded from then.")
    used_minutes = serializers.SerializerMethodField(help_text="With view_hours.")
    used_hours = serializers.SerializerMethodField(help_text="With view_hours.")
    remaining_minutes = serializers.IntegerField(allow_null=True, help_text="By the newest report.")
    remaining_hours = HoursField(source="remaining_minutes", allow_null=True)
    planned_start_on = serializers.DateField(allow_null=True, help_text="Null: when what it belongs to starts.")
    planned_finish_on = serializers.DateField(allow_null=True, help_text="Null: when what it belongs to ends.")
    outside_key = serializers.CharField()
    outside_url = serializers.CharField()

    def get_used_minutes(self, item: WorkItem) -> int:
        return int(self.context["used_minutes"].get(item.pk, 0))

    def get_used_hours(self, item: WorkItem) -> str:
        return HoursField().to_representation(self.get_used_minutes(item))


class NewWorkItemSerializer(serializers.ModelSerializer[WorkItem]):
    parent = WorkItemNumberField(required=False, allow_null=True)
    category = serializers.ChoiceField(WorkCategory.choices, required=False, allow_blank=True)
    estimate_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_MINUTES, help_text="Empty: not estimated yet."
    )

    planned_start_on = DayField(required=False, allow_null=True)
    planned_finish_on = DayField(required=False, allow_null=True)

    class Meta:
        model = WorkItem
        fields = (
            "title",
            "parent",
            "category",
            "estimate_minutes",
            "estimate_recorded_from",
            "planned_start_on",
            "planned_finish_on",
            "outside_key",
            "outside_url",
        )
        # Two writers at once are only seen by the database, so the action says it.
        validators: list[Any] = []

    def validate_estimate_recorded_from(self, value: str) -> str:
        return check_recorded_from(self.context["standing"], value)


class WorkItemChangeSerializer(NewWorkItemSerializer):
    is_dropped = serializers.BooleanField(required=False, help_text="Drop it, or take it up again.")

    class Meta(NewWorkItemSerializer.Meta):
        fields = (*NewWorkItemSerializer.Meta.fields, "is_dropped")


class ProgressSerializer(serializers.Serializer[ProgressReport]):
    """What somebody said about how far a work item is."""

    on = serializers.DateField()
    is_done = serializers.BooleanField()
    remaining_minutes = serializers.IntegerField(allow_null=True)
    remaining_hours = HoursField(source="remaining_minutes", allow_null=True)
    reported_by = serializers.CharField(source="reported_by.name", allow_null=True, default=None)
    reported_at = serializers.DateTimeField()
    recorded_for = serializers.SerializerMethodField(
        help_text="The side whose word this is, where the other one passed it on."
    )
    recorded_from = serializers.CharField(help_text="The file or mail that it was passed on from then.")

    @extend_schema_field(serializers.ChoiceField(Side.choices, allow_blank=True))
    def get_recorded_for(self, report: Any) -> str:
        return Side.VENDOR if report.is_by_client else ""


class NewProgressSerializer(serializers.Serializer[Any]):
    on = DayField(required=False, help_text="The day on which this was so; empty: today.")
    is_done = serializers.BooleanField(required=False, default=False)
    remaining_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_MINUTES, help_text="Work still to do."
    )
    recorded_from = serializers.CharField(
        required=False, max_length=200, help_text="The file or mail from which the client records what the vendor said."
    )

    def validate_recorded_from(self, value: str) -> str:
        return check_recorded_from(self.context["standing"], value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["is_done"] and attrs.get("remaining_minutes"):
            raise serializers.ValidationError(
                {"remaining_minutes": _("What is done has nothing left to do.")}, code="done"
            )
        return attrs


class WorkItemViewSet(ProjectViewSet):
    """The work that was asked for."""

    capabilities = {
        "list": "view_project",
        "retrieve": "view_project",
        "create": "edit_work_items",
        "partial_update": "edit_work_items",
        "progress": "report_progress",
        "history": "view_project",
    }
    creating = frozenset({"create", "progress"})
    queryset = WorkItem.objects.none()
    serializer_class = WorkItemSerializer
    input_serializers = {
        "create": NewWorkItemSerializer,
        "partial_update": WorkItemChangeSerializer,
        "progress": NewProgressSerializer,
    }
    filterset_class = WorkItemFilter
    public_id = "ref__number"
    url_parameter = "number"

    def get_queryset(self) -> QuerySet[WorkItem]:
        return work_items_of(self.standing.project).select_related("parent__ref")

    def list(self, request: Request, slug: str) -> Response:
        """Work items in the order of the tree's siblings, or as asked."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, slug: str, number: int) -> Response:
        """One work item."""
        return self._one(self.get_object())

    def create(self, request: Request, slug: str) -> Response:
        """Add a work item."""
        item = actions.add_work_item(actor=request.user, project=self.standing.project, **self.sent())
        return self.address(self._one(item, 201), "work_item_detail", slug=slug, number=item.ref.number)

    def partial_update(self, request: Request, slug: str, number: int) -> Response:
        """Change a work item, drop it or take it up again."""
        item = self.get_object()
        version = version_to_change(request, item)
        actions.change_work_item(actor=request.user, item=item, expected_version=version, **self.sent(partial=True))
        return self._one(self.get_object())

    @extend_schema(responses=ProgressSerializer)
    def progress(self, request: Request, slug: str, number: int) -> Response:
        """Say how far a work item is.

        Neither done nor hours left says that it is open and nobody knows how much is left.
        """
        item = self.get_object()
        sent = self.sent()
        on: dt.date = sent.pop("on", self.today)
        if on > self.today:
            raise serializers.ValidationError({"on": _("This day has not come yet.")}, code="future")
        told = actions.report_progress(actor=request.user, item=item, on=on, **sent)
        report = reports_on(item).get(pk=told.pk)
        return Response(ProgressSerializer(report).data, status=201)

    @extend_schema(responses=HistorySerializer)
    def history(self, request: Request, slug: str, number: int) -> Response:
        """What was changed of a work item, the newest first."""
        return told(history_of([self.get_object()], HISTORY))

    def _shown(self, items: Sequence[WorkItem]) -> Any:
        used = used_minutes_of(self.standing, [item.pk for item in items])
        context = {**self.get_serializer_context(), "used_minutes": used}
        return WorkItemSerializer(items, many=True, context=context).data

    def _one(self, item: WorkItem, status: int = 200) -> Response:
        (shown,) = self._shown([item])
        return Response(shown, status=status, headers={"ETag": tag_of(item)})
