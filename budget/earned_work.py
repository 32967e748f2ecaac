"""What the series of a branch say of one day, as the textbooks name it: pure, worked in
docs/calculations/earned-value.md.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import ceil
from typing import Final

from budget.burn_pace import FURTHEST, reached_on
from budget.earned_series import DayValue
from budget.earned_value import EarnedSchedule, EarnedValue, PlannedCurve, TimeForecast
from budget.planned_value import PlannedPoint, curve_of, days_since_start

RECENT_WEEKS: Final = 4
RECENT: Final = dt.timedelta(weeks=RECENT_WEEKS)
WEEK: Final = dt.timedelta(weeks=1)


@dataclass(frozen=True)
class EarnedWork:
    """A branch of the work: its series in order of days, its estimates, and the bends of its planned curve.

    ``estimate_minutes`` is BAC; ``undated_minutes`` are the estimates in it that have no planned days.
    """

    series: Sequence[DayValue]
    estimate_minutes: int
    undated_minutes: int
    points: Sequence[PlannedPoint]

    def at(self, day: dt.date) -> DayValue:
        """The state at the end of ``day``; before the first one nothing is used and all remains."""
        place = bisect_right(self._days, day)
        if place:
            return self.series[place - 1]
        return DayValue(day, 0, 0, Decimal(0), 0, Decimal(0), Decimal(self.estimate_minutes))

    @cached_property
    def _days(self) -> list[dt.date]:
        return [value.on for value in self.series]

    @cached_property
    def plan(self) -> PlannedCurve | None:
        """The planned curve; None while a part of the work has no planned days, which would look like being ahead."""
        return None if self.undated_minutes else curve_of(list(self.points))

    def planned_minutes(self, day: dt.date) -> Decimal | None:
        """PV."""
        return None if self.plan is None else self.plan.value_at(days_since_start(list(self.points), day))

    def values(self, day: dt.date) -> EarnedValue:
        """Everything in minutes, at the end of ``day``."""
        if not self.estimate_minutes:
            return EarnedValue(bac=None, pv=None, ev=None, ac=Decimal(self.at(day).matched))
        now, before = self.at(day), self.at(day - RECENT)
        return EarnedValue(
            bac=Decimal(self.estimate_minutes),
            pv=self.planned_minutes(day),
            ev=now.earned,
            ac=Decimal(now.matched),
            remaining=now.remaining,
            recent_ev=now.earned - before.earned,
            recent_ac=Decimal(now.matched - before.matched),
        )

    def money(self, day: dt.date, planned_rate: Decimal | None) -> EarnedValue:
        """Everything in money: work at ``planned_rate`` per hour, hours at what they cost.

        Without a planned rate there is no budget; while an hour of the work has no rate its cost is not known.
        """
        now, before = self.at(day), self.at(day - RECENT)
        cost = None if now.unrated else now.amount
        if planned_rate is None or not self.estimate_minutes:
            return EarnedValue(bac=None, pv=None, ev=None, ac=cost)
        minute = planned_rate / 60
        planned = self.planned_minutes(day)
        return EarnedValue(
            bac=self.estimate_minutes * minute,
            pv=None if planned is None else planned * minute,
            ev=now.earned * minute,
            ac=cost,
            remaining=now.remaining * minute,
            recent_ev=(now.earned - before.earned) * minute,
            recent_ac=None if now.unrated else now.amount - before.amount,
        )

    def completed_on(self, day: dt.date) -> dt.date | None:
        """The day since which all is earned, seen from ``day``; None while work is left."""
        completed = None
        for value in reversed(self.series[: bisect_right(self._days, day)]):
            if value.earned < self.estimate_minutes:
                break
            completed = value.on
        return completed if self.estimate_minutes else None

    def schedule(self, day: dt.date) -> EarnedSchedule:
        """How far the work is in time at the end of ``day``, or on the day on which it was completed."""
        at = min(day, self.completed_on(day) or day)
        time = days_since_start(list(self.points), at) if self.points else Decimal(0)
        return EarnedSchedule(self.values(at), self.plan, time)

    def finish_on(self, day: dt.date, forecast: TimeForecast) -> dt.date | None:
        """The day on which all will be done, by the earned schedule; None where that is undefined or years away."""
        schedule = self.schedule(day)
        time = schedule.time_at_completion(forecast).value
        if time is None or time - schedule.at > FURTHEST.days:
            return None
        return self.points[0].on + dt.timedelta(days=ceil(time))

    def weekly_minutes(self, day: dt.date) -> tuple[int, ...]:
        """Hours on estimated work in each of the last four weeks that end with ``day``, in minutes."""
        ends = [day - WEEK * back for back in range(RECENT_WEEKS, -1, -1)]
        used = [self.at(end).matched for end in ends]
        return tuple(later - earlier for earlier, later in pairwise(used))

    def used_up_on(self, day: dt.date, minutes_left: Decimal) -> dt.date | None:
        """When so many hours more will have been used at the pace of those weeks; None without a pace."""
        return reached_on(weekly_minutes=self.weekly_minutes(day), left_minutes=ceil(minutes_left), hours_through=day)
