"""What a timesheet comes to, as its page shows it. Minutes; names as the file has them."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from projects.import_outcome import Outcome
from projects.models import ImportBatch

COUNTED_CORRECTIONS: Final = ("changed", "corrected", "correction_minutes", "gone", "taken_back", "gone_minutes")


@dataclass(frozen=True)
class PersonHours:
    name: str
    rows: int
    minutes: int


@dataclass(frozen=True)
class TimeImportSummary:
    """``budget_minutes`` is None where no hours are agreed, ``cap_minutes`` where no cap is; the days are None where no
    row can be taken.
    """

    minutes: int
    unordered_minutes: int
    used_before_minutes: int
    budget_minutes: int | None
    cap_minutes: int | None
    first_day: dt.date | None
    last_day: dt.date | None
    people: tuple[PersonHours, ...]
    # Of earlier imports of the source: what this file says otherwise and no more, and what that adds and takes off.
    changed: int = 0
    corrected: int = 0
    correction_minutes: int = 0
    gone: int = 0
    taken_back: int = 0
    gone_minutes: int = 0

    @property
    def new_minutes(self) -> int:
        """Of the rows that are new, without what the corrections add and take off."""
        return self.minutes - self.corrected_by_minutes

    @property
    def corrected_by_minutes(self) -> int:
        """What the corrections add to the project's hours; below 0 they take off."""
        return self.correction_minutes - self.gone_minutes

    @property
    def taken_off_minutes(self) -> int:
        """What taking back adds, so never above 0."""
        return -self.gone_minutes

    @property
    def used_after_minutes(self) -> int:
        return self.used_before_minutes + self.minutes

    @property
    def over_budget_minutes(self) -> int:
        """How far the hours afterwards lie above those agreed; 0 where they do not, or none are."""
        return self._over(self.budget_minutes)

    @property
    def over_cap_minutes(self) -> int:
        return self._over(self.cap_minutes)

    def _over(self, limit: int | None) -> int:
        return max(self.used_after_minutes - limit, 0) if limit else 0


def time_import_summary(batch: ImportBatch) -> TimeImportSummary | None:
    """The stored totals of ``batch``; None while the file was not understood."""
    totals = Outcome.from_json(batch.outcome).totals if batch.outcome else {}
    if not totals:
        return None
    corrections = totals.get("corrections", {})
    return TimeImportSummary(
        minutes=totals["minutes"],
        unordered_minutes=totals["unordered_minutes"],
        used_before_minutes=totals["used_before_minutes"],
        budget_minutes=batch.project.terms.budget_minutes,
        cap_minutes=batch.project.terms.cap_minutes,
        first_day=dt.date.fromisoformat(totals["first_day"]) if totals["first_day"] else None,
        last_day=dt.date.fromisoformat(totals["last_day"]) if totals["last_day"] else None,
        people=tuple(PersonHours(**person) for person in totals["people"]),
        **{name: corrections.get(name, 0) for name in COUNTED_CORRECTIONS},
    )
