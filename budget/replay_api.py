"""The replay of alert rules through the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.models import Level
from budget.replay_queries import require_short_past
from budget.replay_report import ReplayedProject, replayed
from projects.api_views import ProjectViewSet
from projects.models import Project

LEVELS = [choice for choice in Level.choices if choice[0] != Level.NONE]


class MomentSerializer(serializers.Serializer[Any]):
    """Where the project stood when a rule would have spoken. Ratios are fractions of the budget."""

    fired_on = serializers.DateField()
    share_of_hours = serializers.DecimalField(9, 4, help_text="Of all hours that were booked until now.")
    used_ratio = serializers.DecimalField(9, 4, allow_null=True)
    earned_ratio = serializers.DecimalField(9, 4, allow_null=True)


class ReplayedAlertSerializer(MomentSerializer):
    rule = serializers.CharField()
    level = serializers.ChoiceField(LEVELS)
    title = serializers.CharField(source="words.title")
    compared = serializers.CharField(source="words.compared")


class ReplaySerializer(serializers.Serializer[ReplayedProject]):
    """What the rules would have said of the project's past with the levels in force."""

    first_day = serializers.DateField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)
    used_minutes = serializers.IntegerField()
    budget_minutes = serializers.IntegerField(allow_null=True)
    used_ratio = serializers.DecimalField(9, 4, allow_null=True)
    earned_ratio = serializers.DecimalField(9, 4, allow_null=True)
    plain_80_percent = MomentSerializer(
        source="plain", allow_null=True, help_text="When a plain rule at 80 % of the budget would have spoken."
    )
    alerts = ReplayedAlertSerializer(many=True)


class ReplayViewSet(ProjectViewSet):
    """What the alert rules would have said of the past."""

    capabilities = {"retrieve": "view_alert_replay"}
    queryset = Project.objects.none()
    serializer_class = ReplaySerializer

    def retrieve(self, request: Request, slug: str) -> Response:
        """Day by day over the project's past, with what was known by then. Nothing is sent."""
        require_short_past(self.standing.project)
        found = replayed(self.standing.project)
        return self.answer(found if self.standing.can("view_money") else found.without_amounts())
