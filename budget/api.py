"""Hours through the API."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.filters import TimeEntryFilter
from budget.models import TimeEntry
from budget.time_entries import one_of_one, record_times, reverse_time
from budget.time_entry_insert import NewTimeEntry
from budget.time_entry_json import PlainRow, plain_rows, writer_for
from budget.time_entry_queries import time_entries_of, time_entry_history
from core.api_fields import DayField, HoursField, OnlyWhatIsSeen
from core.errors import DomainError, RowsRefused
from core.kept_query import KeptQuery, among, among_uuids
from projects.api.history import HistorySerializer, told
from projects.api.references import check_recorded_from
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.models import Project, ProjectPerson
from requirements_app.models import WorkItem

MOST_AT_ONCE = 1000
SAID = ("worked_on", "minutes", "billable", "note", "source_id", "recorded_from")


class EntryPersonSerializer(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    name = serializers.CharField()


class TimeEntrySerializer(OnlyWhatIsSeen):
    """Minutes of a person on a day, on a work item or on none."""

    # Minutes beside an amount are a rate.
    only_with = {"view_people": ("person",), "view_rates": ("hourly_rate", "amount")}

    uuid = serializers.UUIDField()
    worked_on = serializers.DateField()
    person = EntryPersonSerializer(required=False, help_text="With view_people.")
    work_item = serializers.IntegerField(source="work_item.ref.number", allow_null=True, default=None)
    minutes = serializers.IntegerField(help_text="Negative where it takes another entry back.")
    hours = HoursField(source="minutes")
    billable = serializers.ChoiceField(TimeEntry.Billable.choices)
    note = serializers.CharField()
    hourly_rate = serializers.DecimalField(
        12, 4, allow_null=True, required=False, help_text="With view_rates. Null: no rate held on that day."
    )
    amount = serializers.DecimalField(
        14, 2, allow_null=True, required=False, help_text="With view_rates. In the project's currency."
    )
    reverses = serializers.UUIDField(source="reverses.uuid", allow_null=True, default=None)
    reversed_by = serializers.SerializerMethodField()
    source = serializers.ChoiceField(TimeEntry.Source.choices)
    source_id = serializers.CharField(allow_null=True)
    recorded_by = serializers.CharField(source="recorded_by.name")
    recorded_at = serializers.DateTimeField()
    recorded_for = serializers.SerializerMethodField(
        help_text="The side whose hours these are, where the other one recorded them."
    )
    recorded_from = serializers.SerializerMethodField(help_text="The file or mail that they were recorded from then.")

    @extend_schema_field(serializers.ChoiceField(Side.choices, allow_blank=True))
    def get_recorded_for(self, entry: Any) -> str:
        return Side.VENDOR if entry.recorded_by_client else ""

    def get_recorded_from(self, entry: Any) -> str:
        return entry.source_said if entry.recorded_by_client else ""

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_reversed_by(self, entry: Any) -> str | None:
        return next((str(reversal.uuid) for reversal in entry.taken_back_by), None)


class RecordedSerializer(serializers.Serializer[Any]):
    """What came of a list: every entry in the order sent, and how many the project did not have yet."""

    new_count = serializers.IntegerField()
    results = TimeEntrySerializer(many=True)


class NewTimeEntrySerializer(serializers.Serializer[Any]):
    person = serializers.UUIDField(help_text="Somebody of the project.")
    worked_on = DayField()
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    work_item = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="Its number; empty: work that nobody ordered."
    )
    billable = serializers.ChoiceField(TimeEntry.Billable.choices, required=False, default=TimeEntry.Billable.UNKNOWN)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    source_id = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=120,
        default=None,
        help_text="The entry's identity in your system: what the project already has by it is not recorded again.",
    )
    recorded_from = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        default="",
        help_text="The file or mail from which the client records what the vendor claims.",
    )

    def validate_recorded_from(self, value: str) -> str:
        return check_recorded_from(self.context["standing"], value)


class ReversalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, help_text="Both sides read it.")


class TimeEntryApiFilter(TimeEntryFilter):
    """Without the sight of money nothing can be sorted by it either: the order would tell of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = getattr(self.request, "standing", None)
        if standing is not None and not standing.can("view_rates"):
            self.hide_amounts()


PEOPLE: Final = KeptQuery(
    lambda project_id, uuids: (
        ProjectPerson.objects.filter(project=project_id, person__uuid__in=among_uuids(uuids))
        .order_by()
        .values_list("person__uuid", "person")
    ),
    project_id=int,
    uuids=list,
)
ITEMS: Final = KeptQuery(
    lambda project_id, numbers: (
        WorkItem.objects.filter(project=project_id, ref__number__in=among(numbers))
        .order_by()
        .values_list("ref__number", "pk")
    ),
    project_id=int,
    numbers=list,
)
SHOWN: Final = KeptQuery(
    lambda project_id, entry: plain_rows(time_entries_of(Project(pk=project_id)).filter(pk=entry)),
    project_id=int,
    entry=uuid.UUID,
)


