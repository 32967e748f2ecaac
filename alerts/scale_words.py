"""How thresholds are written: the numbers people type, and the unit that stands beside them."""

from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alerts.levels import Thresholds
from alerts.registry import Scale, Unit

HUNDRED: Final = Decimal(100)
# Read beside each other, 0.95 and 0.9 look as if one were more exact.
AROUND_ONE: Final = frozenset({Unit.INDEX, Unit.FACTOR})
AS_HUNDREDTHS: Final = frozenset({Unit.PERCENT, Unit.POINTS})
# Digits after the point that people may type.
PLACES: Final = {
    Unit.PERCENT: 2,
    Unit.POINTS: 2,
    Unit.INDEX: 3,
    Unit.FACTOR: 3,
    Unit.WEEKS: 1,
    Unit.WORKING_DAYS: 0,
}


def typed(unit: Unit, value: Decimal) -> Decimal:
    """A threshold as people type it: 80 for 0.80 where the unit is per cent. No digit more than it has."""
    number = value * HUNDRED if unit in AS_HUNDREDTHS else value
    shortest = number.normalize()
    exponent = shortest.as_tuple().exponent
    return shortest.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shortest


def meant(unit: Unit, number: Decimal) -> Decimal:
    """The threshold that ``number`` says, as it is kept."""
    return number / HUNDRED if unit in AS_HUNDREDTHS else number


def written(unit: Unit, value: Decimal) -> str:
    """A threshold in the reader's digits, without its unit."""
    number = typed(unit, value)
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return str(number_format(number, decimal_pos=max(places, 2 if unit in AROUND_ONE else 0)))


def unit_in_words(unit: Unit) -> str:
    """What stands behind a threshold: %, points, × plan."""
    return {
        Unit.PERCENT: "%",
        Unit.POINTS: _("points"),
        Unit.INDEX: _("per hour"),
        Unit.FACTOR: _("times"),
        Unit.WEEKS: _("weeks"),
        Unit.WORKING_DAYS: _("working days"),
    }[unit]


def levels_in_words(scale: Scale, thresholds: Thresholds) -> str:
    """Where all three levels begin, in one breath: 5 / 10 / 20 points."""
    numbers = " / ".join(written(scale.unit, bound) for bound in thresholds.bounds)
    return f"{numbers} {unit_in_words(scale.unit)}"
