"""Where a project stands, its burn-up and its activity, through the API."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from budget.queries import BurnUp, burn_up_of, figures_of_project
from core.api_fields import HoursField, OnlyWhatIsSeen
from projects.activity import ActivityLine, activities_seen_by
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.models import Activity, Project
from status.filters import ActivityFilter


class RatioField(serializers.DecimalField):
    """A share as a fraction, in a string: 0.7625 is 76.25 %."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=4, allow_null=True, **kwargs)


class FiguresSerializer(OnlyWhatIsSeen):
    """The figures of the status page. Null where nothing is known; amounts are in the project's currency."""

    only_with = {"view_money": ("budget_amount", "cap_amount", "used_amount", "unrated_minutes")}

    hours_from = serializers.DateField(allow_null=True)
    hours_through = serializers.DateField(allow_null=True, help_text="The last day with hours.")
    progress_through = serializers.DateField(allow_null=True, help_text="The last day with a progress report.")
    compared_on = serializers.DateField(
        allow_null=True, help_text="The earlier of both: where the shares are compared."
    )
    being_recomputed = serializers.BooleanField(help_text="Something changed that is not worked out yet.")
    budget_source = serializers.ChoiceField([("agreed", "agreed"), ("estimates", "estimates")])
    budget_minutes = serializers.IntegerField(allow_null=True)
    budget_hours = HoursField(source="budget_minutes", allow_null=True)
    cap_minutes = serializers.IntegerField(allow_null=True)
    cap_hours = HoursField(source="cap_minutes", allow_null=True)
    used_minutes = serializers.IntegerField()
    used_hours = HoursField(source="used_minutes")
    used_ratio = RatioField(help_text="Of the budget.")
    matched_ratio = RatioField(
        help_text="Hours used on work with an estimate, of the budget, up to compared_on: what earned_ratio is held to."
    )
    earned_hours = HoursField(source="earned_minutes_at_compared", allow_null=True, help_text="Up to compared_on.")
    earned_ratio = RatioField(help_text="Of the budget, up to compared_on.")
    ahead_ratio = RatioField(
        source="ahead_points", help_text="How far hours run ahead of progress: 0.095 is 9.5 points."
    )
    cost_performance_index = RatioField(source="cpi", help_text="Earned by the hours on the same work.")
    remaining_minutes = serializers.IntegerField(help_text="What open items still need.")
    remaining_hours = HoursField(source="remaining_minutes")
    likely_minutes = serializers.IntegerField(allow_null=True, help_text="Used and remaining.")
    likely_hours = HoursField(source="likely_minutes", allow_null=True)
    likely_finish_on = serializers.DateField(allow_null=True)
    budget_reached_on = serializers.DateField(allow_null=True)
    cap_reached_on = serializers.DateField(allow_null=True)
    item_count = serializers.IntegerField()
    estimated_item_count = serializers.IntegerField()
    done_item_count = serializers.IntegerField()
    over_count = serializers.IntegerField(help_text="Open items four hours or more over their estimate.")
    over_minutes = serializers.IntegerField()
    budget_amount = serializers.DecimalField(14, 2, allow_null=True, required=False, help_text="With view_money.")
    cap_amount = serializers.DecimalField(14, 2, allow_null=True, required=False, help_text="With view_money.")
    used_amount = serializers.DecimalField(16, 2, required=False, help_text="With view_money.")
    unrated_minutes = serializers.IntegerField(
        required=False, help_text="With view_money. Minutes for which no rate held: no amount counts them."
    )


class FiguresViewSet(ProjectViewSet):
    """Where the project stands."""

    capabilities = {"retrieve": "view_project"}
    queryset = Project.objects.none()
    serializer_class = FiguresSerializer

    def retrieve(self, request: Request, slug: str) -> Response:
        """Where the project stands: used, earned, likely."""
        return self.answer(figures_of_project(self.standing.project, self.today))


class BurnUpDaySerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    used_minutes = serializers.IntegerField()
    used_hours = HoursField(source="used_minutes")
    earned_minutes = serializers.DecimalField(14, 2)
    earned_hours = HoursField(source="earned_minutes")


class BurnUpSerializer(serializers.Serializer[Any]):
    """Hours used and work earned up to the end of each day on which one of them moved."""

    days = BurnUpDaySerializer(many=True)


class BurnUpViewSet(ProjectViewSet):
    """Used and earned over time."""

    capabilities = {"retrieve": "view_project"}
    queryset = Project.objects.none()
    serializer_class = BurnUpSerializer

    def retrieve(self, request: Request, slug: str) -> Response:
        """Used and earned over time."""
        return self.answer({"days": list(_days(burn_up_of(self.standing.project)))})


def _days(series: BurnUp) -> Iterator[dict[str, Any]]:
    for on, used, earned in zip(series.days, series.used_minutes, series.earned_minutes, strict=True):
        yield {"on": on, "used_minutes": used, "earned_minutes": Decimal(earned)}


class ActivitySerializer(OnlyWhatIsSeen):
    """Something that somebody did, as a sentence about them."""

    uuid = serializers.UUIDField(source="activity.uuid")
    at = serializers.DateTimeField(source="activity.at")
    actor = serializers.CharField(source="activity.actor.name", allow_null=True, default=None)
    side = serializers.ChoiceField(Side.choices, source="activity.side", allow_blank=True)
    sentence = serializers.CharField()
    verb = serializers.CharField(source="activity.verb")
    about = serializers.CharField(source="activity.ref.label", allow_null=True, default=None, help_text="Such as W-40.")
    recorded_for = serializers.ChoiceField(
        Side.choices,
        source="activity.recorded_for",
        allow_blank=True,
        help_text="The side whose act it is, where the other one recorded it.",
    )
    recorded_from = serializers.CharField(
        source="activity.recorded_from", help_text="The file or mail that it was recorded from then."
    )


class ActivityViewSet(ProjectViewSet):
    """What people did."""

    capabilities = {"list": "view_project"}
    queryset = Activity.objects.none()
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilter

    def get_queryset(self) -> QuerySet[Activity]:
        return activities_seen_by(self.standing)

    def list(self, request: Request, slug: str) -> Response:
        """What people did in the project, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        lines = [ActivityLine.of(activity) for activity in page]
        return self.get_paginated_response(self.get_serializer(lines, many=True).data)
