"""The drawing of earned value: where its points lie, and that nothing stands on anything else."""

import datetime as dt
import random
from decimal import Decimal
from itertools import combinations

import pytest

from status.burn_up_chart import NARROW, WIDE, Texts
from status.chart_labels import Frame, Line
from status.earned_value_chart import EarnedChart, EarnedLines, ForecastEnd, draw_earned

START = dt.date(2026, 6, 1)
# A drawing of 100 by 100 pixels without margins, so that its coordinates can be worked out in the head.
SQUARE = Frame("square", 100, 100, left=0, right=0, top=0, bottom=0)
LABELS = {
    "as_of": "11 Jun",
    "hours": "AC 1,184",
    "earned": "EV 831",
    "plan": "PV 1,600",
    "total": "BAC 1,600",
    "forecast_cpi": "CPI 2,279",
    "forecast_planned_rate": "planned rate 1,953",
    "forecast_cpi_spi": "CPI × SPI 2,497",
    "forecast_bottom_up": "bottom-up 1,952",
}
TEXTS = Texts(hours=str, month=lambda on: f"{on:%b}", day=lambda on: f"{on.day} {on:%b}", labels=LABELS)


def on(day: int) -> dt.date:
    return START + dt.timedelta(days=day)


def line(chart: EarnedChart, name: str) -> Line:
    return next(line for line in chart.lines if line.name == name)


def lines(**other: object) -> EarnedLines:
    """Ten days, ten hours planned: a pixel is a tenth of a day and a tenth of an hour."""
    given: dict[str, object] = {
        "days": (on(0), on(5)),
        "used": (60, 300),
        "earned": (Decimal(30), Decimal(150)),
        "planned": ((on(0), Decimal(0)), (on(4), Decimal(120)), (on(10), Decimal(600))),
        "total": 600,
        "as_of": on(5),
    }
    return EarnedLines(**given | other)  # type: ignore[arg-type]


def test_points_lie_where_days_and_hours_say() -> None:
    chart = draw_earned(lines(), SQUARE, TEXTS)
    assert line(chart, "plan").points == ((0, 100), (40, 80), (100, 0))
    assert line(chart, "hours").points[-1] == (50, 50)
    assert line(chart, "earned").points[-1] == (50, 75)
    assert chart.as_of.x == 50
    assert [one.name for one in chart.lines] == ["plan", "earned", "hours"]


def test_series_go_on_level_to_the_day_that_is_looked_at() -> None:
    chart = draw_earned(lines(as_of=on(8)), SQUARE, TEXTS)
    assert line(chart, "hours").points[-2:] == ((70, 50), (80, 50))


def test_without_a_plan_the_total_is_a_level_line() -> None:
    chart = draw_earned(lines(planned=()), SQUARE, TEXTS)
    assert line(chart, "total").points == ((0, 0), (100, 0))
    assert "plan" not in {one.name for one in chart.lines}


def test_forecasts_begin_with_what_was_used_and_end_with_a_dot() -> None:
    ends = [ForecastEnd("cpi", on(10), Decimal(600)), ForecastEnd("bottom_up", on(3), Decimal(400))]
    chart = draw_earned(lines(forecasts=ends), SQUARE, TEXTS)
    assert line(chart, "forecast_cpi").points == ((50, 50), (100, 0))
    assert chart.ends == ((100, 0),)
    # What ends before the day looked at leads nowhere.
    assert "forecast_bottom_up" not in {one.name for one in chart.lines}


def test_a_forecast_far_off_is_cut_where_the_drawing_ends() -> None:
    chart = draw_earned(lines(forecasts=[ForecastEnd("cpi", on(35), Decimal(1200))]), SQUARE, TEXTS)
    assert line(chart, "forecast_cpi").points == ((25, 75), (100, 37.5))


@pytest.mark.parametrize(
    "wrong", [{"days": (), "used": (), "earned": ()}, {"used": (60,)}, {"as_of": on(4)}], ids=["empty", "short", "late"]
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"day|value"):
        lines(**wrong)


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=lambda frame: frame.name)
@pytest.mark.parametrize("seed", range(40))
def test_no_label_stands_on_another_or_on_a_line(frame: Frame, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a drawing, not a secret)
    days = sorted(chance.sample(range(120), 30))
    used, earned = 0, Decimal(0)
    series = []
    for _day in days:
        used, earned = used + chance.randrange(2000), earned + chance.randrange(1500)
        series.append((used, earned))
    names = ("planned_rate", "cpi", "cpi_spi", "bottom_up")
    drawn = EarnedLines(
        days=[on(day) for day in days],
        used=[one for one, _earned in series],
        earned=[one for _used, one in series],
        planned=((on(0), Decimal(0)), (on(chance.randrange(60, 200)), Decimal(60_000))) if seed % 3 else (),
        total=60_000,
        as_of=on(days[-1] + chance.randrange(5)),
        forecasts=[
            ForecastEnd(one, on(chance.randrange(100, 400)), used + Decimal(chance.randrange(60_000))) for one in names
        ],
    )
    chart = draw_earned(drawn, frame, TEXTS)
    assert len(chart.labels) >= 3
    assert [pair for pair in combinations(chart.boxes, 2) if pair[0].meets(pair[1])] == []
    for box in chart.boxes:
        for one in chart.lines:
            covered = one.covers(box.left, box.right)
            assert covered is None or covered[1] <= box.top or covered[0] >= box.bottom
