"""What can be found of a project itself: its name with its parties, and its people."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.discussions import discussion_path
from projects.models import Comment, Project, ProjectPerson
from projects.search import Document, index_document, register_kind, remove_document

PROJECT = "projects.project"
PERSON = "projects.person"
COMMENT = "projects.comment"


def index_project(project: Project) -> None:
    """Write the project's document anew."""
    index_document(project=project, **vars(_project(project)))


def index_person(member: ProjectPerson) -> None:
    """Write the document of somebody of the project anew."""
    index_document(project=member.project, **vars(_person(member)))


def _project(project: Project) -> Document:
    parties = [party.name for party in (project.client, project.vendor) if party is not None]
    return Document(
        kind=PROJECT,
        target=project.uuid,
        title=project.name,
        body=" · ".join(parties),
        path=project.get_absolute_url(),
    )


def _person(member: ProjectPerson) -> Document:
    return Document(
        kind=PERSON,
        target=member.person.uuid,
        title=member.person.name,
        body=member.job_role,
        path=reverse("projects:person_list", args=[member.project.slug]),
        capability="view_people",
    )


def _people(project: Project) -> Iterator[Document]:
    for member in ProjectPerson.objects.filter(project=project).select_related("person", "project").order_by("pk"):
        yield _person(member)


register_kind(PROJECT, _("project"), lambda project: [_project(project)])
register_kind(PERSON, _("person"), _people)


# ── Comments ────────────────────────────────────────────────────────────────────────────────────────
def index_comment(comment: Comment) -> None:
    """Write a comment's document anew, for those who may read it."""
    index_document(project=comment.project, **vars(_comment(comment)))


def unindex_comment(comment: Comment) -> None:
    """A withdrawn comment is found no more."""
    remove_document(project=comment.project, kind=COMMENT, target=comment.uuid)


def _comment(comment: Comment) -> Document:
    return Document(
        kind=COMMENT,
        target=comment.uuid,
        ref=comment.ref,
        title=comment.text.partition("\n")[0],
        body=comment.text,
        audience=comment.audience,
        path=f"{discussion_path(comment.project, comment.ref)}#c-{comment.uuid}",
    )


def _comments(project: Project) -> Iterator[Document]:
    for comment in Comment.objects.filter(project=project, withdrawn_at=None).select_related("project", "ref"):
        yield _comment(comment)


register_kind(COMMENT, _("comment"), _comments)
