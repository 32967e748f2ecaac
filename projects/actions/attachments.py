"""Files that people add. A refused file leaves nothing behind: no row, and no bytes on the disk."""

import hashlib
import logging
import mimetypes
import re
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Organisation, User
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.models import Attachment, Comment, ObjectRef, Project
from projects.searched import index_files, unindex_file
from projects.topics import touch

logger = logging.getLogger(__name__)

LARGEST_FILE: Final = 25 * 1024 * 1024
MOST_FILES: Final = 10

register_sentences(
    {
        "file_added": gettext_lazy("added the file %(filename)s"),
        "file_withdrawn": gettext_lazy("withdrew the file %(filename)s"),
        "file_restored": gettext_lazy("put the file %(filename)s back"),
    },
    seen_with="view_project",
)

_written: ContextVar[list[tuple[Storage, str]] | None] = ContextVar("files_written", default=None)


@contextmanager
def files_removed_on_failure() -> Iterator[None]:
    """Around a transaction that stores files: when it fails, they are taken off the disk again."""
    if _written.get() is not None:
        yield
        return
    written: list[tuple[Storage, str]] = []
    token = _written.set(written)
    try:
        yield
    except BaseException:
        for storage, name in written:
            _delete(storage, name)
        raise
    finally:
        _written.reset(token)


def _delete(storage: Storage, name: str) -> None:
    """Take a file off the disk; why the transaction failed is worth more than that this failed as well."""
    try:
        storage.delete(name)
    except OSError:
        logger.exception("a file that nobody knows of could not be deleted", extra={"name_in_store": name})


@files_removed_on_failure()
@transaction.atomic
def add_files(
    *,
    actor: User,
    project: Project,
    side: str,
    files: Sequence["File[Any]"],
    audience: str = Audience.BOTH,
    ref: ObjectRef | None = None,
    comment: Comment | None = None,
) -> list[Attachment]:
    """Add ``files`` all together or none of them; ``audience`` is who may ever learn of them."""
    audience = audience_of_words(audience, side=side, ref=ref)
    touch(project, "comments", audience)
    if len(files) > MOST_FILES:
        raise DomainError(
            ngettext("At most %(count)s file at once.", "At most %(count)s files at once.", MOST_FILES)
            % {"count": MOST_FILES},
            code="too_many_files",
            field="attached",
        )
    for file in files:
        _refuse_size(file)
    _refuse_over_quota(project, side, sum(file.size for file in files))
    added = [_add(actor, project, side, audience, ref, comment, file) for file in files]
    index_files(project, added)
    return added


@transaction.atomic
def withdraw_file(*, actor: User, attachment: Attachment) -> None:
    """Take one's own file back: nobody gets it any more. Twice changes nothing."""
    touch(attachment.project, "comments", attachment.audience)
    _refuse_others(actor, attachment)
    if Attachment.objects.filter(pk=attachment.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        unindex_file(attachment)
        _record(attachment, "file_withdrawn", actor)


@transaction.atomic
def restore_file(*, actor: User, attachment: Attachment) -> None:
    """Put one's own withdrawn file back."""
    touch(attachment.project, "comments", attachment.audience)
    _refuse_others(actor, attachment)
    if Attachment.objects.filter(pk=attachment.pk, withdrawn_at__isnull=False).update(withdrawn_at=None):
        index_files(attachment.project, [attachment])
        _record(attachment, "file_restored", actor)


def audience_of_words(audience: str, *, side: str, ref: ObjectRef | None) -> str:
    """For whom somebody on ``side`` may say or add something: for both or one's own, and never for more than know
    of the thing itself.
    """
    if ref is not None and ref.audience != Audience.BOTH:
        audience = ref.audience
    if audience not in (Audience.BOTH, side):
        raise DomainError(_("An internal note is for one's own side."), code="not_ones_own_side", field="audience")
    return audience


def clean_filename(name: str) -> str:
    """A name to show and to save under: no path, nothing invisible, and its ending kept when it is too long."""
    name = re.split(r"[/\\]", name)[-1]
    # Control and format characters: among them those that write from right to left and turn exe.pdf around.
    name = "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf", "Zl", "Zp")).strip(" .")
    if len(name) > 200:
        stem, dot, ending = name.rpartition(".")
        ending = ending[-20:]
        name = f"{stem[: 199 - len(ending)]}.{ending}" if dot else name[:200]
    return name or _("file")


def bytes_used_by(organisation: Organisation) -> int:
    """What the people of ``organisation`` added, all projects together; withdrawn files lie on the disk as well."""
    of_organisation = Q(side=Side.CLIENT, project__client=organisation) | Q(
        side=Side.VENDOR, project__vendor=organisation
    )
    used: int | None = Attachment.objects.filter(of_organisation).aggregate(bytes=Sum("size"))["bytes"]
    return used or 0


def _refuse_size(file: "File[Any]") -> None:
    said = {"filename": clean_filename(file.name or ""), "limit": filesizeformat(LARGEST_FILE)}
    if not file.size:
        raise DomainError(_("%(filename)s is empty.") % said, code="empty_file", field="attached")
    if file.size > LARGEST_FILE:
        said["size"] = filesizeformat(file.size)
        raise DomainError(
            _("%(filename)s has %(size)s; a file has at most %(limit)s. Share it as a link instead.") % said,
            code="too_large",
            field="attached",
        )


def _refuse_over_quota(project: Project, side: str, size: int) -> None:
    """Two who add at once wait for each other here, so that together they stay within it."""
    party = project.organisation_of(side)
    assert party is not None, "nobody stands on a side without an organisation"
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=party.pk)
    left = settings.STORAGE_QUOTA_BYTES - bytes_used_by(organisation)
    if size > left:
        said = {"name": organisation.name, "left": filesizeformat(max(left, 0)), "size": filesizeformat(size)}
        raise DomainError(
            _("%(name)s has %(left)s left for files; this needs %(size)s.") % said,
            code="quota_used_up",
            field="attached",
        )


def _add(
    actor: User,
    project: Project,
    side: str,
    audience: str,
    ref: ObjectRef | None,
    comment: Comment | None,
    file: "File[Any]",
) -> Attachment:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    filename = clean_filename(file.name or "")
    attachment = Attachment(
        uuid=uuid.uuid4(),
        project=project,
        ref=ref,
        comment=comment,
        side=side,
        audience=audience,
        filename=filename,
        # From the name alone: what the browser says of its file is not asked.
        content_type=(mimetypes.guess_type(filename)[0] or "application/octet-stream")[:100],
        size=file.size,
        sha256=digest.hexdigest(),
        uploaded_by=actor,
    )
    stored = attachment.file
    # Noted before the bytes are written, for a disk that fills up in the middle.
    written = _written.get()
    if written is not None:
        written.append((stored.storage, stored.field.generate_filename(attachment, filename)))
    try:
        stored.save(filename, file, save=False)
    except OSError as error:
        logger.exception("a file could not be stored")
        raise DomainError(
            _("The files cannot be stored just now. Nothing was added; try again later."),
            code="not_stored",
            field="attached",
        ) from error
    attachment.save()
    _record(attachment, "file_added", actor)
    return attachment


def _refuse_others(actor: User, attachment: Attachment) -> None:
    if attachment.uploaded_by_id != actor.pk:
        raise DomainError(_("Only who added a file can take it back."), code="not_the_author")


def _record(attachment: Attachment, verb: str, actor: User) -> None:
    record(
        attachment.project,
        verb,
        actor=actor,
        ref=attachment.ref,
        audience=attachment.audience,
        filename=attachment.filename,
    )
