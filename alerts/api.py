"""Alerts through the API."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.actions import acknowledge, keep_from_vendor, mute, tell_vendor, unmute
from alerts.filters import AlertFilter
from alerts.models import Alert, Level, Mute
from alerts.queries import AlertLine, StandingAlert, alert_lines, alerts_of, mutes_of, standing_in_project
from projects.api_views import ProjectViewSet

LEVELS = [choice for choice in Level.choices if choice[0] != Level.NONE]


class AlertSerializer(serializers.Serializer[AlertLine]):
    """Something a rule raised, with the numbers of that time in words."""

    uuid = serializers.UUIDField(source="alert.uuid")
    rule = serializers.CharField(help_text="Of a family of rules the one that speaks.")
    level = serializers.ChoiceField(LEVELS, source="alert.level")
    title = serializers.CharField()
    compared = serializers.CharField(help_text="What was compared.")
    raised_at = serializers.DateTimeField(source="alert.raised_at")
    acknowledged_at = serializers.DateTimeField(
        source="answers.own_at", allow_null=True, help_text="When somebody on your side saw it."
    )
    acknowledged_by = serializers.CharField(source="answers.own_by", help_text="Who on your side saw it, or empty.")
    other_side_acknowledged_at = serializers.DateTimeField(
        source="answers.other_at", allow_null=True, help_text="When somebody on the other side saw it."
    )


class MuteRequestSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    until = serializers.DateTimeField(help_text="At most three months ahead.")


class MuteSerializer(serializers.Serializer[Mute]):
    """Silence that your side asked for."""

    uuid = serializers.UUIDField()
    rule = serializers.CharField()
    subject = serializers.CharField()
    reason = serializers.CharField()
    muted_by = serializers.CharField(source="muted_by.name")
    muted_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class AlertViewSet(ProjectViewSet):
    """Everything that rules raised."""

    capabilities = {
        "list": "view_alerts",
        "retrieve": "view_alerts",
        "acknowledge": "acknowledge_alert",
        "mute": "acknowledge_alert",
        "tell_vendor": "tell_vendor",
        "keep": "tell_vendor",
    }
    input_serializers = {"mute": MuteRequestSerializer}
    creating = frozenset({"mute"})
    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    url_parameter = "alert_uuid"

    def get_queryset(self) -> QuerySet[Alert]:
        return alerts_of(self.standing, timezone.now())

    def list(self, request: Request, slug: str) -> Response:
        """Everything that rules raised, the newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        lines = self._lines(page)
        return self.get_paginated_response(self.get_serializer(lines, many=True).data)

    def retrieve(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """One alert."""
        return self._as_it_is()

    def acknowledge(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """Say for your side that an alert has been seen. If it gets worse it is told again."""
        acknowledge(actor=request.user, alert=self.get_object(), side=self.standing.side)
        return self._as_it_is()

    @extend_schema(responses={201: MuteSerializer})
    def mute(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """Let your side hear nothing of the alert's rule until a moment. Pages go on showing it."""
        muted = mute(actor=request.user, alert=self.get_object(), side=self.standing.side, **self.sent())
        return Response(MuteSerializer(muted).data, status=201)

    def tell_vendor(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """Let the vendor know of an alert now."""
        tell_vendor(actor=request.user, alert=self.get_object())
        return self._as_it_is()

    def keep(self, request: Request, slug: str, alert_uuid: str) -> Response:
        """Keep an alert that the vendor does not know yet with the client."""
        keep_from_vendor(actor=request.user, alert=self.get_object())
        return self._as_it_is()

    def _as_it_is(self) -> Response:
        return self.answer(self._lines([self.get_object()])[0])

    def _lines(self, alerts: Iterable[Alert]) -> Sequence[AlertLine]:
        return alert_lines(self.standing, alerts, standing_in_project(self.standing, timezone.now()))


class MuteViewSet(ProjectViewSet):
    """What your side has muted."""

    capabilities = {"list": "view_alerts", "end": "acknowledge_alert"}
    queryset = Mute.objects.none()
    serializer_class = MuteSerializer
    url_parameter = "mute_uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[Mute]:
        return mutes_of(self.standing).order_by("-muted_at", "-pk")

    def list(self, request: Request, slug: str) -> Response:
        """What your side has muted, the newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def end(self, request: Request, slug: str, mute_uuid: str) -> Response:
        """Hear of a muted alert again."""
        unmute(actor=request.user, muted=self.get_object())
        return self.answer(self.get_object())


class StandingAlertSerializer(serializers.Serializer[StandingAlert]):
    """A rule that stands at a level now."""

    alert = serializers.UUIDField(source="alert.uuid", help_text="The alert that told of it.")
    rule = serializers.CharField(help_text="Of a family of rules the one that speaks.")
    level = serializers.ChoiceField(LEVELS)
    since = serializers.DateTimeField()
    title = serializers.CharField()
    compared = serializers.CharField(help_text="What is compared.")
    clears = serializers.CharField(help_text="What would clear it.")
    suggestion = serializers.CharField()
    waits = serializers.BooleanField(help_text="Nobody on your side has acknowledged or muted it yet.")
    muted_until = serializers.DateTimeField(source="silence.until", allow_null=True, default=None)


class StandingAlertsSerializer(serializers.Serializer[Any]):
    results = StandingAlertSerializer(many=True)


class StandingAlertViewSet(ProjectViewSet):
    """What stands now."""

    capabilities = {"retrieve": "view_alerts"}
    queryset = Alert.objects.none()
    serializer_class = StandingAlertsSerializer

    def retrieve(self, request: Request, slug: str) -> Response:
        """Rules that stand at a level now, the worst first."""
        return self.answer({"results": standing_in_project(self.standing, timezone.now())})
