"""What a rule finds, and what all findings have in common: pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any

from alerts.levels import Held, Thresholds, clears_at, level_of, rank
from budget.rule_figures import RuleFigures


@dataclass(frozen=True)
class Finding:
    """What a rule finds for one subject. ``numbers`` are JSON, for the words of the alert.

    ``basis`` names the agreed budget or cap it compared against; ``recheck_at`` is the first moment at which the
    finding can change without anybody writing.
    """

    rule: str
    level: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    basis: str = ""
    shows_money: bool = False
    recheck_at: dt.datetime | None = None

    @property
    def speaks(self) -> str:
        """The code of the rule that is heard: of a family the worst one."""
        return str(self.numbers.get("speaks", self.rule))


def common(figures: RuleFigures, level: str, scale: Thresholds) -> dict[str, Any]:
    """What every alert says: through which day the figures go, where its level begins and where it ends."""
    stands = rank(level) > 0
    return {
        "hours_through": iso(figures.hours_through),
        "progress_through": iso(figures.progress_through),
        "compared_on": iso(figures.compared.on) if figures.compared else None,
        "from": text(scale.of(level)) if stands else None,
        "clears_at": text(clears_at(level, scale)) if stands else None,
    }


def level_against(value: Decimal | None, scale: Thresholds, held: Held, basis: str) -> str:
    """The level of ``value``. Against another budget than before no margin keeps it."""
    return level_of(value, scale, held.level if held.basis == basis else "none")


def whole(number: Decimal | None) -> int | None:
    """Rounded up: what is missing is missing until all of it is there."""
    return None if number is None else ceil(number)


def text(number: Decimal | None) -> str | None:
    """A number for JSON, to six places."""
    return None if number is None else f"{number:.6f}"


def iso(day: dt.date | None) -> str | None:
    """A date for JSON."""
    return day.isoformat() if day else None
