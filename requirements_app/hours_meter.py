"""The geometry of the bar that compares an item's hours with its estimate: pure."""

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 240


@dataclass(frozen=True)
class HoursMeter:
    """Widths from the left in units of the drawing: hours within the estimate, hours over it, what is left.

    ``estimate`` is where the estimate ends. The whole bar stands for the larger of estimate and used + left.
    """

    within: int
    over: int
    left: int
    estimate: int
    width: int = WIDTH

    @property
    def over_from(self) -> int:
        return self.within

    @property
    def left_from(self) -> int:
        return self.within + self.over


def hours_meter(estimate: int | None, used: int | None, left: int | None) -> HoursMeter | None:
    """The bar, or None without an estimate to compare with."""
    if not estimate:
        return None
    used, left = max(used or 0, 0), left or 0
    whole = max(estimate, used + left)

    def scaled(minutes: int) -> int:
        return round(minutes * WIDTH / whole)

    end_of_used = scaled(used)
    within = min(end_of_used, scaled(estimate))
    return HoursMeter(
        within=within, over=end_of_used - within, left=scaled(used + left) - end_of_used, estimate=scaled(estimate)
    )
