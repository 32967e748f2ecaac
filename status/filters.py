"""How the portfolio and a project's activity are filtered; both live in the address."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.activity import VERBS, activities_seen_by
from projects.models import Activity, Project
from status.queries import ProjectOverview

LIGHTS = (("act", _("act")), ("watch", _("watch")), ("unknown", _("unknown")), ("on_course", _("on course")))
GROUPS = (("vendor", _("vendor")), ("model", _("cooperation model")))

# What a deed is about, and the words with which its verbs begin; they are registered by the app that owns the deed.
SUBJECTS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "project": (_("project"), ("project_", "vendor_recorded")),
    "terms": (_("terms and calendars"), ("terms_", "calendar_", "day_off_")),
    "people": (
        _("people"),
        ("member_", "person_", "stand_in_", "invitation_", "vendor_joined", "message_"),
    ),
    "rates": (_("rates"), ("rate_",)),
    "work": (_("work items and progress"), ("work_item", "progress_")),
    "time": (_("time"), ("time_", "mail_address_")),
    "confirmations": (_("confirmations"), ("confirmation_",)),
    "comments": (_("comments and files"), ("comment", "noted", "file_")),
    "alerts": (_("alerts"), ("alert_",)),
    "programs": (_("programs that are told"), ("webhook_",)),
}


def subjects_read_with(capabilities: Collection[str]) -> list[tuple[str, Any]]:
    """The subjects of which somebody with ``capabilities`` may read at least one deed."""
    readable = [name for name, verb in VERBS.items() if verb.capability in capabilities]
    return [
        (subject, label)
        for subject, (label, beginnings) in SUBJECTS.items()
        if any(verb.startswith(beginnings) for verb in readable)
    ]


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
        choices=[(subject, label) for subject, (label, _beginnings) in SUBJECTS.items()],
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        # Without a reader it is described for the reference of the API, which tells of all.
        if request is not None:
            # In this form alone: a filter keeps the field that anybody first asked it for, as the reference does.
            self.form.fields["about"].choices = subjects_read_with(request.standing.capabilities)

    def filter_about(self, queryset: QuerySet[Activity], name: str, value: str) -> QuerySet[Activity]:
        wanted = Q()
        for beginning in SUBJECTS[value][1]:
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
