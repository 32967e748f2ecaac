"""Earned value through the API: the figures, formulas and files of its page."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.earned_queries import EarnedPage, branches_named, earned_page, known_through
from budget.earned_value import Undefined
from budget.rule_comparison import earned_by_rule
from core.api_fields import DayField, HoursField, OnlyWhatIsSeen
from projects.api_views import ProjectViewSet
from projects.models import Terms
from requirements_app.api import WorkItemNumberField
from requirements_app.models import WorkItem
from requirements_app.queries import work_items_of
from status.earned_files import day_records, index_records
from status.earned_indices import earned_indices


class AskedSerializer(serializers.Serializer[Any]):
    """Which branch, and up to which day."""

    item = WorkItemNumberField(required=False, help_text="The number of a work item: it with everything below it.")
    on = DayField(required=False, help_text="The last day that counts; later than compared_on has no effect.")


class IndexSerializer(serializers.Serializer[Any]):
    """One index: hours as hours, shares as fractions, times as calendar days. Null says why in ``undefined``."""

    key = serializers.CharField(help_text="Such as cpi, eac_cpi_spi or ieac_earned_pace.")
    name = serializers.CharField()
    unit = serializers.ChoiceField([("hours", "hours"), ("index", "index"), ("share", "share"), ("days", "days")])
    value = serializers.DecimalField(18, 4, allow_null=True)
    undefined = serializers.ChoiceField([(one.value, one.value) for one in Undefined], allow_null=True)
    formula = serializers.CharField(help_text="In the letters of the textbooks.")
    worked = serializers.CharField(help_text="The formula with the figures put in, or why it is undefined.")
    assumes = serializers.CharField(help_text="What a forecast assumes of the rest.")
    finish_on = serializers.DateField(allow_null=True, help_text="When a forecast has the work done.")
    money = serializers.DecimalField(
        18, 4, allow_null=True, help_text="The same from amounts in the project's currency, for who may see them."
    )


class EarnedValueSerializer(serializers.Serializer[Any]):
    """Where the work of a project, or of a branch, stands at the end of a day."""

    item = serializers.IntegerField(allow_null=True, help_text="Null: the whole project.")
    as_of = serializers.DateField(allow_null=True, help_text="The day of all figures; null before the first hours.")
    compared_on = serializers.DateField(allow_null=True, help_text="The earlier of the two days below.")
    hours_through = serializers.DateField(allow_null=True)
    progress_through = serializers.DateField(allow_null=True)
    being_recomputed = serializers.BooleanField()
    progress_rule = serializers.ChoiceField(Terms.ProgressRule.choices)
    outside_minutes = serializers.IntegerField(help_text="Used on work without an estimate, and in no index.")
    undated_minutes = serializers.IntegerField(help_text="Of the estimates without any planned days.")
    indices = IndexSerializer(many=True)


class EarnedDaySerializer(OnlyWhatIsSeen):
    """The state at the end of a day on which something moved."""

    only_with = {"view_rates": ("planned_amount", "earned_amount", "actual_amount")}

    day = serializers.DateField()
    planned_hours = serializers.DecimalField(14, 2, allow_null=True)
    earned_hours = serializers.DecimalField(14, 2, allow_null=True)
    actual_hours = serializers.DecimalField(14, 2, allow_null=True)
    used_hours = serializers.DecimalField(14, 2, help_text="With the hours on work without an estimate.")
    remaining_hours = serializers.DecimalField(14, 2)
    cost_variance_hours = serializers.DecimalField(14, 2, allow_null=True)
    schedule_variance_hours = serializers.DecimalField(14, 2, allow_null=True)
    cpi = serializers.DecimalField(14, 4, allow_null=True)
    spi = serializers.DecimalField(14, 4, allow_null=True)
    earned_schedule_days = serializers.DecimalField(14, 4, allow_null=True)
    sv_t_days = serializers.DecimalField(14, 4, allow_null=True)
    spi_t = serializers.DecimalField(14, 4, allow_null=True)
    planned_amount = serializers.DecimalField(18, 2, allow_null=True, required=False, help_text="With view_rates.")
    earned_amount = serializers.DecimalField(18, 2, allow_null=True, required=False, help_text="With view_rates.")
    actual_amount = serializers.DecimalField(18, 2, allow_null=True, required=False, help_text="With view_rates.")


class EarnedDaysSerializer(serializers.Serializer[Any]):
    """Planned, earned and used over time, up to the day asked for."""

    days = EarnedDaySerializer(many=True)


class EarnedBranchSerializer(serializers.Serializer[Any]):
    """A branch below the one that is asked for, on the same day."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    is_group = serializers.BooleanField(help_text="It has others below it, and they are counted here.")
    used_minutes = serializers.IntegerField(source="used")
    budget_hours = HoursField(source="values.bac", allow_null=True, help_text="The estimates of the branch, BAC.")
    earned_hours = HoursField(source="values.ev", allow_null=True)
    actual_hours = HoursField(source="values.ac", allow_null=True)
    cpi = serializers.DecimalField(14, 4, allow_null=True, source="values.cost_performance_index.value")


