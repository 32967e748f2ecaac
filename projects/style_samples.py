"""What this app shows in the style guide: a discussion, files, what was changed, the head of a project's pages."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from core.style_guide import register_samples
from projects.access import Standing
from projects.audience import Audience, Side
from projects.discussion_panel import DiscussionPanel
from projects.discussions import CommentLine, Discussion
from projects.forms.comments import CommentForm
from projects.header import HeaderTab, ProjectHeader
from projects.history import Change, FieldChange
from projects.models import Attachment, Comment, Project
from projects.roles import capabilities_of
from projects.slots import Light

LONG = "Rechtsschutzversicherungsgesellschaftenverzeichnisabgleich"


def sample_standing(request: HttpRequest) -> Standing:
    """Whoever looks is the manager of a client; nothing of it is kept."""
    client, vendor = Organisation(name="Alpenrose AG"), Organisation(name="Kai & Co")
    project = Project(slug="sample", name="Berth booking", client=client, vendor=vendor)
    return Standing(
        cast("User", request.user), project, Side.CLIENT, "manager", capabilities_of(Side.CLIENT, "manager")
    )


def _samples(request: HttpRequest) -> Mapping[str, Any]:
    standing, now = sample_standing(request), timezone.now()
    return {"discussion": _discussion(standing), "history": _history(now), "project_header": _header()}


def _discussion(standing: Standing) -> DiscussionPanel:
    files = (_file(standing, "claims.csv", 48_213), _file(standing, f"{LONG}.pdf", 2_481_022, Audience.CLIENT))
    days, cato = dt.timedelta(days=1), User(name="Cato Approver")
    lines = (
        _said(standing, 4 * days, Side.VENDOR, "A slip.", is_withdrawn=True),
        _said(standing, 2 * days, Side.VENDOR, "**Tides** come first:\n\n- import\n- letters"),
        _said(standing, days / 5, Side.CLIENT, f"Not before May. {LONG}", by=cato, is_internal=True, files=files[1:]),
        _said(
            standing, days / 300, Side.CLIENT, "> import\n\nAgreed; see the file.", by=standing.user, files=files[:1]
        ),
    )
    path = reverse("style_guide")
    discussion = Discussion(ref=None, path=path, count=7, lines=lines, files=files[:1])
    return DiscussionPanel(discussion, standing, CommentForm(standing=standing))


def _said(
    standing: Standing, ago: dt.timedelta, side: Side, text: str, *, by: User | None = None, **more: Any
) -> CommentLine:
    at = timezone.now() - ago
    comment = Comment(project=standing.project, author=by or User(name="Vera Manager"), side=side, text=text)
    comment.created_at, comment.withdrawn_at = at, at if more.get("is_withdrawn") else None
    return CommentLine(
        comment=comment,
        organisation=str(standing.project.organisation_of(side)),
        files=more.get("files", ()),
        is_internal=bool(more.get("is_internal")),
        is_mine=by == standing.user,
    )


def _file(standing: Standing, name: str, size: int, audience: str = Audience.BOTH) -> Attachment:
    return Attachment(project=standing.project, filename=name, size=size, audience=audience, side=standing.side)


def _history(now: dt.datetime) -> list[Change]:
    return [
        Change(now - dt.timedelta(hours=3), "Clara Manager", (FieldChange("Cap", "600.0 h", "640.0 h"),)),
        Change(
            now - dt.timedelta(days=9),
            "",
            (FieldChange("Review period", "5 working days", "10 working days"), FieldChange("Notes", "–", LONG)),
            "terms",
        ),
    ]


def _header() -> ProjectHeader:
    tabs = tuple(
        HeaderTab(label, "#head", label == "Time")
        for label in ("Status", "Work items", "Time", "Earned value", "Alerts", "People", "Rates", "Terms", "Activity")
    )
    facts = ("Kai & Co for Alpenrose AG", "project development", "time and material", "cap 600 h", "to 4 Dec 2026")
    return ProjectHeader("Berth booking", "sample", "#head", Light("watch", "burn"), facts, tabs, frame=None)


register_samples("projects/style_samples.html", _samples)
