"""B6 and B11, the pace of burn against the cap and the plan: pure, worked in docs/calculations/alert-rules.md."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Final

from alerts.levels import NOTHING_HELD, Held, Thresholds, clears_at, rank
from budget.burn_pace import reached_on, weekly_pace
from budget.finding import Finding, common, iso, level_against, text, whole
from budget.rule_figures import CAP_AMOUNT, CAP_HOURS, PACE, RUNWAY, RuleFigures, ratio
from projects.working_time import working_days_between

DEFAULTS: Final[Mapping[str, Thresholds]] = {
    RUNWAY: Thresholds(Decimal(8), Decimal(4), Decimal(2), Decimal("0.5"), falls=True),
    PACE: Thresholds(Decimal("1.15"), Decimal("1.30"), Decimal("1.50"), Decimal("0.05")),
}


# ── B6: weeks until the cap ─────────────────────────────────────────────────────────────────────────
def runway(figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]) -> Iterator[Finding]:
    """B6 for the cap in hours and the cap in money, where it is reached before the work is planned to end."""
    if RUNWAY not in scales:
        return
    hundred = Decimal(100)
    if figures.cap_minutes:
        weekly, left = figures.weekly_minutes, figures.cap_minutes - figures.used_minutes
        yield _runway(figures, scales[RUNWAY], held, CAP_HOURS, f"{figures.cap_minutes}", weekly, left)
    if figures.cap_amount:
        cents = tuple(int(amount * hundred) for amount in figures.weekly_amounts)
        left = int((figures.cap_amount - figures.used_amount) * hundred)
        yield _runway(figures, scales[RUNWAY], held, CAP_AMOUNT, f"{figures.cap_amount:f}", cents, left)


def _runway(
    figures: RuleFigures,
    scale: Thresholds,
    held: Mapping[str, Held],
    subject: str,
    basis: str,
    weekly: tuple[int, ...],
    left: int,
) -> Finding:
    """``weekly`` and ``left`` in minutes or cents."""
    pace, weeks, ends_on, finish_on = weekly_pace(weekly), None, None, None
    # A cap that is used up is for B1 to say.
    if pace is not None and left > 0 and figures.hours_through is not None:
        ends_on = reached_on(weekly_minutes=weekly, left_minutes=left, hours_through=figures.hours_through)
        finish_on = figures.planned_finish_on or _likely_finish(figures, figures.hours_through)
        if ends_on is not None and finish_on is not None and ends_on < finish_on:
            weeks = Decimal(left) * pace.denominator / pace.numerator
    level = level_against(weeks, scale, held.get(subject, NOTHING_HELD), basis)
    used = figures.used_minutes if subject == CAP_HOURS else int(figures.used_amount * 100)
    more = Decimal(pace.numerator) / pace.denominator * clears_at(level, scale) if pace and rank(level) else None
    numbers = {
        "subject": subject,
        "weeks": text(weeks),
        "left": left,
        "weekly": whole(Decimal(pace.numerator) / pace.denominator) if pace else None,
        "ends_on": iso(ends_on),
        "finish_on": iso(finish_on),
        "finish_is_planned": figures.planned_finish_on is not None,
        "currency": figures.currency,
        # A cap above this is far enough away at this pace.
        "enough": used + ceil(more) if more is not None else None,
    }
    return Finding(
        rule=RUNWAY,
        subject=subject,
        level=level,
        numbers={**common(figures, level, scale), **numbers},
        basis=basis,
        shows_money=subject == CAP_AMOUNT,
    )


def _likely_finish(figures: RuleFigures, hours_through: dt.date) -> dt.date | None:
    """Without a planned finish: when the open work is done at the same pace."""
    return reached_on(
        weekly_minutes=figures.weekly_minutes, left_minutes=figures.remaining_minutes, hours_through=hours_through
    )


# ── B11: weekly burn over plan ──────────────────────────────────────────────────────────────────────
def pace_over_plan(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]
) -> Iterator[Finding]:
    """B11: hours a week in the last four complete weeks against what the plan gives the same weeks."""
    if PACE not in scales:
        return
    scale = scales[PACE]
    used, planned, weeks = _planned_weeks(figures)
    over = ratio(used, planned)
    basis = f"{figures.budget_minutes}" if figures.budget_is_agreed else ""
    level = level_against(over, scale, held.get("", NOTHING_HELD), basis)
    numbers = {
        "ratio": text(over),
        "weeks": weeks,
        "weekly": whole(Decimal(used) / weeks) if weeks else None,
        "planned_weekly": whole(planned / weeks) if weeks else None,
        "enough_weekly": whole(clears_at(level, scale) * planned / weeks) if weeks and rank(level) else None,
    }
    yield Finding(rule=PACE, level=level, numbers={**common(figures, level, scale), **numbers}, basis=basis)


def _planned_weeks(figures: RuleFigures) -> tuple[int, Decimal, int]:
    """Minutes used and planned in those of the last four weeks that the plan covers, and how many those are.

    The plan spreads the budget evenly over the working days from planned start to planned finish.
    """
    start, finish, budget = figures.planned_start_on, figures.planned_finish_on, figures.budget_minutes
    if start is None or finish is None or not budget or figures.weeks_from is None:
        return 0, Decimal(0), 0
    one_day = dt.timedelta(days=1)
    days = working_days_between(figures.vendor, start - one_day, finish)
    used, planned, weeks = 0, Decimal(0), 0
    for number, minutes in enumerate(figures.weekly_minutes):
        monday = figures.weeks_from + dt.timedelta(weeks=number)
        first, last = max(monday, start), min(monday + dt.timedelta(days=6), finish)
        worked = working_days_between(figures.vendor, first - one_day, last) if first <= last else 0
        if worked:
            used, planned, weeks = used + minutes, planned + Decimal(budget) * worked / days, weeks + 1
    return used, planned, weeks
