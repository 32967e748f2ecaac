"""A project's figures as they stood at the end of each day of its past: pure, for the replay of rules.

Only what was known by a day counts on it: hours by the day they were worked on, progress by the day it is of. The
estimates and agreements are those of today. The worker reads the same figures from its rollups; a test holds the two
together.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from budget.recent_days import (
    LOOKED_BACK_DAYS,
    Assignment,
    WorkedDay,
    complete_weeks,
    recently,
    reporting_of,
    silent_days,
)
from budget.rule_figures import (
    WORTH_A_WORD_MINUTES,
    Compared,
    FinishedWork,
    RuleFigures,
    day_of_comparison,
)
from requirements_app.progress import ItemProgress, earned_minutes, remaining_minutes

ONE_DAY = dt.timedelta(days=1)
END_OF_DAY = dt.time(23, 59, 59)


@dataclass(frozen=True)
class PastHours:
    """Minutes and their amount booked on a day by a person on an item, or on none."""

    on: dt.date
    minutes: int
    item: int | None
    person: int
    amount: Decimal = Decimal(0)


@dataclass(frozen=True)
class PastReport:
    """What was said of an item on a day. Of two on one day the later in the sequence holds."""

    on: dt.date
    item: int
    is_done: bool
    remaining: int | None


@dataclass(frozen=True)
class Past:
    """A project and everything that was booked and reported on it.

    ``estimates`` are the minutes of each item that counts, None where nobody estimated it; hours on items in
    ``exempt`` need no estimate. ``agreed`` holds what was agreed and planned, and no figures.
    """

    progress_rule: str
    agreed: RuleFigures
    estimates: Mapping[int, int | None]
    exempt: frozenset[int]
    hours: Sequence[PastHours]
    reports: Sequence[PastReport]
    assignments: Sequence[Assignment] = ()


def figures_by_day(past: Past) -> Iterator[tuple[dt.date, RuleFigures]]:
    """The figures at the end of each day from the first to the last on which hours were worked."""
    hours: dict[dt.date, list[PastHours]] = defaultdict(list)
    reports: dict[dt.date, list[PastReport]] = defaultdict(list)
    for booked in past.hours:
        hours[booked.on].append(booked)
    for report in past.reports:
        reports[report.on].append(report)
    worked = sorted(day for day, booked in hours.items() if sum(one.minutes for one in booked))
    if not worked:
        return
    state = _State(past)
    for day in sorted(known for known in hours.keys() | reports.keys() if known < worked[0]):
        state.take(day, hours[day], reports[day])
    day = worked[0]
    while day <= worked[-1]:
        state.take(day, hours.get(day, ()), reports.get(day, ()))
        yield day, state.figures(day)
        day += ONE_DAY


@dataclass(frozen=True)
class _Value:
    """What one item adds to the sums of the project. Minutes."""

    earned: Decimal = Decimal(0)
    remaining: Decimal = Decimal(0)
    over: int = 0
    is_open: bool = False
    tells: tuple[Decimal, Decimal] | None = None  # earned and used, of an item whose estimate has proved itself


class _Items:
    """The work items and the sums over them, kept as each one changes."""

    def __init__(self, past: Past) -> None:
        self.past, self.rule = past, past.progress_rule
        self.estimates = {item: minutes for item, minutes in past.estimates.items() if minutes is not None}
        self.progress = {item: ItemProgress(estimate=minutes) for item, minutes in self.estimates.items()}
        self.is_done = dict.fromkeys(past.estimates, False)
        self.left = dict(past.estimates)
        self.estimated = sum(self.estimates.values())
        self.open_count, self.open_estimated_count = len(self.is_done), 0
        self.earned, self.remaining, self.over, self.over_count = Decimal(0), Decimal(0), 0, 0
        self.finished = FinishedWork()
        self.values: dict[int, _Value] = {}
        for item in self.estimates:
            self._value_anew(item)

    def book(self, item: int, minutes: int) -> None:
        known = self.progress[item]
        self.progress[item] = replace(
            known, spent=known.spent + minutes, spent_since_report=known.spent_since_report + minutes
        )
        self._value_anew(item)

    def report(self, report: PastReport) -> bool:
        """Take a report; whether it shows progress: done, or less left than was said or estimated before."""
        item, was_done, left_before = report.item, self.is_done.get(report.item), self.left.get(report.item)
        if was_done is None:
            return False
        left = None if report.is_done else report.remaining
        self.is_done[item] = report.is_done
        self.open_count += was_done - report.is_done
        self.left[item] = left if left is not None else self.past.estimates[item]
        if item in self.progress:
            self.progress[item] = replace(
                self.progress[item],
                is_done=report.is_done,
                is_reported=True,
                reported_remaining=left,
                spent_since_report=0,
            )
            self._value_anew(item)
        return (report.is_done and not was_done) or (
            left is not None and left_before is not None and left < left_before
        )

    def _value_anew(self, item: int) -> None:
        before, progress = self.values.get(item, _Value()), self.progress[item]
        earned, over = earned_minutes(self.rule, progress), progress.spent - progress.estimate
        is_open = not progress.is_done
        value = _Value(
            earned=earned,
            remaining=remaining_minutes(progress),
            over=over if is_open and over >= WORTH_A_WORD_MINUTES else 0,
            is_open=is_open,
            tells=(earned, Decimal(progress.spent)) if progress.is_done or over > 0 else None,
        )
        self.values[item] = value
        self.earned += value.earned - before.earned
        self.remaining += value.remaining - before.remaining
        self.over += value.over - before.over
        self.over_count += (value.over > 0) - (before.over > 0)
        self.open_estimated_count += value.is_open - before.is_open
        self.finished = _with(_with(self.finished, before.tells, -1), value.tells, 1)


def _with(sums: FinishedWork, tells: tuple[Decimal, Decimal] | None, sign: int) -> FinishedWork:
    if tells is None:
        return sums
    earned, used = tells
    return FinishedWork(
        count=sums.count + sign,
        earned=sums.earned + sign * earned,
        used=sums.used + sign * used,
        earned_squared=sums.earned_squared + sign * earned * earned,
        earned_by_used=sums.earned_by_used + sign * earned * used,
        used_squared=sums.used_squared + sign * used * used,
    )


class _State:
    """Everything that is known by the end of a day."""

    def __init__(self, past: Past) -> None:
        self.past = past
        self.items = _Items(past)
        self.worked: list[WorkedDay] = []
        self.used, self.matched, self.amount = 0, 0, Decimal(0)
        self.days: list[dt.date] = []
        self.compared: list[Compared] = []
        self.reported_on: dt.date | None = None
        self.progressed_on: dt.date | None = None
        self.worked_by: dict[int, dt.date] = {}

    def take(self, day: dt.date, hours: Sequence[PastHours], reports: Sequence[PastReport]) -> None:
        """What was booked and reported on ``day``."""
        unestimated = 0
        for booked in hours:
            self.worked_by[booked.person] = day
            if booked.item is not None and booked.item in self.items.progress:
                self.matched += booked.minutes
                self.items.book(booked.item, booked.minutes)
            elif booked.item is None or booked.item not in self.past.exempt:
                unestimated += booked.minutes
        minutes = sum(booked.minutes for booked in hours)
        amount = sum((booked.amount for booked in hours), Decimal(0))
        self.used, self.amount = self.used + minutes, self.amount + amount
        if minutes:
            self.worked.append(WorkedDay(day, minutes, amount, unestimated))
        for report in reports:
            self.reported_on = day
            if self.items.report(report):
                self.progressed_on = day
        if hours or reports:
            self.days.append(day)
            self.compared.append(Compared(day, self.used, self.matched, self.items.earned))

    def figures(self, day: dt.date) -> RuleFigures:
        """The figures at the end of ``day``, on which or before which hours were worked."""
        items, agreed, through = self.items, self.past.agreed, self.worked[-1].on
        # As far back as the worker looks.
        worked = self.worked[-LOOKED_BACK_DAYS:]
        worked = worked[bisect_left(worked, through - dt.timedelta(days=LOOKED_BACK_DAYS), key=lambda one: one.on) :]
        weeks, lately = complete_weeks(worked), recently(worked)
        return replace(
            agreed,
            at=dt.datetime.combine(day, END_OF_DAY, agreed.vendor.zone),
            used_minutes=self.used,
            used_amount=self.amount,
            hours_through=through,
            progress_through=self.reported_on,
            compared=self._compared(through),
            finished=items.finished,
            estimated_minutes=items.estimated,
            remaining_minutes=int(items.remaining),
            item_count=len(items.is_done),
            open_count=items.open_count,
            open_estimated_count=items.open_estimated_count,
            over_count=items.over_count,
            over_minutes=items.over,
            recent_minutes=sum(one.minutes for one in lately),
            recent_unestimated_minutes=sum(one.unestimated for one in lately),
            weeks_from=weeks.begins_on if weeks else None,
            weekly_minutes=weeks.minutes if weeks else (),
            weekly_amounts=weeks.amounts if weeks else (),
            reporting=reporting_of(
                worked,
                reported_on=self.reported_on,
                progressed_on=self.progressed_on,
                silent_days=tuple(
                    silent_days(one, self.worked_by.get(one.person), through)
                    for one in self.past.assignments
                    if one.holds_on(day)
                ),
            ),
        )

    def _compared(self, through: dt.date) -> Compared | None:
        on = day_of_comparison(self.past.progress_rule, hours_through=through, reported_on=self.reported_on)
        place = bisect_right(self.days, on) if on else 0
        return replace(self.compared[place - 1], on=on) if place and on else None
