"""The burn-up as a page shows it: the drawing in two sizes, its description and its table twin."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from budget.queries import BurnUp, ProjectFigures
from core.templatetags.figures import day, points
from projects.models import Project
from status.burn_up_chart import NARROW, WIDE, BurnUpChart, BurnUpFigures, Plan, Texts, draw
from status.sentences import hours_said


@dataclass(frozen=True)
class BurnUpRow:
    """A line of the table twin; ``x`` is where its day stands in the wide drawing."""

    on: dt.date
    used: int
    earned: Decimal | None
    planned: Decimal | None
    x: float

    @property
    def difference(self) -> Decimal | None:
        """None on the days after the last one of which progress is known."""
        return None if self.earned is None else self.used - self.earned


@dataclass(frozen=True)
class BurnUpView:
    wide: BurnUpChart
    narrow: BurnUpChart
    description: str
    rows: tuple[BurnUpRow, ...]
    has_plan: bool

    @property
    def drawings(self) -> tuple[BurnUpChart, BurnUpChart]:
        return self.wide, self.narrow


def burn_up_view(project: Project, figures: ProjectFigures, series: BurnUp) -> BurnUpView | None:
    """Everything of the chart, or None while there is no series to draw."""
    if not series.days:
        return None
    drawn = BurnUpFigures(
        days=series.days,
        used=series.used_minutes,
        earned=series.earned_minutes,
        today=figures.today,
        plan=_plan(project, figures, series),
        cap=figures.cap_minutes,
        likely=_likely(figures),
        # Only burn that runs ahead is marked: progress that runs ahead is nothing to point at in red.
        compared_on=figures.compared_on if (figures.ahead_points or 0) > 0 else None,
        earned_through=figures.compared_on,
    )
    texts = Texts(hours=hour_tick, month=month_tick, day=day_tick, labels=_labels(drawn, figures))
    wide = draw(drawn, WIDE, texts)
    return BurnUpView(
        wide=wide,
        narrow=draw(drawn, NARROW, texts),
        description=_describe(drawn),
        rows=tuple(_rows(drawn, wide)),
        has_plan=drawn.plan is not None,
    )


def _plan(project: Project, figures: ProjectFigures, series: BurnUp) -> Plan | None:
    """A straight line from the planned start, or the first hours, to the budget on the planned finish."""
    start, finish = project.planned_start_on or series.days[0], project.planned_finish_on
    if not figures.budget_minutes or finish is None or finish <= start:
        return None
    return Plan(start, finish, figures.budget_minutes)


def _likely(figures: ProjectFigures) -> tuple[dt.date, int] | None:
    """When and with how many hours the open work ends at the present pace; None when it is done or stands still."""
    if not figures.remaining_minutes or figures.likely_minutes is None or figures.likely_finish_on is None:
        return None
    return figures.likely_finish_on, figures.likely_minutes


def _labels(drawn: BurnUpFigures, figures: ProjectFigures) -> dict[str, str]:
    """Short, since they stand between lines; the axis names the unit."""
    labels = {
        "today": _("today"),
        "hours": _("used %(hours)s") % {"hours": whole_hours(drawn.used[-1])},
    }
    if drawn.known_earned:
        labels["earned"] = _("earned %(hours)s") % {"hours": whole_hours(drawn.known_earned[-1])}
    if drawn.plan:
        labels["plan"] = _("plan %(hours)s") % {"hours": whole_hours(drawn.plan.minutes)}
    if drawn.cap is not None:
        labels["cap"] = _("cap %(hours)s") % {"hours": whole_hours(drawn.cap)}
    if drawn.likely:
        labels["likely"] = _("likely %(hours)s") % {"hours": whole_hours(drawn.likely[1])}
    if drawn.compared_on is not None:
        labels["gap"] = _("%(points)s points ahead") % {"points": points(figures.ahead_points)}
    return labels


def _describe(drawn: BurnUpFigures) -> str:
    """What the drawing shows, in words."""
    said = {
        "first": day(drawn.days[0]),
        "last": day(drawn.days[-1]),
        "used": hours_said(drawn.used[-1]),
        "earned": hours_said(drawn.known_earned[-1] if drawn.known_earned else 0),
    }
    if drawn.earned_through is None or drawn.earned_through >= drawn.days[-1]:
        text = _("From %(first)s to %(last)s hours used rise to %(used)s, work earned to %(earned)s.")
    else:
        said["known"] = day(drawn.earned_through)
        text = _(
            "From %(first)s to %(last)s hours used rise to %(used)s. Progress is known to %(known)s: "
            "up to then %(earned)s were earned."
        )
    sentences = [text % said]
    if drawn.plan:
        said = {"hours": hours_said(drawn.plan.minutes), "day": day(drawn.plan.finish_on)}
        sentences.append(_("Planned are %(hours)s by %(day)s.") % said)
    if drawn.cap is not None:
        sentences.append(_("The cap lies at %(hours)s.") % {"hours": hours_said(drawn.cap)})
    if drawn.likely:
        said = {"hours": hours_said(drawn.likely[1]), "day": day(drawn.likely[0])}
        sentences.append(_("At the present pace the work ends about %(day)s with %(hours)s.") % said)
    return " ".join(sentences)


def _rows(drawn: BurnUpFigures, wide: BurnUpChart) -> Iterator[BurnUpRow]:
    """The state at the end of each week with data, and on the newest day."""
    last_of_week = {on.isocalendar()[:2]: on for on in drawn.days}
    for on in last_of_week.values():
        used, earned = drawn.up_to(on)
        is_known = drawn.earned_through is None or on <= drawn.earned_through
        yield BurnUpRow(
            on, used, earned if is_known else None, drawn.plan.at(on) if drawn.plan else None, wide.x_of(on)
        )


def whole_hours(minutes: int | Decimal) -> str:
    return hour_tick((Decimal(minutes) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def hour_tick(hours: Decimal) -> str:
    places = 0 if hours == hours.to_integral() else 1
    return str(number_format(hours, decimal_pos=places, use_l10n=True, force_grouping=True))


def month_tick(on: dt.date) -> str:
    return str(date_format(on, "M Y" if on.month == 1 else "M"))


def day_tick(on: dt.date) -> str:
    return str(date_format(on, "j M"))
