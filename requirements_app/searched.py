"""How work items are found: by number, title and outside key."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from projects.search import Document, index_documents, register_kind
from requirements_app.models import WorkItem

KIND = "requirements.workitem"


def index_work_items(project: Project, items: Iterable[WorkItem]) -> None:
    """Write the documents of ``items`` anew, in the transaction that wrote the items."""
    index_documents(project=project, documents=[_document(project, item) for item in items])


def _document(project: Project, item: WorkItem) -> Document:
    return Document(
        kind=KIND,
        target=item.ref.uuid,
        ref=item.ref,
        label=item.ref.label,
        title=item.title,
        body=item.outside_key,
        audience=item.ref.audience,
        path=reverse("requirements:work_item_detail", args=[project.slug, item.ref.number]),
    )


def _work_items(project: Project) -> Iterator[Document]:
    for item in WorkItem.objects.filter(project=project).select_related("ref").order_by("pk").iterator():
        yield _document(project, item)


register_kind(KIND, _("work item"), _work_items)
