"""The head of each page of a project: name, light, what was agreed in a few words, and the tabs."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.addresses import address
from projects.access import Standing
from projects.models import Project, Terms
from projects.slots import TABS, Light, frame_of, light_of


@dataclass(frozen=True)
class HeaderTab:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class ProjectHeader:
    name: str
    slug: str
    url: str
    light: Light | None
    facts: tuple[str, ...]
    tabs: tuple[HeaderTab, ...]
    frame: Any


def project_header(standing: Standing, current: str, page: str = "", light: Light | None = None) -> ProjectHeader:
    """The header as this reader sees it; ``current`` is the name of the open tab, ``page`` of the page's address.

    ``light`` is the project's, where the page knows it already.
    """
    project = standing.project
    return ProjectHeader(
        name=project.name,
        slug=project.slug,
        url=project.get_absolute_url(),
        light=light or (light_of(standing) if standing.can("view_alerts") else None),
        facts=tuple(_facts(project, project.terms)),
        tabs=tuple(
            HeaderTab(str(tab.label), address(tab.url_name, project.slug), tab.name == current)
            for tab in TABS
            if standing.can(tab.capability)
        ),
        frame=frame_of(standing, page),
    )


def _facts(project: Project, terms: Terms) -> list[str]:
    facts = [
        _("with %(vendor)s") % {"vendor": project.vendor.name} if project.vendor else _("no vendor yet"),
        str(terms.get_billing_model_display())
        if terms.cap_minutes is None
        else _("%(model)s, cap %(hours)s h")
        % {
            "model": terms.get_billing_model_display(),
            "hours": number_format(terms.cap_minutes // 60, use_l10n=True, force_grouping=True),
        },
        str(terms.get_cooperation_model_display()),
    ]
    if project.status != Project.Status.ACTIVE:
        facts.append(str(project.get_status_display()))
    return facts
