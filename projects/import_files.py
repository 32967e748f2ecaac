"""Files that people bring in: stored before anything is read, looked at, then taken whole or not at all.

What a file means belongs to the app that reads it; here is what holds for all of them. A look (``check_file``)
stores what it found with a hash of exactly what would be written. Taking it (``take_file``) names that hash, reads
the stored file again and refuses when the result is no longer what the person saw.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.deadlocks import retry_deadlocks
from core.errors import DomainError
from core.tabular.problems import Problem, Unreadable
from core.tabular.read import SIZE_LIMIT
from core.tabular.sentences import sentence_of
from projects.import_outcome import Outcome
from projects.models import ImportBatch, Project

MEGABYTE: Final = 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A file as read: what the page says of it, every problem, and ``records``: what would be written, in order."""

    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    records: tuple[T, ...] = ()
    fingerprint: str = ""


Reader = Callable[[ImportBatch, bytes], Checked[T]]


@transaction.atomic
def store_file(*, actor: User, project: Project, side: str, kind: str, upload: "File[Any]") -> ImportBatch:
    """Keep the file under a random name before a byte of it is read as a table."""
    if (upload.size or 0) > SIZE_LIMIT:
        raise DomainError(sentence_of("too_large", limit=SIZE_LIMIT // MEGABYTE), code="too_large", field="file")
    if not upload.size:
        raise DomainError(sentence_of("empty_file"), code="empty_file", field="file")
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    batch = ImportBatch(
        project=project,
        kind=kind,
        filename=(upload.name or "file").rpartition("/")[2][-200:],
        sha256=digest.hexdigest(),
        recorded_by_side=side,
        created_by=actor,
    )
    batch.file.save(batch.filename, upload, save=False)
    batch.save()
    return batch


def taken_before(batch: ImportBatch) -> ImportBatch | None:
    """An earlier import of the very same file by this side, if there was one."""
    return (
        ImportBatch.objects.filter(
            project=batch.project_id,
            kind=batch.kind,
            sha256=batch.sha256,
            recorded_by_side=batch.recorded_by_side,
            state=ImportBatch.State.COMMITTED,
        )
        .exclude(pk=batch.pk)
        .order_by("-committed_at")
        .first()
    )


def choices_made_before(batch: ImportBatch) -> dict[str, Any]:
    """How this side last had a file with the very same columns read; empty if it never did.

    People are remembered by themselves, and an encoding belongs to one file.
    """
    earlier = ImportBatch.objects.filter(
        project=batch.project_id,
        kind=batch.kind,
        recorded_by_side=batch.recorded_by_side,
        state=ImportBatch.State.COMMITTED,
        outcome__header=list(batch.outcome.get("header", ())),
    ).order_by("-committed_at")
    options: dict[str, Any] = earlier.values_list("options", flat=True).first() or {}
    return {name: value for name, value in options.items() if name not in ("people", "encoding", "sheet")}


def read_file(batch: ImportBatch, read: Reader[T]) -> Checked[T]:
    """The stored file through ``read``; a file that cannot be read is an outcome too."""
    try:
        with batch.file.open("rb") as stored:
            data = stored.read()
    except OSError as error:
        raise DomainError(
            _("The stored file %(filename)s is gone. Bring it in again.") % {"filename": batch.filename},
            code="file_lost",
        ) from error
    try:
        return read(batch, data)
    except Unreadable as error:
        return Checked(Outcome(refusal={"code": error.code, "asks": error.asks, "params": error.params}))


@transaction.atomic
def check_file(*, batch: ImportBatch, read: Reader[T], options: Mapping[str, Any] | None = None) -> Outcome:
    """Look at the file with ``options`` laid over those chosen before, and keep what was found."""
    locked = _open_batch(batch)
    locked.options = {**locked.options, **(options or {})}
    checked = read_file(locked, read)
    locked.outcome = checked.outcome.as_json()
    locked.preview_hash = checked.fingerprint if checked.outcome.is_settled else ""
    locked.state = ImportBatch.State.PREVIEWED if checked.outcome.is_settled else ImportBatch.State.UPLOADED
    locked.save(update_fields=["options", "outcome", "preview_hash", "state"])
    _bring_up_to_date(batch, locked)
    return checked.outcome


@retry_deadlocks
@transaction.atomic
def take_file(
    *,
    batch: ImportBatch,
    preview_hash: str,
    read: Reader[T],
    write: Callable[[ImportBatch, Checked[T]], Outcome],
    leave_out_wrong_rows: bool,
) -> Outcome:
    """Write what the preview showed, all of it, or the good rows by explicit choice. ``write`` says what came of it."""
    locked = _open_batch(batch)
    checked = read_file(locked, read)
    if not checked.outcome.is_settled:
        raise DomainError(_("Something about this file is still open. Answer it first."), code="not_settled")
    if not preview_hash or preview_hash != checked.fingerprint:
        raise DomainError(
            _("The file would now write something else than you saw: the project changed. Check it again."),
            code="preview_changed",
        )
    if checked.outcome.wrong and not leave_out_wrong_rows:
        raise DomainError(
            ngettext(
                "%(count)s row is wrong. Mend the file, or choose to leave it out.",
                "%(count)s rows are wrong. Mend the file, or choose to leave them out.",
                checked.outcome.wrong,
            )
            % {"count": checked.outcome.wrong},
            code="wrong_rows",
        )
    outcome = write(locked, checked)
    locked.outcome = outcome.as_json()
    locked.preview_hash = checked.fingerprint
    locked.state = ImportBatch.State.COMMITTED
    locked.committed_at = timezone.now()
    locked.save(update_fields=["outcome", "preview_hash", "state", "committed_at"])
    _bring_up_to_date(batch, locked)
    return outcome


@transaction.atomic
def discard_file(*, batch: ImportBatch) -> None:
    """Give up an import that wrote nothing. The batch stays as a record; the file goes once that is certain."""
    locked = _open_batch(batch)
    locked.state = ImportBatch.State.DISCARDED
    locked.save(update_fields=["state"])
    stored = locked.file
    transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))
    _bring_up_to_date(batch, locked)


def fingerprint_of(records: Iterable[Any]) -> str:
    """SHA-256 over records of plain values, in order."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(json.dumps(record, ensure_ascii=False, default=str).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _open_batch(batch: ImportBatch) -> ImportBatch:
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("project").get(pk=batch.pk)
    if locked.state == ImportBatch.State.COMMITTED:
        raise DomainError(_("This file has already been taken. Nothing was written twice."), code="already_taken")
    if locked.state == ImportBatch.State.DISCARDED:
        raise DomainError(_("This import was discarded. Bring the file in again."), code="discarded")
    return locked


def _bring_up_to_date(batch: ImportBatch, locked: ImportBatch) -> None:
    for name in ("options", "outcome", "preview_hash", "state", "committed_at"):
        setattr(batch, name, getattr(locked, name))
