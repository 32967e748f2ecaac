"""What can be found of a project itself: its name with its parties, and its people."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project, ProjectPerson
from projects.search import Document, index_document, register_kind

PROJECT = "projects.project"
PERSON = "projects.person"


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
