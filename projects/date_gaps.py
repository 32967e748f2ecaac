"""The days of a span that no period covers. Pure; both ends of a period are included."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From ``first`` to ``last``, both included; ``last`` None means that no end is known."""

    first: dt.date
    last: dt.date | None = None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError("a period ends on or after its first day")


def gaps_in(span: Period, covered: Iterable[Period]) -> tuple[Period, ...]:
    """The parts of ``span`` on which none of ``covered`` holds, in order; they may overlap and stand in any order."""
    gaps = []
    begins = span.first
    for period in sorted(covered, key=lambda one: one.first):
        if span.last is not None and period.first > span.last:
            break
        if period.first > begins:
            gaps.append(Period(begins, period.first - DAY))
        if period.last is None:
            return tuple(gaps)
        begins = max(begins, period.last + DAY)
        if span.last is not None and begins > span.last:
            return tuple(gaps)
    return (*gaps, Period(begins, span.last))
