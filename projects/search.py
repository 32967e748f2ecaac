"""Finding things by their words, among those that the reader may know of.

Every app writes the document of its thing in the transaction that writes the thing, and says how all of a project's
documents are made anew. What a reader may not see is left out by the query itself: no count and no rank tells of it.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from projects.access import Standing, standings_of
from projects.audience import Audience
from projects.models import ObjectRef, Project, SearchDocument
from projects.models.search import WORDS

# Any number that no other advisory lock of the application uses.
REINDEX_LOCK: Final = 8_115_002
LONGEST_TITLE: Final = 300
LONGEST_QUERY: Final = 200
# Far below the megabyte that one document's words may come to.
LONGEST_BODY: Final = 200_000


@dataclass(frozen=True)
class Document:
    """The words of one thing, who may find it, and where it leads."""

    kind: str
    target: uuid.UUID
    title: str
    path: str
    body: str = ""
    label: str = ""
    ref: ObjectRef | None = None
    audience: str = Audience.BOTH
    capability: str = "view_project"

    def row(self, project: Project) -> SearchDocument:
        return SearchDocument(
            project=project,
            kind=self.kind,
            target=self.target,
            title=_clean(self.title)[:LONGEST_TITLE],
            path=self.path,
            body=_clean(self.body)[:LONGEST_BODY],
            label=self.label,
            ref=self.ref,
            audience=self.audience,
            capability=self.capability,
        )


@dataclass(frozen=True)
class Kind:
    """A kind of document: what people call it, and how those of a project are made from what is there."""

    name: str | Promise
    documents: Callable[[Project], Iterable[Document]]


KINDS: dict[str, Kind] = {}


def register_kind(kind: str, name: str | Promise, documents: Callable[[Project], Iterable[Document]]) -> None:
    """Let things of an app be found. ``documents`` serves ``manage.py reindex_search``."""
    KINDS[kind] = Kind(name, documents)


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────
def index_document(*, project: Project, **fields: Any) -> None:
    """Write the document of one thing in the caller's transaction; a later one takes its place.

    The fields are those of ``Document``: kind, target, title and path; body, label, ref, audience, capability.
    """
    index_documents(project=project, documents=[Document(**fields)])


def index_documents(*, project: Project, documents: Iterable[Document]) -> None:
    """Write many documents of one project as a set, in one order, so that two writers never wait for each other."""
    rows = sorted((document.row(project) for document in documents), key=lambda row: (row.kind, row.target))
    if not rows:
        return
    _hold_off_reindexing(project)
    SearchDocument.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["project", "kind", "target"],
        update_fields=["ref", "audience", "capability", "label", "title", "body", "path", "updated_at"],
    )


def remove_document(*, project: Project, kind: str, target: uuid.UUID) -> None:
    """Let a thing be found no more. Doing it twice changes nothing."""
    _hold_off_reindexing(project)
    SearchDocument.objects.filter(project=project, kind=kind, target=target).delete()


@transaction.atomic
def reindex(project: Project) -> int:
    """Make the documents of a project anew from what is there. Returns how many there are."""
    # What an action of this moment writes waits here and comes after what is read now: nothing older overwrites it.
    _lock("pg_advisory_xact_lock", project)
    documents = [document for kind in KINDS.values() for document in kind.documents(project)]
    SearchDocument.objects.filter(project=project).delete()
    index_documents(project=project, documents=documents)
    return len(documents)


def _hold_off_reindexing(project: Project) -> None:
    _lock("pg_advisory_xact_lock_shared", project)


def _lock(function: str, project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s::text))", [REINDEX_LOCK, project.pk])


def _clean(text: str) -> str:
    """PostgreSQL keeps no NUL, and the marks of a found word are ours."""
    return text.translate({0: None, ord(START): None, ord(STOP): None})


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────────
# Around a found word until the text is escaped: characters of no alphabet, taken out of every document.
START: Final = "\ue000"
STOP: Final = "\ue001"
NUMBER: Final = re.compile(r"[A-Za-z]{1,4}-\d{1,9}")


@dataclass(frozen=True)
class Found:
    """A document as a page shows it, the words that were looked for marked."""

    document: SearchDocument
    title: SafeString
    excerpt: SafeString

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.document.kind].name)


def documents_for(user: Any, standings: Mapping[int, Standing] | None = None) -> QuerySet[SearchDocument]:
    """What ``user`` may find: for an audience of their side, with a capability of their role, project by project."""
    seen = Q(pk__in=())
    projects_by_part: dict[tuple[tuple[str, str], frozenset[str]], list[int]] = {}
    for key, standing in (standings_of(user) if standings is None else standings).items():
        projects_by_part.setdefault((standing.audiences, standing.capabilities), []).append(key)
    for (audiences, capabilities), projects in projects_by_part.items():
        seen |= Q(project__in=projects, audience__in=audiences, capability__in=capabilities)
    return SearchDocument.objects.filter(seen, kind__in=KINDS)


def find(
    user: Any, text: str, within: Project | None = None, standings: Mapping[int, Standing] | None = None
) -> QuerySet[SearchDocument]:
    """The documents that have all words of ``text``, the last one perhaps not yet finished; the nearest first.

    Nothing is nearer than what has ``text`` itself as its number or as its key in the outside tool.
    ``within`` is the only project to look in; ``standings`` are the user's, where the caller has them.
    """
    query = query_for(text)
    if query is None:
        return SearchDocument.objects.none()
    documents = documents_for(user, standings)
    return (
        (documents.filter(project=within) if within else documents)
        .filter(words=query)
        .select_related("project")
        .annotate(is_named=Case(When(_named(text.strip()), then=Value(1)), default=Value(0)))
        .annotate(rank=SearchRank(F("words"), query))
        .order_by("-is_named", "-rank", "-updated_at", "-pk")
    )


def _named(text: str) -> Q:
    """What has a number has its outside key as its only other words."""
    text = _clean(text)[:LONGEST_QUERY]
    return Q(label__iexact=text) | ~Q(label="") & Q(body__iexact=text)


def query_for(text: str) -> SearchQuery | None:
    """As people search the web: "exact words", -without, or. The last word also finds longer ones.

    None where nothing is left to look for.
    """
    text = _clean(text)[:LONGEST_QUERY].strip()
    if not re.search(r"\w", text):
        return None
    *_before, last = text.split()
    head = text[: -len(last)].strip()
    # A word being typed. What has a sign of its own, or stands in open quotes, is taken as it is.
    if not re.match(r"\w", last) or '"' in last or head.count('"') % 2 or last.casefold() == "or":
        return SearchQuery(text, config=WORDS, search_type="websearch")
    quoted = last.replace("\\", " ").replace("'", "''")
    begun = SearchQuery(f"'{quoted}':*", config=WORDS, search_type="raw")
    if not re.search(r"\w", head):
        return begun
    if head.split()[-1].casefold() == "or":
        head = head.rsplit(maxsplit=1)[0] if " " in head else ""
        return SearchQuery(head, config=WORDS, search_type="websearch") | begun if head else begun
    return SearchQuery(head, config=WORDS, search_type="websearch") & begun


def jump_to(user: Any, text: str, near: str = "") -> str:
    """The path of the one thing with the number ``text``, such as W-40; of several the one of the project ``near``.

    Empty when ``text`` is no number or does not say which thing is meant.
    """
    label = text.strip().upper()
    if not NUMBER.fullmatch(label):
        return ""
    paths = dict(documents_for(user).filter(label=label).exclude(path="").values_list("project__slug", "path")[:200])
    return str(paths.get(near) or (next(iter(paths.values())) if len(paths) == 1 else ""))


def shown(documents: Sequence[SearchDocument], text: str) -> list[Found]:
    """The documents of one page with the found words marked. One query."""
    query = query_for(text)
    if query is None or not documents:
        return []
    marked = {
        row["pk"]: row
        for row in SearchDocument.objects.filter(pk__in=[document.pk for document in documents])
        .annotate(
            marked_title=SearchHeadline(
                "title", query, config=WORDS, start_sel=START, stop_sel=STOP, highlight_all=True
            ),
            marked_body=SearchHeadline(
                "body", query, config=WORDS, start_sel=START, stop_sel=STOP, max_words=24, min_words=12
            ),
        )
        .values("pk", "marked_title", "marked_body")
    }
    return [
        Found(document, mark_words(marked[document.pk]["marked_title"]), mark_words(marked[document.pk]["marked_body"]))
        for document in documents
        if document.pk in marked
    ]


def mark_words(text: str) -> SafeString:
    """Escaped, and only then the marks become tags: nothing that people write becomes markup."""
    tagged = re.sub(f"{START}([^{START}{STOP}]*){STOP}", r"<mark>\1</mark>", str(escape(text)))
    return mark_safe(tagged)  # noqa: S308  (escaped in the line above)
