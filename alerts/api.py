"""Alerts through the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.actions import acknowledge
from alerts.filters import AlertFilter
from alerts.models import Alert, Level
from alerts.queries import AlertLine, StandingAlert, alerts_of, standing_alerts
from projects.api_views import ProjectViewSet

LEVELS = [choice for choice in Level.choices if choice[0] != Level.NONE]


class AlertSerializer(serializers.Serializer[AlertLine]):
    """Something a rule raised, with the numbers of that time in words."""

    uuid = serializers.UUIDField(source="alert.uuid")
    rule = serializers.CharField(source="alert.rule")
    level = serializers.ChoiceField(LEVELS, source="alert.level")
    title = serializers.CharField()
    compared = serializers.CharField(help_text="What was compared.")
    raised_at = serializers.DateTimeField(source="alert.raised_at")
    acknowledged_at = serializers.DateTimeField(source="alert.acknowledged_at", allow_null=True)
    acknowledged_by = serializers.CharField(source="alert.acknowledged_by.name", allow_null=True, default=None)


class AlertViewSet(ProjectViewSet):
    """Everything that rules raised."""

    capabilities = {"list": "view_alerts", "retrieve": "view_alerts", "acknowledge": "acknowledge_alert"}
    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    url_parameter = "alert_uuid"

    def get_queryset(self) -> QuerySet[Alert]:
        return alerts_of(self.standing, timezone.now())

    def list(self, request: Request, slug: str) -> Response:
        """Everything that rules raised, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        lines = [AlertLine.of(alert) for alert in page]
        return self.get_paginated_response(self.get_serializer(lines, many=True).data)

    def retrieve(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """One alert."""
        return self.answer(AlertLine.of(self.get_object()))

    def acknowledge(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """Say that an alert has been seen. If it gets worse it is told again."""
        acknowledge(actor=request.user, alert=self.get_object())
        return self.answer(AlertLine.of(self.get_object()))


class StandingAlertSerializer(serializers.Serializer[StandingAlert]):
    """A rule that stands at a level now."""

    alert = serializers.UUIDField(source="alert.uuid", help_text="The alert that told of it.")
    rule = serializers.CharField(source="alert.rule")
    level = serializers.ChoiceField(LEVELS)
    since = serializers.DateTimeField()
    title = serializers.CharField()
    compared = serializers.CharField(help_text="What is compared.")
    clears = serializers.CharField(help_text="What would clear it.")
    suggestion = serializers.CharField()
    waits = serializers.BooleanField(help_text="Nobody has acknowledged it yet.")


class StandingAlertsSerializer(serializers.Serializer[Any]):
    results = StandingAlertSerializer(many=True)


class StandingAlertViewSet(ProjectViewSet):
    """What stands now."""

    capabilities = {"retrieve": "view_alerts"}
    queryset = Alert.objects.none()
    serializer_class = StandingAlertsSerializer

    def retrieve(self, request: Request, slug: str) -> Response:
        """Rules that stand at a level now, the worst first."""
        found = standing_alerts({self.standing.project.pk: self.standing}, timezone.now())
        return self.answer({"results": found[self.standing.project.pk]})
