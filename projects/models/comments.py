"""What people say about a project or a numbered thing of it, and the files they add."""

import uuid
from typing import Final, Self, TypeVar

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from core.versions import Versioned
from projects.audience import Audience, Side, audiences_seen_by
from projects.models.objects import ObjectRef
from projects.models.project import Project

M = TypeVar("M", bound=models.Model)


class AttachedQuerySet(models.QuerySet[M]):
    def seen_by(self, side: str) -> Self:
        """For both sides, or an internal one of ``side``."""
        return self.filter(audience__in=audiences_seen_by(side))


@pghistory.track(
    pghistory.UpdateEvent(condition=pghistory.AnyChange("text"), row=pghistory.Old), fields=["text"], append_only=True
)
class Comment(Versioned):
    """Markdown for both sides, or an internal note of one. Without ``ref`` it is about the project itself.

    A comment is withdrawn, not deleted: its place stays, its text is gone from pages, search and mails. Words that
    were changed can be read as they were before, for as long as the comment stands.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="comments")
    ref = models.ForeignKey(
        ObjectRef, models.PROTECT, null=True, blank=True, related_name="comments", db_constraint=False
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    side = models.CharField(max_length=6, choices=Side, help_text="the side the author stood on")
    audience = models.CharField(_("for"), max_length=6, choices=Audience, default=Audience.BOTH)
    text = models.TextField(_("comment"), max_length=20_000)
    mentions = models.ManyToManyField(User, related_name="+", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "id"]
        constraints = [
            SameProjectForeignKey(field="ref", name="comment_ref_same_project"),
            models.UniqueConstraint(fields=["project", "id"], name="comment_in_project"),
            models.CheckConstraint(
                condition=Q(audience="both") | Q(audience=models.F("side")), name="internal_to_the_authors_side"
            ),
        ]
        indexes = [models.Index(fields=["project", "ref", "created_at"], name="comments_of_thing")]

    def __str__(self) -> str:
        return self.text[:60]


# What a browser draws and cannot run.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Files lie under their own random name: what a person typed never becomes a path."""
    return f"attachments/{attachment.project.uuid}/{attachment.uuid}"


class Attachment(models.Model):
    """A file added to a project, a numbered thing or a comment; served only by an access-checked view."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="attachments")
    ref = models.ForeignKey(
        ObjectRef, models.PROTECT, null=True, blank=True, related_name="attachments", db_constraint=False
    )
    comment = models.ForeignKey(
        Comment, models.PROTECT, null=True, blank=True, related_name="attachments", db_constraint=False
    )
    side = models.CharField(max_length=6, choices=Side)
    audience = models.CharField(_("for"), max_length=6, choices=Audience, default=Audience.BOTH)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    filename = models.CharField(_("file"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = AttachedQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["uploaded_at", "id"]
        constraints = [
            SameProjectForeignKey(field="ref", name="attachment_ref_same_project"),
            SameProjectForeignKey(field="comment", name="attachment_comment_same_project"),
            models.CheckConstraint(
                condition=Q(audience="both") | Q(audience=models.F("side")), name="attachment_internal_to_its_side"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_picture(self) -> bool:
        return self.content_type in PICTURES
