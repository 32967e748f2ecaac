"""What can be found by its words: one document for each thing, with who may find it."""

from typing import Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import SameProjectForeignKey
from projects.audience import Audience
from projects.models.objects import ObjectRef
from projects.models.project import Project

# PostgreSQL's "simple" without accents (a migration makes it): names, numbers and three languages stand in one index,
# so that no stemming guesses right for all, and whoever has no ü or ł on the keyboard finds Zürich and Łódź.
WORDS: Final = "folded"


class SearchDocument(models.Model):
    """The words of one thing of a project, written in the transaction that writes the thing.

    ``audience`` and ``capability`` say who may find it, and so who may learn that it exists.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    ref = models.ForeignKey(ObjectRef, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=40)
    target = models.UUIDField(help_text="the uuid of the thing")
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.BOTH)
    capability = models.CharField(max_length=40)
    label = models.CharField(max_length=20, blank=True, help_text="its number, such as W-40")
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    path = models.CharField(max_length=300, help_text="where it leads, below the site's address")
    words = models.GeneratedField(
        expression=SearchVector("label", "title", weight="A", config=WORDS)
        + SearchVector("body", weight="C", config=WORDS),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "target"], name="one_document_per_thing"),
            SameProjectForeignKey(field="ref", name="document_ref_same_project"),
        ]
        indexes = [GinIndex(fields=["words"], name="documents_by_words")]

    def __str__(self) -> str:
        return self.title
