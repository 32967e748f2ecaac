"""When each side works."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_fields import ClockField, DayField
from core.entity_tags import version_to_change
from projects import actions
from projects.api_views import ProjectViewSet
from projects.models import DayOff, SideCalendar
from projects.places import countries, subdivisions


class DayOffSerializer(serializers.Serializer[Any]):
    """A day on which a side does not work, beyond the holidays of its country."""

    on = DayField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=100)


class CalendarSerializer(serializers.ModelSerializer[SideCalendar]):
    """A side's calendar. Its clocks run on it."""

    weekdays = serializers.RegexField(r"^1?2?3?4?5?6?7?\Z", min_length=1, help_text="Such as 12345; 1 is Monday.")
    day_starts_at = ClockField()
    day_ends_at = ClockField()
    days_off = DayOffSerializer(many=True, read_only=True)

    class Meta:
        model = SideCalendar
        fields = (
            "side",
            "time_zone",
            "country",
            "subdivision",
            "weekdays",
            "day_starts_at",
            "day_ends_at",
            "recorded_from",
            "days_off",
        )
        read_only_fields = ("side",)

    def validate_country(self, value: str) -> str:
        if value and value not in dict(countries()):
            raise serializers.ValidationError(_("No public holidays are known for this country."), code="country")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        held = self.instance
        country = attrs.get("country", held.country if held else "")
        part = attrs.get("subdivision", held.subdivision if held else "")
        if part and part not in dict(subdivisions(country)):
            raise serializers.ValidationError({"subdivision": _("This country has no such part.")}, code="subdivision")
        return attrs


class CalendarViewSet(ProjectViewSet):
    """Both sides' calendars."""

    capabilities = {
        "list": "view_project",
        "retrieve": "view_project",
        "partial_update": "edit_terms",
        "add_day_off": "edit_terms",
        "remove_day_off": "edit_terms",
    }
    creating = frozenset({"add_day_off"})
    queryset = SideCalendar.objects.none()
    serializer_class = CalendarSerializer
    input_serializers = {"partial_update": CalendarSerializer, "add_day_off": DayOffSerializer}
    public_id = url_parameter = "side"
    filter_backends = []

    def get_queryset(self) -> QuerySet[SideCalendar]:
        calendars = SideCalendar.objects.filter(project=self.standing.project).select_related("project")
        return calendars.prefetch_related("days_off").order_by("side", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """Both sides' calendars with their days off."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, side: str) -> Response:
        """One side's calendar with its days off."""
        return self.answer(self.get_object())

    def partial_update(self, request: Request, slug: str, side: str) -> Response:
        """Change when a side works. Clocks run on it from now on."""
        calendar = self.get_object()
        version = version_to_change(request, calendar)
        changes = self.sent(instance=calendar, partial=True)
        actions.change_calendar(actor=request.user, calendar=calendar, expected_version=version, **changes)
        return self.answer(self.get_object())

    def add_day_off(self, request: Request, slug: str, side: str) -> Response:
        """Let a side not work on a day beyond the holidays of its country."""
        actions.add_day_off(actor=request.user, calendar=self.get_object(), **self.sent())
        return self.answer(self.get_object(), 201)

    def remove_day_off(self, request: Request, slug: str, side: str, on: dt.date) -> Response:
        """Make a day off a working day again."""
        day = get_object_or_404(DayOff.objects.select_related("calendar__project"), calendar=self.get_object(), on=on)
        actions.remove_day_off(actor=request.user, day=day)
        return self.answer(self.get_object())
