"""Marks inside table rows share their column's scale."""

from decimal import Decimal

from status.sparkline import Bar, bars, meter, meter_scale


def test_meter_is_filled_by_the_whole_budget() -> None:
    scale = meter_scale([Decimal("0.76"), Decimal("0.30"), None])
    drawn = meter(Decimal("0.75"), Decimal("0.5"), scale)
    assert (drawn.used, drawn.earned, drawn.limit) == (90.0, 60.0, None)


def test_meter_of_a_page_with_an_overrun_marks_the_budget() -> None:
    """150 % fill the track: the budget lies at two thirds of it, in every row of the page."""
    scale = meter_scale([Decimal("1.5"), Decimal("0.3")])
    drawn = meter(Decimal("0.3"), None, scale)
    assert (drawn.used, drawn.earned, drawn.limit) == (24.0, 0.0, 80.0)


def test_bars_stand_on_the_ground_and_share_the_largest_value() -> None:
    assert bars([0, 300, 600], largest=600) == (
        Bar(0.0, 20.0, 26.5, 0.0),
        Bar(28.0, 10.0, 26.5, 10.0),
        Bar(56.0, 0.0, 26.5, 20.0),
    )


def test_bars_of_hours_taken_back_have_no_height() -> None:
    assert [bar.height for bar in bars([-60, 60], largest=60)] == [0.0, 20.0]
    assert bars([], largest=0) == ()
    assert [bar.height for bar in bars([0], largest=0)] == [0.0]