class RuleEffectSerializer(serializers.Serializer[Any]):
    """What a rule of progress would count for the same hours and reports."""

    rule = serializers.ChoiceField(Terms.ProgressRule.choices)
    is_agreed = serializers.BooleanField()
    budget_hours = HoursField(source="values.bac")
    earned_hours = HoursField(source="values.ev")
    actual_hours = HoursField(source="values.ac")
    cpi = serializers.DecimalField(14, 4, allow_null=True, source="values.cost_performance_index.value")


class RuleEffectsSerializer(serializers.Serializer[Any]):
    as_of = serializers.DateField(allow_null=True)
    rules = RuleEffectSerializer(many=True)


class EarnedValueViewSet(ProjectViewSet):
    """What the work is worth, and what it took."""

    capabilities = {"retrieve": "view_hours", "days": "view_hours", "list": "view_hours", "rules": "view_hours"}
    queryset = WorkItem.objects.none()
    serializer_class = EarnedValueSerializer
    input_serializers = {"retrieve": AskedSerializer, "days": AskedSerializer, "list": AskedSerializer}
    asked = frozenset({"retrieve", "days", "list"})
    public_id = "ref__number"

    def get_queryset(self) -> QuerySet[WorkItem]:
        return work_items_of(self.standing.project).filter(parent=self.page.branch)

    @extend_schema(responses=EarnedValueSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        """Where the work stands on a day: every index with its formula."""
        page = self._page()
        with_money = page.shows_money_to(self.standing)
        now = page.work.at(page.as_of) if page.as_of else None
        indices = earned_indices(page, page.as_of, with_money=with_money) if page.as_of else None
        told = {
            "item": page.branch.ref.number if page.branch else None,
            "as_of": page.as_of,
            "compared_on": page.known_through,
            "hours_through": page.hours_through,
            "progress_through": page.progress_through,
            "being_recomputed": page.being_recomputed,
            "progress_rule": page.project.terms.progress_rule,
            "outside_minutes": now.used - now.matched if now else 0,
            "undated_minutes": page.work.undated_minutes,
            "indices": list(index_records(indices)) if indices else [],
        }
        return self.answer(told)

    @extend_schema(responses=EarnedDaysSerializer)
    def days(self, request: Request, slug: str) -> Response:
        """Planned, earned and used up to the end of each day."""
        records = list(day_records(self._page(), with_money=self.standing.can("view_rates")))
        return Response(EarnedDaysSerializer({"days": records}, context=self.get_serializer_context()).data)

    @extend_schema(responses=EarnedBranchSerializer(many=True))
    def list(self, request: Request, slug: str) -> Response:
        """The branches directly below, in the order of the tree."""
        self.page = self._page()
        items = self.paginate_queryset(self.get_queryset()) or []
        rows = branches_named(self.page, [item.pk for item in items])
        shown = EarnedBranchSerializer([rows[item.pk] for item in items], many=True)
        return self.get_paginated_response(shown.data)

    @extend_schema(responses=RuleEffectsSerializer)
    def rules(self, request: Request, slug: str) -> Response:
        """What each rule of progress would count: for whoever agrees another one."""
        project = self.standing.project
        day = known_through(project)
        by_rule = earned_by_rule(project, day) if day else {}
        told = [
            {"rule": rule, "is_agreed": rule == project.terms.progress_rule, "values": values}
            for rule, values in by_rule.items()
        ]
        return Response(RuleEffectsSerializer({"as_of": day, "rules": told}).data)

    def _page(self) -> EarnedPage:
        asked = self.sent(self.request.query_params)
        return earned_page(self.standing.project, asked.get("item"), asked.get("on"))
