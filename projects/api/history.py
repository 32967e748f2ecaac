"""What was changed: of terms, calendars, people and rates. Apps above answer with the same serializers."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api_views import ProjectViewSet
from projects.history import Change
from projects.models import Project
from projects.queries import agreement_history, people_history, rates_history


class FieldChangeSerializer(serializers.Serializer[Any]):
    """One value, before and after, in the caller's words and units."""

    field = serializers.CharField()
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Change]):
    """What somebody changed in one go."""

    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True, help_text="Empty where nobody is known.")
    subject = serializers.CharField(allow_blank=True, help_text="Of what, where a list tells of several things.")
    changes = FieldChangeSerializer(many=True)


class HistorySerializer(serializers.Serializer[Any]):
    """The newest 200 changes."""

    results = ChangeSerializer(many=True)


def told(changes: Sequence[Change]) -> Response:
    """The answer of an action that tells a history."""
    return Response(HistorySerializer({"results": changes}).data)


class HistoryViewSet(ProjectViewSet):
    """What was changed."""

    capabilities = {"terms": "view_project", "people": "view_people", "rates": "view_rates"}
    queryset = Project.objects.none()
    serializer_class = HistorySerializer

    @extend_schema(responses=HistorySerializer)
    def terms(self, request: Request, slug: str) -> Response:
        """What was changed of the terms and the calendars, the newest first; amounts with view_money."""
        return told(agreement_history(self.standing.project, with_money=self.standing.can("view_money")))

    @extend_schema(responses=HistorySerializer)
    def people(self, request: Request, slug: str) -> Response:
        """What was changed of the people whose hours are booked, the newest first."""
        return told(people_history(self.standing.project))

    @extend_schema(responses=HistorySerializer)
    def rates(self, request: Request, slug: str) -> Response:
        """What was changed of the rates, the newest first."""
        return told(rates_history(self.standing.project))
