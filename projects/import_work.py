"""Long work on a file that somebody brought in: asked for on its page, done by a worker, watched and called off there.

PostgreSQL is the truth: the row of ``ImportWork`` says what is to be done, a doorbell rings a worker, and beat's sweep
finds what no bell reached. A worker takes the work for a lease, and while it works another thread of it renews the
lease, writes how far it is, and hears whether the work was called off. A worker that dies leaves a lease that runs out;
what it had written was never committed, and the next one begins anew.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.clock import database_now
from core.doorbell import ring
from core.errors import DomainError
from core.progress import UNWATCHED, CalledOff, Meter
from projects.import_files import choices_made_before
from projects.import_outcome import Outcome
from projects.import_taking_back import TakeBack, TakingBack
from projects.models import ImportBatch, ImportWork

logger = logging.getLogger(__name__)

# What a request reads by itself: some ten thousand rows.
MOST_BYTES_IN_A_REQUEST: Final = 1024 * 1024
LEASE: Final = dt.timedelta(seconds=30)
SECONDS_BETWEEN_WORDS: Final = 0.5
MOST_ATTEMPTS: Final = 3
STAGED_FOR: Final = dt.timedelta(days=7)
PHASES: Final[Mapping[str, str | Promise]] = {
    "": gettext_lazy("Waiting for a worker."),
    "looking": gettext_lazy("Looking through the file."),
    "reading": gettext_lazy("Reading the rows."),
    "comparing": gettext_lazy("Comparing the rows with each other."),
    "matching": gettext_lazy("Comparing the rows with the project."),
    "writing": gettext_lazy("Writing what is new."),
    "removing": gettext_lazy("Taking away what the file brought."),
}

# The states in which there is nothing left to do.
OVER: Final = (ImportBatch.State.COMMITTED, ImportBatch.State.DISCARDED, ImportBatch.State.TAKEN_BACK)
DONE_BEFORE: Final = {
    ImportWork.Act.CHECK: OVER,
    ImportWork.Act.TAKE: OVER,
    ImportWork.Act.TAKE_BACK: (ImportBatch.State.TAKEN_BACK,),
}


class Check(Protocol):
    def __call__(
        self, *, batch: ImportBatch, options: Mapping[str, Any] | None = None, meter: Meter = UNWATCHED
    ) -> Outcome: ...


class Take(Protocol):
    def __call__(
        self,
        *,
        actor: User,
        batch: ImportBatch,
        preview_hash: str,
        leave_out_wrong_rows: bool = False,
        meter: Meter = UNWATCHED,
    ) -> Outcome: ...


@dataclass(frozen=True)
class Handler:
    """How an app looks at its files, takes them and takes them back, and lets go of what it staged of one."""

    check: Check
    take: Take
    taking_back: Callable[[ImportBatch], TakingBack]
    take_back: TakeBack
    forget: Callable[[ImportBatch], None] | None = None


HANDLERS: dict[str, Handler] = {}


def register_handler(kind: str, handler: Handler) -> None:
    """Name what works on files of a kind."""
    HANDLERS[kind] = handler


def look_first(*, batch: ImportBatch, meter: Meter = UNWATCHED) -> None:
    """Look at a file that just came, then as this side had the last one with its columns read."""
    check = HANDLERS[batch.kind].check
    check(batch=batch, meter=meter)
    if choices := choices_made_before(batch):
        check(batch=batch, options={**choices, "as_before": True}, meter=meter)


def is_long(batch: ImportBatch) -> bool:
    """Whether the file is left to a worker."""
    return bool(batch.file) and batch.file.size > MOST_BYTES_IN_A_REQUEST


@transaction.atomic
def ask_for_work(*, actor: User, batch: ImportBatch, act: str, choices: Mapping[str, Any]) -> ImportWork:
    """Leave the file to a worker. What failed before gives way to it; what is under way does not."""
    ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if under_way(batch) is not None:
        raise DomainError(_("This file is being worked on. Wait for it, or call it off."), code="under_way")
    ImportWork.objects.filter(batch=batch).delete()
    work = ImportWork.objects.create(
        batch=batch, project_id=batch.project_id, act=act, choices=dict(choices), asked_by=actor
    )
    ring("projects.work_on_import", batch.pk)
    return work


def act_on(*, actor: User, batch: ImportBatch, act: str, choices: Mapping[str, Any]) -> bool:
    """Do at once what is asked, or leave it to a worker where that would take too long. Whether it is done."""
    if is_long(batch):
        ask_for_work(actor=actor, batch=batch, act=act, choices=choices)
        return False
    _carry_out(actor, batch, act, choices, UNWATCHED)
    return True


def under_way(batch: ImportBatch) -> ImportWork | None:
    """The work that waits for a worker or is being done."""
    return ImportWork.objects.filter(batch=batch, failure="").first()


def call_off(*, batch: ImportBatch) -> None:
    """End the work on a file. A worker that has it hears of it within a second and writes nothing."""
    waiting = ImportWork.objects.filter(batch=batch, failure="").filter(
        Q(leased_until=None) | Q(leased_until__lt=database_now())
    )
    if not waiting.delete()[0]:
        ImportWork.objects.filter(batch=batch, failure="").update(is_called_off=True)


def work_on(batch_key: int) -> None:
    """Do the work on a file, if there is some and nobody else has it."""
    work = _claimed(batch_key)
    if work is None:
        return
    mine = _still_mine(work)
    with translation.override(work.asked_by.locale):
        try:
            with _watched(work) as meter:
                _do(work, meter)
        except CalledOff:
            mine.delete()
        except DomainError as error:
            mine.update(failure=str(error)[:500])
        except Exception:
            logger.exception("work on an import failed", extra={"import": str(work.batch.uuid), "act": work.act})
            if work.attempts >= MOST_ATTEMPTS:
                _give_up(work)
        else:
            mine.delete()


def sweep_imports() -> None:
    """Ring for work that no doorbell reached or whose worker died, and clear the stage of what is over or old."""
    now = database_now()
    due = ImportWork.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), failure="")
    # Whoever tried died of it, each time: nobody else shall.
    for work in due.filter(attempts__gte=MOST_ATTEMPTS).select_related("asked_by"):
        with translation.override(work.asked_by.locale):
            _give_up(work)
    for batch_key in due.filter(attempts__lt=MOST_ATTEMPTS).values_list("pk", flat=True):
        ring("projects.work_on_import", batch_key)
    staged = ImportBatch.objects.exclude(reading={}).filter(work=None)
    for batch in staged.filter(Q(state__in=OVER) | Q(created_at__lt=now - STAGED_FOR)):
        if forget := HANDLERS[batch.kind].forget:
            forget(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(reading={})


def _claimed(batch_key: int) -> ImportWork | None:
    now = database_now()
    due = ImportWork.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=batch_key, failure="")
    if not due.filter(attempts__lt=MOST_ATTEMPTS).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1, phase="", done=0, total=0
    ):
        return None
    return ImportWork.objects.select_related("batch__project__terms", "asked_by").get(pk=batch_key)


def _still_mine(work: ImportWork) -> "QuerySet[ImportWork]":
    """The row while nobody else has taken the work over: a worker that slept through its lease has lost it."""
    return ImportWork.objects.filter(pk=work.pk, attempts=work.attempts)


def _give_up(work: ImportWork) -> None:
    _still_mine(work).update(failure=_("The file could not be worked on, and nothing was written. We look into it."))


def _do(work: ImportWork, meter: Meter) -> None:
    batch = work.batch
    if batch.state in DONE_BEFORE[ImportWork.Act(work.act)]:
        return  # an earlier worker had done it and died before it could say so
    if work.act == ImportWork.Act.CHECK and not work.choices:
        look_first(batch=batch, meter=meter)
    else:
        _carry_out(work.asked_by, batch, work.act, work.choices, meter)


def _carry_out(actor: User, batch: ImportBatch, act: str, choices: Mapping[str, Any], meter: Meter) -> None:
    handler = HANDLERS[batch.kind]
    if act == ImportWork.Act.TAKE_BACK:
        handler.take_back(actor=actor, batch=batch, meter=meter, **choices)
    elif act == ImportWork.Act.TAKE:
        handler.take(actor=actor, batch=batch, meter=meter, **choices)
    else:
        handler.check(batch=batch, options=choices, meter=meter)


@contextmanager
def _watched(work: ImportWork) -> Iterator["WorkMeter"]:
    """A meter that another thread reads. When this ends the thread has ended, too, and cancels nothing any more."""
    meter = WorkMeter(work)
    thread = threading.Thread(target=meter.tell_until_ended, name=f"import {work.pk}", daemon=True)
    thread.start()
    try:
        yield meter
    except OperationalError as error:
        if meter.is_called_off:
            raise CalledOff from error
        raise
    finally:
        meter.end()
        thread.join()


class WorkMeter(Meter):
    """Writes how far the work is on a connection of its own, and ends what the worker's connection is at if need be."""

    def __init__(self, work: ImportWork) -> None:
        self.work = work
        self.state: dict[str, Any] = {"phase": "", "done": 0, "total": 0}
        self.is_called_off = False
        self._ended = threading.Event()
        connection.ensure_connection()
        self._of_worker = connection.connection

    def begin(self, phase: str, total: int = 0) -> None:
        self.state = {"phase": phase, "done": 0, "total": total}
        self._stop_if_called_off()

    def at(self, done: int) -> None:
        self.state["done"] = done
        self._stop_if_called_off()

    def end(self) -> None:
        self._ended.set()

    def tell_until_ended(self) -> None:
        """The other thread: one word each half second."""
        try:
            while not self._ended.wait(SECONDS_BETWEEN_WORDS):
                self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        try:
            mine = _still_mine(self.work).filter(is_called_off=False)
            if not mine.update(leased_until=database_now() + LEASE, **self.state):
                self.is_called_off = True
                self._of_worker.cancel()
        except OperationalError:
            logger.warning("cannot say how far an import is", exc_info=True)
            connection.close()

    def _stop_if_called_off(self) -> None:
        if self.is_called_off:
            raise CalledOff
