"""What the rules on burn compare of one project at one moment: pure.

The worker gathers these figures for many projects at once (``budget.alert_figures``), the replay works them out day
by day from the past (``budget.alert_replay``). Both hand them to the same rules.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from projects.working_time import WorkingCalendar
from requirements_app.progress import ProgressRule

AHEAD, COST_INDEX, TO_COMPLETE = "B2", "B3", "B4"
USED, RUNWAY, OVER, UNESTIMATED, STALLED, LATE, PACE = "B1", "B6", "B7", "B8", "B9", "B10", "B11"

BUDGET_HOURS, CAP_HOURS = "budget_hours", "cap_hours"
BUDGET_AMOUNT, CAP_AMOUNT = "budget_amount", "cap_amount"
DATA, PEOPLE = "data", "people"

# Hours on an item, or on work without an estimate, are worth a word from half a working day on.
WORTH_A_WORD_MINUTES: Final = 240
# "Lately" in every rule: the four weeks up to the newest hours.
RECENT_DAYS: Final = 28
RECENT_WEEKS: Final = 4


@dataclass(frozen=True)
class Compared:
    """Hours and earned value up to the end of one day, cumulative minutes.

    ``used`` is every hour, ``matched`` those on work that has an estimate, ``earned`` the value of that same work.
    """

    on: dt.date
    used: int
    matched: int
    earned: Decimal


@dataclass(frozen=True)
class FinishedWork:
    """Sums over the items of which hours alone tell how their estimates held: done, or used up and not done.

    Minutes and their squares: e is an item's earned value, a the hours on it.
    """

    count: int = 0
    earned: Decimal = Decimal(0)
    used: Decimal = Decimal(0)
    earned_squared: Decimal = Decimal(0)
    earned_by_used: Decimal = Decimal(0)
    used_squared: Decimal = Decimal(0)


@dataclass(frozen=True)
class Reporting:
    """How fresh hours and progress are. None where there was nothing yet.

    - ``reported_on``: the last day on which anybody reported progress; ``days_since_report`` the days with hours after
      it, ``first_unreported_on`` the first of them
    - ``progressed_on``: the last day on which a report showed progress: something done, or less remaining than before;
      ``stalled_from`` the first day with hours after it, ``stalled_weeks`` in how many of the weeks counted from that
      day hours were booked, ``stalled_minutes`` how many in all
    - ``silent_days``: of each person who is assigned by dates, the working days of their side between their last hours
      and the project's
    """

    reported_on: dt.date | None = None
    days_since_report: int = 0
    first_unreported_on: dt.date | None = None
    progressed_on: dt.date | None = None
    stalled_from: dt.date | None = None
    stalled_weeks: int = 0
    stalled_minutes: int = 0
    silent_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class RuleFigures:
    """One project at the moment ``at``. Minutes and the project's currency; None where nothing is known.

    ``weekly_minutes`` and ``weekly_amounts`` are the four complete weeks before the one of the newest hours, the first
    of which begins on ``weeks_from``. ``opened_on`` is the day on which the project was opened here. ``vendor`` is the
    calendar of the side that reports.
    """

    at: dt.datetime
    vendor: WorkingCalendar
    currency: str = ""
    budget_minutes: int | None = None
    budget_is_agreed: bool = False
    cap_minutes: int | None = None
    budget_amount: Decimal | None = None
    cap_amount: Decimal | None = None
    opened_on: dt.date | None = None
    planned_start_on: dt.date | None = None
    planned_finish_on: dt.date | None = None
    used_minutes: int = 0
    used_amount: Decimal = Decimal(0)
    hours_through: dt.date | None = None
    progress_through: dt.date | None = None
    compared: Compared | None = None
    finished: FinishedWork = FinishedWork()
    estimated_minutes: int = 0
    remaining_minutes: int = 0
    item_count: int = 0
    open_count: int = 0
    open_estimated_count: int = 0
    over_count: int = 0
    over_minutes: int = 0
    recent_minutes: int = 0
    recent_unestimated_minutes: int = 0
    weeks_from: dt.date | None = None
    weekly_minutes: tuple[int, ...] = ()
    weekly_amounts: tuple[Decimal, ...] = ()
    reporting: Reporting = Reporting()

    @property
    def today(self) -> dt.date:
        """The day it is where the hours come from."""
        return self.at.astimezone(self.vendor.zone).date()

    @property
    def matched_ratio(self) -> Decimal | None:
        """Hours on work that has an estimate, up to the day of comparison, as a share of the budget."""
        return ratio(self.compared.matched if self.compared else None, self.budget_minutes)

    @property
    def earned_ratio(self) -> Decimal | None:
        """Work earned up to the same day, as a share of the budget or of the estimates where they exceed it.

        A budget below the estimates is not earned before all of them are.
        """
        if self.compared is None or not self.budget_minutes:
            return None
        return ratio(self.compared.earned, max(self.budget_minutes, self.estimated_minutes))

    @property
    def complete_ratio(self) -> Decimal | None:
        """Work earned up to the day of comparison as a share of the estimates."""
        return ratio(self.compared.earned if self.compared else None, self.estimated_minutes)


def ratio(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """A share, or None where there is nothing to take it of."""
    return None if part is None or not whole else Decimal(part) / Decimal(whole)


def day_of_comparison(
    progress_rule: str, *, hours_through: dt.date | None, reported_on: dt.date | None
) -> dt.date | None:
    """The earlier of the two days up to which hours and progress are known; None before there are hours.

    Where progress counts by hours spent and remaining, hours on an item are themselves progress: known as far as the
    hours are. By the other rules newer hours would look like burn without result.
    """
    if hours_through is None or reported_on is None or progress_rule == ProgressRule.HOURS_SPENT_AND_REMAINING:
        return hours_through
    return min(hours_through, reported_on)
