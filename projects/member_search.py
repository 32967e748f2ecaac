"""Finding those who take part. They are read when somebody looks for them: their names and roles are kept elsewhere."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.postgres.search import SearchHeadline, SearchVector
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.access import Standing
from projects.models import Membership, Project, ProjectPerson, SearchDocument
from projects.models.search import WORDS
from projects.search import START, STOP, Found, mark_words, query_for, register_kind

MEMBER: Final = "projects.member"
MOST_MEMBERS: Final = 50

register_kind(MEMBER, gettext_lazy("member"), lambda _project: ())


def members_found(standings: Mapping[int, Standing], text: str, within: Project | None = None) -> list[Found]:
    """The members with all words of ``text`` in their name, of projects whose people the reader may see; by name.

    Whoever books hours on the project too is found among its people already.
    """
    query = query_for(text)
    projects = {key: one.project for key, one in standings.items() if one.can("view_people")}
    if within is not None:
        projects = {key: project for key, project in projects.items() if key == within.pk}
    if query is None or not projects:
        return []
    booked = ProjectPerson.objects.filter(project=OuterRef("project"), person__user=OuterRef("user"))
    title = SearchHeadline("user__name", query, config=WORDS, start_sel=START, stop_sel=STOP, highlight_all=True)
    members: Any = (
        Membership.objects.not_left_by(timezone.now().date())
        .filter(~Exists(booked), project__in=projects)
        .alias(words=SearchVector("user__name", config=WORDS))
        .filter(words=query)
        .annotate(title=title)
        .select_related("user")
        .order_by("user__name", "project__name", "pk")
    )
    return [_found(member, projects[member.project_id], mark_words(member.title)) for member in members[:MOST_MEMBERS]]


def _found(member: Membership, project: Project, title: Any) -> Found:
    document = SearchDocument(
        project=project,
        kind=MEMBER,
        target=member.uuid,
        title=member.user.name,
        path=reverse("projects:person_list", args=[project.slug]),
    )
    said = {"role": member.get_role_display(), "side": member.get_side_display()}
    return Found(document, title, escape(_("%(role)s of the %(side)s") % said))
