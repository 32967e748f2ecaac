"""What was said about a project or a thing of it, as far as the reader's side may know."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet

from core.addresses import address
from core.kept_query import KeptQuery
from core.text_difference import Piece, difference
from projects.access import Standing
from projects.audience import Audience
from projects.models import Attachment, Comment, ObjectRef, Project

COMMENTS_ON_A_PAGE = 50
COMMENTS_IN_A_PANEL = 5


@dataclass(frozen=True)
class CommentLine:
    """A comment as its reader sees it."""

    comment: Comment
    organisation: str
    files: tuple[Attachment, ...]
    is_internal: bool
    is_mine: bool


@dataclass(frozen=True)
class Discussion:
    """Comments in the order in which they were written, and the files that belong to no comment."""

    ref: ObjectRef | None
    path: str
    count: int
    lines: tuple[CommentLine, ...]
    files: tuple[Attachment, ...]
    page: Page[Comment] | None = None

    @property
    def last(self) -> CommentLine | None:
        return self.lines[-1] if self.lines else None

    @property
    def earlier_count(self) -> int:
        """How many were written before those shown here."""
        return self.count - len(self.lines)


def discussion_path(project: Project, ref: ObjectRef | None) -> str:
    """Where everything said about the thing stands."""
    if ref is None:
        return address("projects:comment_list", project.slug)
    return address("projects:comment_list_on", project.slug, ref.uuid)


def latest_of(standing: Standing, ref: ObjectRef | None) -> Discussion:
    """The newest comments, for a panel on the thing's own page. Five queries however many, one where nobody spoke."""
    if _is_quiet(standing, ref):
        return _discussion(standing, ref, [], 0, files=())
    comments = comments_on(standing, ref)
    newest = list(comments.order_by("-created_at", "-pk")[:COMMENTS_IN_A_PANEL])
    count = comments.count() if len(newest) == COMMENTS_IN_A_PANEL else len(newest)
    return _discussion(standing, ref, newest[::-1], count)


def discussion_of(standing: Standing, ref: ObjectRef | None, page_number: str | None) -> Discussion:
    """A page of the comments; without a number the last page, where one reads on. Four queries however many."""
    pages = Paginator(comments_on(standing, ref), COMMENTS_ON_A_PAGE)
    page = pages.get_page(page_number or pages.num_pages)
    return _discussion(standing, ref, list(page), pages.count, page)


def comments_of(standing: Standing) -> QuerySet[Comment]:
    """Everything said in the project that the reader's side may know of, with author, thing and files."""
    files = Attachment.objects.filter(withdrawn_at=None).seen_by(standing.side).select_related("ref", "uploaded_by")
    return (
        Comment.objects.filter(project=standing.project)
        .seen_by(standing.side)
        .select_related("author", "ref", "project")
        .prefetch_related(Prefetch("attachments", files, to_attr="files"))
    )


def comments_on(standing: Standing, ref: ObjectRef | None) -> QuerySet[Comment]:
    """What was said about one thing, or without one about the project itself."""
    return comments_of(standing).filter(ref=ref)


def files_of(standing: Standing) -> QuerySet[Attachment]:
    """The files that the reader may have: of their side or of both, and not those of a withdrawn comment."""
    return (
        Attachment.objects.filter(project=standing.project, comment__withdrawn_at=None)
        .seen_by(standing.side)
        .select_related("project", "ref", "comment", "uploaded_by")
    )


@dataclass(frozen=True)
class Wording:
    """How a comment read from ``since`` until its author changed it (``until``), beside how it read before."""

    text: str
    since: dt.datetime
    until: dt.datetime | None
    changed: tuple[Piece, ...]


def wordings_of(comment: Comment) -> list[Wording]:
    """Every wording of a comment, the newest first. One query."""
    earlier = list(comment.text_events.order_by("pgh_id"))  # type: ignore[attr-defined]  # by pghistory
    texts = [*(event.text for event in earlier), comment.text]
    moments = [comment.created_at, *(event.pgh_created_at for event in earlier), None]
    wordings = [
        Wording(text, since, until, difference(before, text))
        for (before, text), (since, until) in zip(pairwise([texts[0], *texts]), pairwise(moments), strict=True)
    ]
    return wordings[::-1]


def refs_seen_by(standing: Standing) -> QuerySet[ObjectRef]:
    """The numbered things of the project of which the reader may know."""
    return ObjectRef.objects.filter(project=standing.project, audience__in=standing.audiences)


def _is_quiet(standing: Standing, ref: ObjectRef | None) -> bool:
    """Nothing was said about the thing that the reader's side may know of, and no file hangs on it: as is usual."""
    of_thing = {"project_id": standing.project.pk} | ({"ref_id": ref.pk} if ref else {})
    return not _anything_on(standing.side, on_project=ref is None).rows(**of_thing)


@cache
def _anything_on(side: str, *, on_project: bool) -> KeptQuery:
    def anything(project_id: int, ref_id: int | None = None) -> QuerySet[Any, Any]:
        said = Comment.objects.filter(project=project_id, ref=ref_id).seen_by(side).order_by()
        files = Attachment.objects.filter(project=project_id, ref=ref_id).seen_by(side).order_by()
        return said.values_list("project").union(files.values_list("project"))[:1]

    if on_project:
        return KeptQuery(anything, project_id=int)
    return KeptQuery(anything, project_id=int, ref_id=int)


def _discussion(
    standing: Standing,
    ref: ObjectRef | None,
    comments: list[Comment],
    count: int,
    page: Page[Comment] | None = None,
    files: Iterable[Attachment] | None = None,
) -> Discussion:
    project = standing.project
    if files is None:
        files = files_of(standing).filter(ref=ref, comment=None, withdrawn_at=None)
    return Discussion(
        ref=ref,
        path=discussion_path(project, ref),
        count=count,
        lines=tuple(
            CommentLine(
                comment=comment,
                organisation=str(project.organisation_of(comment.side) or ""),
                files=tuple(comment.files),  # type: ignore[attr-defined]  # prefetched under this name
                is_internal=comment.audience != Audience.BOTH,
                is_mine=comment.author_id == standing.user.pk,
            )
            for comment in comments
        ),
        files=tuple(files),
        page=page,
    )
