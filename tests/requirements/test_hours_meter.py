import pytest

from requirements_app.hours_meter import HoursMeter, hours_meter


@pytest.mark.parametrize(
    ("estimate", "used", "left", "meter"),
    [
        (600, 300, 150, HoursMeter(within=120, over=0, left=60, estimate=240)),
        (600, 0, 600, HoursMeter(within=0, over=0, left=240, estimate=240)),
        (600, 900, 300, HoursMeter(within=120, over=60, left=60, estimate=120)),
        (600, None, None, HoursMeter(within=0, over=0, left=0, estimate=240)),
        (600, -60, 0, HoursMeter(within=0, over=0, left=0, estimate=240)),
    ],
)
def test_bar_shows_the_larger_of_estimate_and_used_with_left(
    estimate: int, used: int | None, left: int | None, meter: HoursMeter
) -> None:
    assert hours_meter(estimate, used, left) == meter


@pytest.mark.parametrize("estimate", [None, 0])
def test_no_bar_without_an_estimate(estimate: int | None) -> None:
    assert hours_meter(estimate, 60, 60) is None
