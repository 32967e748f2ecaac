"""The days of a span that no period covers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.date_gaps import Period, gaps_in

START = dt.date(2026, 1, 1)


def on(first: int, last: int | None) -> Period:
    """Days of January 2026."""
    return Period(dt.date(2026, 1, first), None if last is None else dt.date(2026, 1, last))


@pytest.mark.parametrize(
    ("covered", "gaps"),
    [
        ([], [on(5, 20)]),
        ([on(5, 20)], []),
        ([on(1, 31)], []),
        ([on(1, None)], []),
        ([on(21, 31)], [on(5, 20)]),
        ([on(1, 4)], [on(5, 20)]),
        ([on(1, 5), on(20, 31)], [on(6, 19)]),
        ([on(12, None), on(6, 8)], [on(5, 5), on(9, 11)]),
        ([on(5, 15), on(7, 9), on(16, 19)], [on(20, 20)]),
    ],
)
def test_gaps_are_what_no_period_covers(covered: list[Period], gaps: list[Period]) -> None:
    assert gaps_in(on(5, 20), covered) == tuple(gaps)


def test_gap_without_a_known_end_stays_open() -> None:
    assert gaps_in(on(5, None), [on(1, 9)]) == (on(10, None),)


def test_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        on(5, 4)


periods = st.tuples(st.integers(1, 60), st.integers(0, 20)).map(
    lambda pair: Period(START + dt.timedelta(pair[0]), START + dt.timedelta(sum(pair)))
)


@given(span=periods, covered=st.lists(periods, max_size=6))
def test_every_day_is_either_covered_or_in_a_gap(span: Period, covered: list[Period]) -> None:
    def days(period: Period) -> set[dt.date]:
        assert period.last is not None
        return {period.first + dt.timedelta(ahead) for ahead in range((period.last - period.first).days + 1)}

    gaps = gaps_in(span, covered)
    expected = days(span).difference(*map(days, covered))
    assert set().union(*map(days, gaps)) == expected
    assert sum(len(days(gap)) for gap in gaps) == len(expected)
