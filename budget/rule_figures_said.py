"""How the numbers of an alert are said: kept as JSON when it was raised, written in the reader's language when read."""

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.templatetags.figures import NO_BREAK, day, money

Numbers = Mapping[str, Any]
A_HUNDRED_HOURS: Final = 6000


def share(numbers: Numbers, name: str) -> str:
    """A fraction as per cent or points without the sign, with one decimal where it says more."""
    return _short(Decimal(numbers.get(name) or 0) * 100, 1)


def index(numbers: Numbers, name: str) -> str:
    """A ratio around one: 0.87."""
    return _written(Decimal(numbers.get(name) or 0), 2)


def plain(numbers: Numbers, name: str) -> str:
    """A count such as of weeks, with one decimal where it has one."""
    return _short(Decimal(numbers.get(name) or 0), 1)


def hours(numbers: Numbers, name: str) -> str:
    """Minutes as hours: whole from a hundred on, below that with one decimal where it says more."""
    minutes = Decimal(numbers.get(name) or 0)
    return _short(minutes / 60, 0 if abs(minutes) >= A_HUNDRED_HOURS else 1)


def amount(numbers: Numbers, name: str) -> str:
    """Money with its currency."""
    return money(Decimal(numbers.get(name) or 0), numbers.get("currency") or "")


def cents(numbers: Numbers, name: str) -> str:
    """Money that was counted in cents."""
    return money(Decimal(numbers.get(name) or 0) / 100, numbers.get("currency") or "")


def date(numbers: Numbers, name: str) -> str:
    """A day, or that there is none."""
    iso = numbers.get(name)
    return day(dt.date.fromisoformat(iso)).replace(" ", NO_BREAK) if iso else _("no day yet")


def _short(number: Decimal, places: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return _written(rounded, 0 if rounded == rounded.to_integral() else places)


def _written(number: Decimal, places: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return str(number_format(rounded + 0, decimal_pos=places, use_l10n=True, force_grouping=True))
