"""What a bare number of a timesheet counts, proved by rows that also say when the work began and ended. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from core.tabular.cell_values import SECONDS_PER, Unit

TIME_OF_DAY: Final = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?(?: ?([ap])\.?m\.?)?", re.IGNORECASE)
DAY_SECONDS: Final = 24 * 3600
# Tools round to a minute, or to a hundredth of an hour.
OFF_BY_SECONDS: Final = 60
ROWS_TO_LOOK_AT: Final = 500


class UnitOfColumn:
    """The unit of a column of durations, from as much of it as was seen. A row that fits another unit unsettles it."""

    def __init__(self) -> None:
        self.fits: set[Unit] = set()
        self.rows = 0

    @property
    def settled(self) -> Unit | None:
        return next(iter(self.fits)) if len(self.fits) == 1 else None

    def see(self, duration: str, began: str, ended: str) -> None:
        if self.rows < ROWS_TO_LOOK_AT:
            self.rows += 1
            self.fits.update(_fitting(duration, began, ended))


def _fitting(duration: str, began: str, ended: str) -> Iterator[Unit]:
    first, last = _second_of_day(began), _second_of_day(ended)
    try:
        number = Decimal(duration.strip().replace(",", "."))
    except InvalidOperation:
        return
    if first is None or last is None or not number.is_finite() or number <= 0:
        return
    # What ends before it begins has gone over midnight.
    worked = (last - first) % DAY_SECONDS
    for unit, seconds in SECONDS_PER.items():
        if number * seconds > abs(number * seconds - worked) < OFF_BY_SECONDS:
            yield unit


def _second_of_day(text: str) -> int | None:
    found = list(TIME_OF_DAY.finditer(text))
    if not found:
        return None
    hour, minute, second, half = found[-1].groups()
    hours = int(hour) % 12 + (12 if half in ("p", "P") else 0) if half else int(hour)
    return hours * 3600 + int(minute) * 60 + int(second or 0)
