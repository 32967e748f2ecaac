"""Where the levels of a rule begin and when one is left again: pure, worked in docs/calculations/alert-rules.md.

Levels are "none", "notice", "warning" and "critical". A rule that stands at a level falls back only when its value
has passed that level's threshold by a margin, so that a figure that wavers around it speaks once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

LEVELS: Final = ("none", "notice", "warning", "critical")
SPEAKING: Final = LEVELS[1:]


def rank(level: str) -> int:
    """0 for none to 3 for critical. ValueError for an unknown level."""
    return LEVELS.index(level)


def worst(levels: Sequence[str]) -> str:
    """The most urgent of ``levels``; none where there are none."""
    return max(levels, key=rank, default="none")


@dataclass(frozen=True)
class Thresholds:
    """Where each level begins; ``margin`` is how far back the value must go to leave it again.

    ``includes_bound`` says whether the bound itself already counts: "80 %" does, "more than 2 %" does not.
    ``falls``: the smaller the value the worse, as an index below 0.90 or two weeks left.
    """

    notice: Decimal
    warning: Decimal
    critical: Decimal
    margin: Decimal
    includes_bound: bool = True
    falls: bool = False

    def __post_init__(self) -> None:
        first, second, third = self.bounds if not self.falls else self.bounds[::-1]
        if not first < second < third or self.margin < 0:
            raise ValueError("thresholds go one way from notice to critical and the margin is not negative")

    @property
    def bounds(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.notice, self.warning, self.critical

    def of(self, level: str) -> Decimal:
        """Where ``level`` begins. ValueError for "none", which begins nowhere."""
        if level == "none":
            raise ValueError("none has no threshold")
        return self.bounds[rank(level) - 1]

    def at(self, notice: Decimal, warning: Decimal, critical: Decimal) -> "Thresholds":
        """The same scale with levels that begin elsewhere."""
        return replace(self, notice=notice, warning=warning, critical=critical)


@dataclass(frozen=True)
class Held:
    """Where a rule has stood so far: its level, and the agreed budget or cap it was compared against.

    ``parts`` are the levels of the rules of a family that speaks with one voice, by code; ``voice`` is whose it was.
    """

    level: str = "none"
    basis: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    voice: str = ""

    @classmethod
    def of(cls, level: str, basis: str, numbers: Mapping[str, Any]) -> "Held":
        """As the numbers of a finding or a state say it."""
        return cls(level, basis, numbers.get("levels", {}), voice_of(numbers))


NOTHING_HELD: Final = Held()


def voice_of(numbers: Mapping[str, Any]) -> str:
    """Which of a rule's comparisons has the word: of a family the member, of late data what is late. Else empty."""
    return str(numbers.get("speaks") or numbers.get("what") or "")


def is_another_voice(before: Held, level: str, numbers: Mapping[str, Any]) -> bool:
    """Whether a rule that stood and still stands speaks of another comparison than it was told for."""
    return rank(before.level) > 0 and rank(level) > 0 and before.voice not in ("", voice_of(numbers))


def level_of(value: Decimal | None, thresholds: Thresholds, held: str = "none") -> str:
    """The level at which ``value`` stands, given the level ``held`` so far. An undefined value holds no level."""
    if value is None:
        return "none"
    reached = _reached(value, thresholds, Decimal(0))
    kept = _reached(value, thresholds, thresholds.margin)
    return LEVELS[max(reached, min(kept, rank(held)))]


def clears_at(level: str, thresholds: Thresholds) -> Decimal:
    """The value past which a rule that stands at ``level`` leaves it: below it, or above where the scale falls."""
    bound = thresholds.of(level)
    return bound + thresholds.margin if thresholds.falls else bound - thresholds.margin


def _reached(value: Decimal, thresholds: Thresholds, margin: Decimal) -> int:
    """How many levels ``value`` has reached when each begins ``margin`` earlier."""
    sign = -1 if thresholds.falls else 1
    distances = [sign * (value - bound) + margin for bound in thresholds.bounds]
    return sum(distance >= 0 if thresholds.includes_bound else distance > 0 for distance in distances)
