"""Small marks inside table rows: pure geometry. Within a column all share one scale, so that rows compare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

METER_WIDTH = 120
SPARK_WIDTH = 84
SPARK_HEIGHT = 20


@dataclass(frozen=True)
class Meter:
    """Used over earned on a track; ``limit`` is where the whole budget lies, None when that is the track's end."""

    used: float
    earned: float
    limit: float | None


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


def meter_scale(ratios: Iterable[Decimal | None]) -> Decimal:
    """The share that fills the track: the whole budget, or the largest share where one exceeds it."""
    return max([Decimal(1), *(ratio for ratio in ratios if ratio is not None)])


def meter(used: Decimal | None, earned: Decimal | None, scale: Decimal) -> Meter:
    """Lengths of both bars in pixels; what is not known has none."""
    return Meter(
        used=_length(used, scale),
        earned=_length(earned, scale),
        limit=_length(Decimal(1), scale) if scale > 1 else None,
    )


def bars(values: Sequence[int], largest: int) -> tuple[Bar, ...]:
    """One bar a value, standing on the ground. What was taken back more than booked has no height."""
    if not values:
        return ()
    step = SPARK_WIDTH / len(values)
    heights = [round(SPARK_HEIGHT * max(value, 0) / largest, 1) if largest > 0 else 0.0 for value in values]
    return tuple(
        Bar(round(place * step, 1), round(SPARK_HEIGHT - height, 1), round(step - 1.5, 1), height)
        for place, height in enumerate(heights)
    )


def _length(ratio: Decimal | None, scale: Decimal) -> float:
    return 0.0 if ratio is None else round(float(max(ratio, Decimal(0)) / scale) * METER_WIDTH, 1)
