"""Form fields that the whole site shares."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CLOCK: Final = re.compile(r"([0-9]{1,7}):([0-9]{1,2})")
DECIMAL: Final = re.compile(r"([0-9]{0,7})(?:[.,]([0-9]{1,4}))?")
# Thousands are grouped by one kind of mark, the fraction follows the other one: 1,780 and 1,780.5 and 1.780,5.
GROUPED: Final = re.compile(
    r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))?|([1-9][0-9]{0,2}(?:\.[0-9]{3})+),([0-9]{1,2})"
)
NEGATIVE: Final = re.compile(r"[-−–][0-9.,]")
UNIT: Final = re.compile(r"(?:h|hrs?|hours?)$", re.IGNORECASE)
MINUTES_OF_HOUR: Final = 60

F = TypeVar("F", bound=forms.Field)


def needed_when(field: F, words: Any) -> F:
    """``field``, which has to be filled in now and then: its label says ``words`` where others say "optional"."""
    field.needed_when = words  # type: ignore[attr-defined]
    return field


class DurationField(forms.Field):
    """Hours as people type them (``12.5``, ``12,5``, ``12:30``, ``1,780``), in Python whole minutes.

    A comma before exactly three digits groups thousands, as these pages write them. A point before three digits is
    asked about, not guessed at: 1.250 is a different number in Berlin and in Boston.
    """

    widget = forms.TextInput
    default_error_messages = {
        "unreadable": _("Write hours like 12.5 or 12:30."),
        "negative": _("Hours must not be below zero."),
        "ambiguous": _("%(value)s can be read in two ways. Write hours like 1250 or 1.25."),
        "minutes": _("An hour has 60 minutes: write 12:30 for twelve and a half hours."),
        "too_little": _("At least %(limit)s h."),
        "too_much": _("At most %(limit)s h."),
    }

    def __init__(self, *, min_minutes: int = 0, max_minutes: int = 6_000_000, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_minutes = min_minutes
        self.max_minutes = max_minutes

    def to_python(self, value: Any) -> int | None:
        """The minutes that ``value`` says; None for nothing."""
        text = "" if value in self.empty_values else UNIT.sub("", re.sub(r"\s", "", str(value)))
        if not text:
            return None
        if NEGATIVE.match(text):
            raise self._refused("negative")
        if clock := CLOCK.fullmatch(text):
            hours, minutes = int(clock[1]), int(clock[2])
            if minutes >= MINUTES_OF_HOUR:
                raise self._refused("minutes")
            return hours * MINUTES_OF_HOUR + minutes
        if grouped := GROUPED.fullmatch(text):
            return _minutes(re.sub(r"[.,]", "", grouped[1] or grouped[3]), grouped[2] or grouped[4])
        number = DECIMAL.fullmatch(text)
        if number is None or not (number[1] or number[2]):
            raise self._refused("unreadable")
        if len(number[2] or "") == 3 and number[1].strip("0"):
            raise self._refused("ambiguous", value=text)
        return _minutes(number[1], number[2])

    def validate(self, value: int | None) -> None:
        """A duration from ``min_minutes`` to ``max_minutes``."""
        super().validate(value)
        if value is None:
            return
        if value < self.min_minutes:
            raise self._refused("too_little", limit=written_hours(self.min_minutes))
        if value > self.max_minutes:
            raise self._refused("too_much", limit=written_hours(self.max_minutes))

    def _refused(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the input: stored minutes as hours, typed text as it was typed."""
        return written_hours(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other minutes are meant, however they are written."""
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A keypad with digits on a phone; a browser's memory of other figures helps nobody."""
        return {"inputmode": "decimal", "autocomplete": "off"}


def _minutes(hours: str, fraction: str | None) -> int:
    exact = Decimal(f"{hours or 0}.{fraction or 0}") * MINUTES_OF_HOUR
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def written_hours(minutes: int) -> str:
    """Minutes as one types them, nothing rounded away: 12.5 where two decimals say it, else 12:35."""
    hundredths, rest = divmod(minutes * 100, MINUTES_OF_HOUR)
    if rest:
        return f"{minutes // MINUTES_OF_HOUR}:{minutes % MINUTES_OF_HOUR:02d}"
    return f"{Decimal(hundredths) / 100:f}".rstrip("0").rstrip(".") if hundredths % 100 else str(hundredths // 100)


class DayInput(forms.DateInput):
    """A date that the browser helps to choose; it wants ISO dates, whatever the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
