"""The drawing of the burn-up: where its points lie, and that nothing stands on anything else."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest

from status.burn_up_chart import (
    NARROW,
    WIDE,
    BurnUpChart,
    BurnUpFigures,
    Plan,
    Texts,
    draw,
    nice_hours,
)
from status.chart_labels import Frame, Line

START = dt.date(2026, 6, 1)
# A drawing of 100 by 100 pixels without margins, so that its coordinates can be worked out in the head.
SQUARE = Frame("square", 100, 100, left=0, right=0, top=0, bottom=0)
LABELS = {
    "today": "today",
    "hours": "used 1,231",
    "earned": "earned 848",
    "plan": "plan 1,616",
    "cap": "cap 1,780",
    "likely": "likely 2,290",
    "gap": "24.0 points ahead",
}
TEXTS = Texts(hours=str, month=lambda on: f"{on:%b}", day=lambda on: f"{on.day} {on:%b}", labels=LABELS)


def on(day: int) -> dt.date:
    return START + dt.timedelta(days=day)


def line(chart: BurnUpChart, name: str) -> Line:
    return next(line for line in chart.lines if line.name == name)


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        ("0", (0, 1)),
        ("9", (0, 2, 4, 6, 8, 10)),
        ("12.5", (0, "2.5", 5, "7.5", 10, "12.5")),
        ("657", (0, 200, 400, 600, 800)),
        ("1985", (0, 500, 1000, 1500, 2000)),
        ("2001", (0, 500, 1000, 1500, 2000, 2500)),
        ("100000", (0, 20000, 40000, 60000, 80000, 100000)),
    ],
)
def test_axis_has_few_even_steps(largest: str, ticks: tuple[int | str, ...]) -> None:
    assert nice_hours(Decimal(largest)) == tuple(Decimal(tick) for tick in ticks)


def test_points_lie_where_days_and_hours_say() -> None:
    """Ten days, ten hours: a pixel is a tenth of a day and a tenth of an hour."""
    figures = BurnUpFigures(
        days=(on(0), on(5), on(10)), used=(0, 300, 600), earned=(Decimal(0), Decimal(120), Decimal(240)), today=on(10)
    )
    chart = draw(figures, SQUARE, TEXTS)
    assert line(chart, "hours").points == ((0, 100), (0, 100), (40, 100), (50, 50), (90, 50), (100, 0))
    assert line(chart, "earned").points[-1] == (100, 60)
    assert [tick.at for tick in chart.hour_ticks] == [100, 80, 60, 40, 20, 0]
    assert chart.today.x == 100


def test_days_without_a_change_are_level() -> None:
    """A month without hours is a step and not a slope."""
    figures = BurnUpFigures(days=(on(0), on(30)), used=(60, 600), earned=(Decimal(0),) * 2, today=on(30))
    points = line(draw(figures, SQUARE, TEXTS), "hours").points
    assert points[-2:] == ((96.7, 90), (100, 0))


def test_plan_is_straight_and_ends_on_the_planned_finish() -> None:
    plan = Plan(on(0), on(20), 600)
    figures = BurnUpFigures(days=(on(1),), used=(60,), earned=(Decimal(60),), today=on(1), plan=plan)
    assert line(draw(figures, SQUARE, TEXTS), "plan").points == ((0, 100), (100, 0))
    assert [plan.at(on(day)) for day in (-1, 0, 5, 20, 40)] == [0, 0, 150, 600, 600]


def test_likely_end_far_off_is_cut_where_the_drawing_ends() -> None:
    """Twice the known time is drawn and no more; the line leaves the drawing on its way."""
    figures = BurnUpFigures(
        days=(on(0), on(10)), used=(0, 300), earned=(Decimal(0),) * 2, today=on(10), likely=(on(40), 1200)
    )
    assert line(draw(figures, SQUARE, TEXTS), "likely").points == ((50, 75), (100, 50))


def test_what_is_not_known_is_not_drawn() -> None:
    figures = BurnUpFigures(days=(on(0),), used=(60,), earned=(Decimal(0),), today=on(0))
    chart = draw(figures, WIDE, TEXTS)
    assert [one.name for one in chart.lines] == ["earned", "hours"]
    assert chart.gap is None
    assert {label.name for label in chart.labels} <= {"today", "hours", "earned"}


def test_gap_stands_beside_today() -> None:
    figures = BurnUpFigures(
        days=(on(0), on(100)),
        used=(0, 6000),
        earned=(Decimal(0), Decimal(3000)),
        today=on(100),
        plan=Plan(on(0), on(200), 9000),
        compared_on=on(100),
    )
    chart = draw(figures, WIDE, TEXTS)
    assert chart.gap is not None
    assert chart.gap.x == chart.today.x + 7
    used, earned = line(chart, "hours").points[-1][1], line(chart, "earned").points[-1][1]
    assert (chart.gap.top, chart.gap.bottom) == (used + 2, earned - 2)


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
def test_every_line_of_an_ordinary_project_is_labelled(frame: Frame) -> None:
    chart = draw(project(seed=1), frame, TEXTS)
    assert {label.name for label in chart.labels} == set(LABELS)


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
@pytest.mark.parametrize("seed", range(40))
def test_no_label_stands_on_a_line_or_on_another(frame: Frame, seed: int) -> None:
    chart = draw(project(seed), frame, TEXTS)
    assert [(one, other) for one, other in combinations(chart.boxes, 2) if one.meets(other)] == []
    crossed = [
        (label.text, drawn.name)
        for label, box in zip(chart.labels, chart.boxes, strict=True)
        for drawn in chart.lines
        for x, y in along(drawn)
        if box.left < x < box.right and box.top < y < box.bottom
    ]
    assert crossed == []
    assert all(box.left >= 0 and box.right <= frame.width and box.top >= 0 for box in chart.boxes)


def test_figures_refuse_series_of_different_length_and_days_that_do_not_rise() -> None:
    with pytest.raises(ValueError, match="for each day"):
        BurnUpFigures(days=(on(0),), used=(1, 2), earned=(Decimal(0),), today=on(0))
    with pytest.raises(ValueError, match="rise"):
        BurnUpFigures(days=(on(1), on(0)), used=(1, 2), earned=(Decimal(0),) * 2, today=on(0))
    with pytest.raises(ValueError, match="at least one day"):
        BurnUpFigures(days=(), used=(), earned=(), today=on(0))


def project(seed: int) -> BurnUpFigures:
    """Some project: its length, pace, progress, plan, cap and end differ by ``seed``."""
    chance = random.Random(seed)  # noqa: S311  (no secret: the same drawing each time)
    length = chance.randrange(15, 400)
    days = [day for day in range(length) if chance.random() < 0.7] or [0]
    used, earned, uses, earns = 0, 0.0, [], []
    worth = chance.uniform(0.4, 1.2)
    for _day in days:
        used += chance.randrange(0, 900)
        earned += chance.uniform(0, 900) * worth
        uses.append(used)
        earns.append(Decimal(round(earned, 2)))
    today = days[-1] + chance.randrange(0, 10)
    return BurnUpFigures(
        days=[on(day) for day in days],
        used=uses,
        earned=earns,
        today=on(today),
        plan=Plan(on(0), on(int(length * chance.uniform(0.8, 2))), int(used * chance.uniform(0.7, 1.8)) + 60),
        cap=int(used * chance.uniform(0.8, 2)) + 60,
        likely=(on(today + chance.randrange(1, 200)), int(used * chance.uniform(1, 2)) + 60),
        compared_on=on(days[-1]),
    )


def along(drawn: Line, step: float = 0.25) -> list[tuple[float, float]]:
    """Points on the line, close together: an independent look at what it touches."""
    found = []
    for (x0, y0), (x1, y1) in zip(drawn.points, drawn.points[1:], strict=False):
        count = max(int(max(abs(x1 - x0), abs(y1 - y0)) / step), 1)
        found += [(x0 + (x1 - x0) * part / count, y0 + (y1 - y0) * part / count) for part in range(count + 1)]
    return found


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
def test_progress_before_the_first_hours_is_drawn_on_the_ground(frame: Frame) -> None:
    """Nothing used and nothing planned: no division by what is not there."""
    figures = BurnUpFigures(days=(on(0),), used=(0,), earned=(Decimal(0),), today=on(0), compared_on=on(0))
    chart = draw(figures, frame, TEXTS)
    assert {y for one in chart.lines for _x, y in one.points} == {frame.plot_bottom}
    assert chart.gap is None


def test_earned_ends_on_the_last_day_of_which_progress_is_known() -> None:
    figures = BurnUpFigures(
        days=[on(0), on(1), on(4)],
        used=[60, 120, 240],
        earned=[Decimal(60), Decimal(90), Decimal(200)],
        today=on(5),
        earned_through=on(3),
    )
    drawn = draw(figures, WIDE, TEXTS)
    assert figures.known_earned == [Decimal(60), Decimal(90)]
    assert (line(drawn, "earned").points[-1], line(drawn, "hours").points[-1]) == (
        (drawn.x_of(on(1)), drawn.scale.y(90)),
        (drawn.x_of(on(4)), drawn.scale.y(240)),
    )


def test_centuries_still_have_an_axis() -> None:
    """Whatever days reach the drawing, the page stands."""
    figures = project(seed=1)
    figures = replace(figures, days=(dt.date(203, 1, 1), *figures.days[1:]), plan=None)
    assert draw(figures, WIDE, TEXTS).frame == WIDE
