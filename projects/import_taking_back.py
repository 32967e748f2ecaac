"""A file that was taken is taken back: everything it brought goes, as far as nothing rests on it.

What would go is said first, with a hash of exactly that; taking it back names the hash and refuses when it would now be
something else. The batch stays as the record of what was there, and the same file may come in again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.deadlocks import retry_deadlocks
from core.errors import DomainError
from core.progress import UNWATCHED, Meter
from projects.import_files import fingerprint_of
from projects.models import ImportBatch


@dataclass(frozen=True)
class TakingBack:
    """What goes and what stays, in sentences; ``counts`` says the same for programs.

    ``obstacle`` is why nothing may go; it is empty where nothing stands in the way.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    goes: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    obstacle: str = ""

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(sorted(self.counts.items()))


class TakeBack(Protocol):
    def __call__(self, *, actor: User, batch: ImportBatch, shown: str, meter: Meter = UNWATCHED) -> None: ...


def not_taken(batch: ImportBatch) -> str:
    """Why there is nothing to take back; empty where there is."""
    if batch.state == ImportBatch.State.TAKEN_BACK:
        return _("This import has been taken back already.")
    if batch.state != ImportBatch.State.COMMITTED:
        return _("This file was not taken, so there is nothing to take back.")
    return ""


@retry_deadlocks
@transaction.atomic
def take_file_back(
    *,
    actor: User,
    batch: ImportBatch,
    shown: str,
    look: Callable[[ImportBatch], TakingBack],
    remove: Callable[[ImportBatch, TakingBack], None],
) -> None:
    """Remove what was shown, all of it. ``look`` is asked under the locks that keep it true."""
    locked = ImportBatch.objects.select_for_update(of=("self",)).select_related("project").get(pk=batch.pk)
    if reason := not_taken(locked):
        raise DomainError(reason, code="not_taken")
    found = look(locked)
    if found.obstacle:
        raise DomainError(found.obstacle, code="rests_on_it")
    if shown != found.fingerprint:
        raise DomainError(
            _("Taking this back would now do something else than you saw: the project changed. Look again."),
            code="preview_changed",
        )
    remove(locked, found)
    locked.state = ImportBatch.State.TAKEN_BACK
    locked.taken_back_at = timezone.now()
    locked.taken_back_by = actor
    locked.save(update_fields=["state", "taken_back_at", "taken_back_by"])
    for name in ("state", "taken_back_at", "taken_back_by"):
        setattr(batch, name, getattr(locked, name))
