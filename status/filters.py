"""How the portfolio and a project's activity are filtered; both live in the address."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.activity import activities_seen_by
from projects.models import Activity, Project
from status.queries import ProjectOverview

LIGHTS = (("act", _("act")), ("watch", _("watch")), ("unknown", _("unknown")), ("on_course", _("on course")))
GROUPS = (("vendor", _("vendor")), ("model", _("cooperation model")))

# Verbs are registered by the app that owns the deed; what it is about is the word that they begin with.
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "project": ("project_", "vendor_"),
    "terms": ("terms_", "calendar_", "day_off_"),
    "people": ("member_", "person_"),
    "rates": ("rate_", "rates_"),
    "work": ("work_item", "progress_"),
    "time": ("time_",),
    "alerts": ("alert_",),
}


class ActivityFilter(django_filters.FilterSet):
    person = django_filters.ModelChoiceFilter(
        label=_("Person"),
        field_name="actor",
        to_field_name="uuid",
        queryset=lambda request: User.objects.filter(
            pk__in=activities_seen_by(request.standing).order_by().values("actor")
        ).order_by("name"),
    )
    about = django_filters.ChoiceFilter(
        label=_("About"),
        method="filter_about",
        choices=(
            ("project", _("project")),
            ("terms", _("terms and calendars")),
            ("people", _("people")),
            ("rates", _("rates")),
            ("work", _("work items and progress")),
            ("time", _("time")),
            ("alerts", _("alerts")),
        ),
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def filter_about(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        wanted = Q()
        for beginning in SUBJECTS[value]:
            wanted |= Q(verb__startswith=beginning)
        return queryset.filter(wanted)


class PortfolioFilterForm(forms.Form):
    """The choices are those of the projects the reader sees: the form tells of nothing else."""

    light = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("all")), *LIGHTS])
    status = forms.ChoiceField(label=_("Project is"), required=False, choices=[("", _("all")), *Project.Status.choices])
    vendor = forms.ChoiceField(label=_("Vendor"), required=False)
    group = forms.ChoiceField(label=_("Group by"), required=False, choices=[("", _("nothing")), *GROUPS])

    def __init__(self, data: Any, vendors: Mapping[str, str]) -> None:
        super().__init__(data)
        vendor: Any = self.fields["vendor"]
        vendor.choices = [("", _("all")), *vendors.items()]


class PortfolioFilter:
    """Filters overviews, which are worked out and so cannot be filtered in the database.

    Used like a FilterSet: ``form`` for the page, ``rows`` for what is left. A choice that does not exist narrows
    nothing.
    """

    def __init__(self, data: Mapping[str, Any], overviews: list[ProjectOverview]) -> None:
        vendors = {
            str(overview.project.vendor.uuid): overview.project.vendor.name
            for overview in sorted(overviews, key=lambda one: one.project.vendor.name if one.project.vendor else "")
            if overview.project.vendor
        }
        self.form = PortfolioFilterForm(data, vendors)
        self.form.full_clean()
        self._overviews = overviews

    @property
    def group(self) -> str:
        return self._chosen("group")

    @property
    def rows(self) -> list[ProjectOverview]:
        light, status, vendor = self._chosen("light"), self._chosen("status"), self._chosen("vendor")
        return [
            overview
            for overview in self._overviews
            if (not light or (overview.light is not None and overview.light.state == light))
            and (not status or overview.project.status == status)
            and (not vendor or (overview.project.vendor is not None and str(overview.project.vendor.uuid) == vendor))
        ]

    def _chosen(self, name: str) -> str:
        return str(self.form.cleaned_data.get(name, ""))
