"""The one rounding rule for money: half away from zero, to two decimals, as PostgreSQL's round() does.

Every currency that a project may use has two decimals, so that one rule holds everywhere.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")

CURRENCIES: Final = (
    ("AUD", "AUD"),
    ("BRL", "BRL"),
    ("CAD", "CAD"),
    ("CHF", "CHF"),
    ("CZK", "CZK"),
    ("DKK", "DKK"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("ILS", "ILS"),
    ("INR", "INR"),
    ("NOK", "NOK"),
    ("NZD", "NZD"),
    ("PLN", "PLN"),
    ("RON", "RON"),
    ("SEK", "SEK"),
    ("SGD", "SGD"),
    ("TRY", "TRY"),
    ("UAH", "UAH"),
    ("USD", "USD"),
    ("ZAR", "ZAR"),
)


def round_money(amount: Decimal) -> Decimal:
    """``amount`` to whole cents, half away from zero. NaN and infinity are refused with ValueError."""
    if not amount.is_finite():
        raise ValueError("an amount of money is a finite number")
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def amount_of(minutes: int, hourly_rate: Decimal) -> Decimal:
    """What ``minutes`` cost at ``hourly_rate`` (money per hour), rounded once."""
    return round_money(hourly_rate * minutes / 60)
