"""What can be found of a project itself: its name with its parties, its people, what they say and their files."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.discussions import discussion_path
from projects.models import Attachment, Comment, Project, ProjectPerson
from projects.search import Document, index_document, index_documents, register_kind, remove_document

PROJECT = "projects.project"
PERSON = "projects.person"
COMMENT = "projects.comment"
FILE = "projects.file"


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


# ── Comments and their files ────────────────────────────────────────────────────────────────────────────────────────
def index_comment(comment: Comment) -> None:
    """Write the documents of a comment and of its files anew, for those who may read it."""
    index_document(project=comment.project, **vars(_comment(comment)))
    index_files(comment.project, _files_of(comment))


def unindex_comment(comment: Comment) -> None:
    """A withdrawn comment is found no more, nor are its files."""
    remove_document(project=comment.project, kind=COMMENT, target=comment.uuid)
    for attachment in _files_of(comment):
        unindex_file(attachment)


def index_files(project: Project, attachments: Iterable[Attachment]) -> None:
    """Write the documents of files anew, for those who may have them."""
    index_documents(project=project, documents=[_file(attachment) for attachment in attachments])


def unindex_file(attachment: Attachment) -> None:
    """A withdrawn file is found no more."""
    remove_document(project=attachment.project, kind=FILE, target=attachment.uuid)


def _files_of(comment: Comment) -> list[Attachment]:
    found = Attachment.objects.filter(project=comment.project, comment=comment, withdrawn_at=None)
    return list(found.select_related("project", "ref", "comment").order_by("pk"))


def _file(attachment: Attachment) -> Document:
    anchor = f"c-{attachment.comment.uuid}" if attachment.comment is not None else "files"
    return Document(
        kind=FILE,
        target=attachment.uuid,
        ref=attachment.ref,
        title=attachment.filename,
        body=attachment.ref.title if attachment.ref else "",
        audience=attachment.audience,
        path=f"{discussion_path(attachment.project, attachment.ref)}#{anchor}",
    )


def _files(project: Project) -> Iterator[Document]:
    found = Attachment.objects.filter(project=project, withdrawn_at=None, comment__withdrawn_at=None)
    for attachment in found.select_related("project", "ref", "comment").order_by("pk"):
        yield _file(attachment)


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
register_kind(FILE, _("file"), _files)