def new_entries(project: Project, sent: Sequence[dict[str, Any]]) -> list[NewTimeEntry]:
    """What was sent, with the project's keys of people and work items; RowsRefused names rows with unknown ones."""
    people: Any = dict(PEOPLE.rows(project_id=project.pk, uuids=list({row["person"] for row in sent})))
    numbers = {row.get("work_item") for row in sent} - {None}
    items: Any = dict(ITEMS.rows(project_id=project.pk, numbers=list(numbers)) if numbers else ())
    rows: dict[int, DomainError] = {}
    for place, row in enumerate(sent):
        if row["person"] not in people:
            message = _("Nobody of this project has this uuid.")
            rows[place] = DomainError(message, code="not_of_project", field="person")
        elif row.get("work_item") is not None and row["work_item"] not in items:
            message = _("The project has no work item with this number.")
            rows[place] = DomainError(message, code="unknown", field="work_item")
    if rows:
        raise RowsRefused(_("Some entries cannot be recorded, so none was."), rows=rows)
    return [
        NewTimeEntry(
            person_id=people[row["person"]],
            work_item_id=items[row["work_item"]] if row.get("work_item") is not None else None,
            **{name: row[name] for name in SAID},
        )
        for row in sent
    ]


class TimeEntryViewSet(ProjectViewSet):
    """Hours."""

    capabilities = {
        "list": "view_hours",
        "retrieve": "view_hours",
        "create": "record_time",
        "reverse": "record_time",
        "history": "view_hours",
    }
    creating = frozenset({"create", "reverse"})
    takes_many = {"create": MOST_AT_ONCE}
    queryset = TimeEntry.objects.none()
    serializer_class = TimeEntrySerializer
    input_serializers = {"create": NewTimeEntrySerializer, "reverse": ReversalSerializer}
    filterset_class = TimeEntryApiFilter
    url_parameter = "entry_uuid"

    def get_queryset(self) -> QuerySet[TimeEntry]:
        return time_entries_of(self.standing.project)

    def list(self, request: Request, slug: str) -> Response:
        """Time entries, the newest day first, or as asked."""
        page = self.paginate_queryset(plain_rows(self.filter_queryset(self.get_queryset())))
        write = writer_for(self.standing, TimeEntrySerializer.only_with)
        return self.get_paginated_response([write(row) for row in page])

    def retrieve(self, request: Request, slug: str, entry_uuid: str) -> Response:
        """One time entry."""
        return self.answer(self.get_object())

    @extend_schema(
        responses={
            201: PolymorphicProxySerializer(
                component_name="RecordedTime",
                serializers=[TimeEntrySerializer, RecordedSerializer],
                resource_type_field_name=None,
            ),
            200: TimeEntrySerializer,
        }
    )
    def create(self, request: Request, slug: str) -> Response:
        """Record one time entry, or a list of up to 1,000: all of them or none.

        An entry whose source_id the project has already is not recorded again; alone it answers 200 instead of 201.
        """
        if isinstance(request.data, list):
            return self._record_many()
        with one_of_one():
            recorded = self._record([self.sent()])
        (row,) = SHOWN.rows(project_id=self.standing.project.pk, entry=recorded.entries[0].pk)
        written = writer_for(self.standing, TimeEntrySerializer.only_with)(PlainRow._make(row))
        response = Response(written, 201 if recorded.new_count else 200)
        return self.address(response, "time_entry_detail", slug=slug, entry_uuid=recorded.entries[0].uuid)

    @extend_schema(responses=HistorySerializer)
    def history(self, request: Request, slug: str, entry_uuid: str) -> Response:
        """What was changed of an entry after it was recorded, the newest first; amounts with view_rates."""
        return told(time_entry_history(self.standing, self.get_object()))

    def reverse(self, request: Request, slug: str, entry_uuid: str) -> Response:
        """Take a time entry back by its negative. What was recorded stays readable."""
        reversal = reverse_time(actor=request.user, entry=self.get_object(), source=TimeEntry.Source.API, **self.sent())
        shown = self.get_queryset().get(pk=reversal.pk)
        return self.address(self.answer(shown, 201), "time_entry_detail", slug=slug, entry_uuid=reversal.uuid)

    def _record_many(self) -> Response:
        recorded = self._record(self.sent(many=True, allow_empty=False, max_length=MOST_AT_ONCE))
        shown = self.get_queryset().in_bulk([entry.pk for entry in recorded.entries])
        in_order = [shown[entry.pk] for entry in recorded.entries]
        context = self.get_serializer_context()
        answer = {"new_count": recorded.new_count, "results": in_order}
        return Response(RecordedSerializer(answer, context=context).data, status=201)

    def _record(self, sent: Sequence[dict[str, Any]]) -> Any:
        return record_times(
            actor=self.standing.user,
            project=self.standing.project,
            entries=new_entries(self.standing.project, sent),
            today=self.today,
            source=TimeEntry.Source.API,
        )
