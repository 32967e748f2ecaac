"""Files that people bring in: stored before anything is read, looked at, then taken whole or not at all.

What a file means belongs to the app that reads it; here is what holds for all of them. A look (``check_file``)
stores what it found with a hash of exactly what would be written. Taking it (``take_file``) names that hash, looks
again and refuses when the result is no longer what the person saw.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import IO, Any, Final, Generic, TypeVar

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.deadlocks import retry_deadlocks
from core.errors import DomainError
from core.progress import UNWATCHED, Meter
from core.tabular.problems import Problem, Unreadable
from core.tabular.read import A_TABLE, MEGABYTE, Limits
from core.tabular.sentences import sentence_of
from projects.import_outcome import Outcome
from projects.models import ImportBatch, Project

# Hours come by the hundred thousand and are read row by row; work items are compared with each other.
LIMITS: Final[Mapping[str, Limits]] = {
    ImportBatch.Kind.WORK_ITEMS: A_TABLE,
    ImportBatch.Kind.TIME_ENTRIES: Limits(250, 1_050_000, 20, 200_000),
}

OF_ONE_FILE: Final = frozenset({"people", "encoding", "sheet", "one_person", "corrections"})

T = TypeVar("T")


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A file as understood: what the page says of it, every problem, and in ``plan`` what would be written."""

    outcome: Outcome
    problems: Sequence[Problem] = ()
    plan: T | None = None
    fingerprint: str = ""


Look = Callable[[ImportBatch, IO[bytes], Meter], Checked[T]]


@transaction.atomic
def store_file(*, actor: User, project: Project, side: str, kind: str, upload: "File[Any]") -> ImportBatch:
    """Keep the file under a random name before a byte of it is read as a table."""
    most = LIMITS[kind].megabytes
    if (upload.size or 0) > most * MEGABYTE:
        raise DomainError(sentence_of("too_large", limit=most), code="too_large", field="file")
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

    People are remembered by themselves; an encoding, whose hours a file holds and which of its corrections are taken
    belong to that file alone.
    """
    earlier = ImportBatch.objects.filter(
        project=batch.project_id,
        kind=batch.kind,
        recorded_by_side=batch.recorded_by_side,
        state=ImportBatch.State.COMMITTED,
        outcome__header=list(batch.outcome.get("header", ())),
    ).order_by("-committed_at")
    options: dict[str, Any] = earlier.values_list("options", flat=True).first() or {}
    return {name: value for name, value in options.items() if name not in OF_ONE_FILE}


@transaction.atomic
def check_file(
    *, batch: ImportBatch, look: Look[T], options: Mapping[str, Any] | None = None, meter: Meter = UNWATCHED
) -> Outcome:
    """Look at the file with ``options`` laid over those chosen before, and keep what was found."""
    locked = _open_batch(batch)
    locked.options = {**locked.options, **(options or {})}
    checked = _looked_at(locked, look, meter)
    locked.outcome = checked.outcome.as_json()
    locked.preview_hash = checked.fingerprint if checked.outcome.is_settled else ""
    locked.state = ImportBatch.State.PREVIEWED if checked.outcome.is_settled else ImportBatch.State.UPLOADED
    _keep_problems(locked, checked.problems)
    locked.save(update_fields=["options", "outcome", "preview_hash", "state", "reading", "problems"])
    _bring_up_to_date(batch, locked)
    return checked.outcome


@retry_deadlocks
@transaction.atomic
def take_file(
    *,
    batch: ImportBatch,
    preview_hash: str,
    look: Look[T],
    write: Callable[[ImportBatch, Checked[T]], Outcome],
    leave_out_wrong_rows: bool,
    meter: Meter = UNWATCHED,
) -> Outcome:
    """Write what the preview showed, all of it, or the good rows by explicit choice. ``write`` says what came of it."""
    locked = _open_batch(batch)
    checked = _looked_at(locked, look, meter)
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
    locked.save(update_fields=["outcome", "preview_hash", "state", "committed_at", "reading", "traces"])
    _bring_up_to_date(batch, locked)
    return outcome


def problems_of(batch: ImportBatch) -> Iterator[Problem]:
    """What the last look found amiss, row by row; of very many the first. ``outcome`` counts them all."""
    if batch.problems:
        with _stored(batch, batch.problems) as kept:
            for line in kept:
                yield Problem(**json.loads(line))


@transaction.atomic
def discard_file(*, batch: ImportBatch) -> None:
    """Give up an import that wrote nothing. The batch stays as a record; the file goes once that is certain."""
    locked = _open_batch(batch)
    locked.state = ImportBatch.State.DISCARDED
    locked.save(update_fields=["state"])
    for stored in filter(None, (locked.file, locked.problems)):
        transaction.on_commit(partial(stored.storage.delete, str(stored.name)))
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
    if locked.state == ImportBatch.State.TAKEN_BACK:
        raise DomainError(_("This import was taken back. Bring the file in again."), code="taken_back")
    if locked.state == ImportBatch.State.DISCARDED:
        raise DomainError(_("This import was discarded. Bring the file in again."), code="discarded")
    return locked


@contextmanager
def _stored(batch: ImportBatch, file: Any) -> Iterator[IO[bytes]]:
    """The bytes of a file of the batch, wherever they are stored."""
    try:
        stored = file.storage.open(str(file.name), "rb")
    except OSError as error:
        raise DomainError(
            _("The stored file %(filename)s is gone. Bring it in again.") % {"filename": batch.filename},
            code="file_lost",
        ) from error
    with stored:
        yield stored


def _looked_at(batch: ImportBatch, look: Look[T], meter: Meter) -> Checked[T]:
    """The stored file through ``look``; a file that cannot be read is an outcome too."""
    with _stored(batch, batch.file) as file:
        try:
            # What a look wrote before it found the file unreadable is taken back.
            with transaction.atomic():
                return look(batch, file, meter)
        except Unreadable as error:
            batch.reading = {}
            refusal = {"code": error.code, "asks": error.asks, "params": error.params}
            return Checked(Outcome(header=error.header, sample=error.sample, mapping=error.mapping, refusal=refusal))


def _keep_problems(batch: ImportBatch, problems: Sequence[Problem]) -> None:
    """As a file beside the one they are about, in place of those of the last look."""
    former = batch.problems.name
    if former:
        transaction.on_commit(partial(batch.problems.storage.delete, former))
        batch.problems = ""
    if problems:
        lines = (json.dumps(asdict(each), default=str) for each in sorted(problems, key=lambda each: each.row))
        batch.problems.save("problems.jsonl", ContentFile("\n".join(lines).encode()), save=False)


def _bring_up_to_date(batch: ImportBatch, locked: ImportBatch) -> None:
    for name in ("options", "outcome", "preview_hash", "state", "committed_at", "reading", "traces", "problems"):
        setattr(batch, name, getattr(locked, name))
