"""What is said of reporting: progress that stands still, and data that is late. Pure, worked in
docs/calculations/alert-rules.md.

Late data is one alert of its own. While it stands, the rules that would only repeat it may not rise.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Final

from alerts.levels import NOTHING_HELD, Held, Thresholds, level_of, rank
from budget.finding import Finding, common, iso
from budget.rule_figures import DATA, LATE, PEOPLE, STALLED, RuleFigures
from projects.working_time import add_working_days, working_days_between

DEFAULTS: Final[Mapping[str, Thresholds]] = {
    STALLED: Thresholds(Decimal(1), Decimal(2), Decimal(3), Decimal(0)),
    LATE: Thresholds(Decimal(5), Decimal(7), Decimal(10), Decimal(0)),
}
ONE_DAY = dt.timedelta(days=1)
HOURS, PROGRESS = "hours", "progress"
NOTICE: Final = "notice"


def reporting(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[tuple[str, str], Held]
) -> Iterator[Finding]:
    """B10 for the project's data and for its people, and B9."""
    is_late = False
    if LATE in scales:
        data = late_data(figures, scales[LATE], held.get((LATE, DATA), NOTHING_HELD))
        is_late = rank(data.level) > 0
        yield data
        yield silent_people(figures, scales[LATE], held.get((LATE, PEOPLE), NOTHING_HELD), may_rise=not is_late)
    if STALLED in scales:
        yield stalled(figures, scales[STALLED], held.get((STALLED, ""), NOTHING_HELD), may_rise=not is_late)


def late_data(figures: RuleFigures, scale: Thresholds, held: Held) -> Finding:
    """B10 for the project: working days without hours, or days with hours since progress was last reported.

    The later of the two speaks. Without hours the days count from the planned start, or from the day on which the
    project was opened if that is later; without open work nothing is late. Only days that are over count. Before the
    first hours the project is still being set up: that is a notice at most, which is mailed to nobody.
    """
    since = _reported_since(figures)
    hours_late = working_days_between(figures.vendor, since, figures.today - ONE_DAY) if since else 0
    progress_late = figures.reporting.days_since_report if figures.open_estimated_count else 0
    value = max(hours_late, progress_late)
    level = level_of(Decimal(value), scale, held.level)
    if figures.hours_through is None:
        level = min(level, NOTICE, key=rank)
    later = [ceil(bound) for bound in scale.bounds if bound > hours_late] if since else []
    return Finding(
        rule=LATE,
        subject=DATA,
        level=level,
        numbers={
            **common(figures, level, scale),
            "subject": DATA,
            "what": HOURS if hours_late >= progress_late else PROGRESS,
            "days": value,
            "reported_on": iso(figures.reporting.reported_on),
            "first_unreported_on": iso(figures.reporting.first_unreported_on),
            "starts_on": iso(figures.planned_start_on),
            **({"opened_on": iso(figures.opened_on)} if _is_opened_late(figures) else {}),
        },
        recheck_at=_midnight_after(figures, add_working_days(figures.vendor, since, min(later)))
        if since and later
        else None,
    )


def silent_people(figures: RuleFigures, scale: Thresholds, held: Held, *, may_rise: bool = True) -> Finding:
    """B10 for people who are assigned by dates and have no hours while the project has: how many, never who."""
    silent = figures.reporting.silent_days if _has_open_work(figures) else ()
    level = _held_back(level_of(Decimal(max(silent)) if silent else None, scale, held.level), held, may_rise=may_rise)
    numbers = {
        "subject": PEOPLE,
        "people": sum(days >= scale.notice for days in silent),
        "assigned": len(silent),
        "days": max(silent, default=0),
    }
    return Finding(rule=LATE, subject=PEOPLE, level=level, numbers={**common(figures, level, scale), **numbers})


def stalled(figures: RuleFigures, scale: Thresholds, held: Held, *, may_rise: bool = True) -> Finding:
    """B9: whole weeks, each with hours, since a report last showed progress."""
    reporting = figures.reporting
    weeks, recheck_at = None, None
    if reporting.stalled_from is not None and figures.open_estimated_count:
        passed = max((figures.today - reporting.stalled_from).days // 7, 0)
        weeks = min(passed, reporting.stalled_weeks)
        if passed < reporting.stalled_weeks:
            last_day = reporting.stalled_from + dt.timedelta(days=7 * (passed + 1) - 1)
            recheck_at = _midnight_after(figures, last_day)
    level = _held_back(level_of(None if weeks is None else Decimal(weeks), scale, held.level), held, may_rise=may_rise)
    numbers = {
        "weeks": weeks,
        "minutes": reporting.stalled_minutes,
        "stalled_from": iso(reporting.stalled_from),
        "progressed_on": iso(reporting.progressed_on),
    }
    return Finding(
        rule=STALLED, level=level, numbers={**common(figures, level, scale), **numbers}, recheck_at=recheck_at
    )


def _has_open_work(figures: RuleFigures) -> bool:
    """Something is still to be done, or nobody has said what there is to do."""
    return figures.open_count > 0 or figures.item_count == 0


def _reported_since(figures: RuleFigures) -> dt.date | None:
    """After which day hours are awaited; None when none are."""
    if not _has_open_work(figures):
        return None
    start = figures.opened_on if _is_opened_late(figures) else figures.planned_start_on
    eve = start - ONE_DAY if start else None
    return max((day for day in (figures.hours_through, eve) if day is not None), default=None)


def _is_opened_late(figures: RuleFigures) -> bool:
    """Whether the first hours are awaited from a day on which the work should have begun already."""
    start, opened = figures.planned_start_on, figures.opened_on
    return figures.hours_through is None and start is not None and opened is not None and start < opened


def _held_back(level: str, held: Held, *, may_rise: bool) -> str:
    return level if may_rise or rank(level) <= rank(held.level) else held.level


def _midnight_after(figures: RuleFigures, day: dt.date) -> dt.datetime:
    """When ``day`` is over where the hours come from."""
    return dt.datetime.combine(day + ONE_DAY, dt.time(), figures.vendor.zone).astimezone(dt.UTC)
