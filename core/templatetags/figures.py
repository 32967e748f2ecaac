"""How figures and times are written on every page. Built in: no template has to load it.

Each filter refuses a value of the wrong kind with TypeError, an empty string of a misspelt variable among them:
a wrong figure is worse than a broken page. None is what is not known and is written as nothing.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

# Between a figure and its unit, so that no line breaks there.
NO_BREAK = "\u00a0"
NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86_400
KEPT = 4096


def _decimal(value: object, *kinds: type) -> Decimal:
    """``value`` as a finite Decimal if it is of one of ``kinds``; a truth value is no number."""
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise _wrong(value, *kinds)
    # By way of the text, so that 0.285 is 0.285 and not the float's neighbour below it.
    number = Decimal(str(value))
    if not number.is_finite():
        raise TypeError(f"{value!r} is not a finite number")
    return number


def _wrong(value: object, *kinds: type) -> TypeError:
    return TypeError(f"{type(value).__name__} {value!r} is not of {', '.join(kind.__name__ for kind in kinds)}")


def _written(number: Decimal, places: int) -> str:
    """``number`` rounded half away from zero, with the language's separators. Minus stays the plain hyphen, so that
    a figure pasted into a spreadsheet remains a number."""
    return _written_in(number, places, get_language())


# Tables repeat the same few figures and days, and writing them is most of what a long table costs.
@lru_cache(KEPT)
def _written_in(number: Decimal, places: int, _language: str | None) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return str(number_format(rounded + 0, decimal_pos=places, use_l10n=True, force_grouping=True))


@register.filter
def hours(minutes: object) -> str:
    """Minutes as hours with one decimal: 1,234.5. Zero is a dash."""
    if minutes is None:
        return ""
    if isinstance(minutes, bool) or not isinstance(minutes, int | Decimal):
        raise _wrong(minutes, int, Decimal)
    return _hours_in(minutes, get_language())


@lru_cache(KEPT)
def _hours_in(minutes: int | Decimal, _language: str | None) -> str:
    number = _decimal(minutes, int, Decimal)
    return _written(number / 60, 1) if number else NOTHING


@register.filter
def hours_exact(minutes: object) -> str:
    """Minutes as hours and minutes, nothing rounded away: 12:35. Zero is a dash."""
    if minutes is None:
        return ""
    if isinstance(minutes, bool) or not isinstance(minutes, int | Decimal):
        raise _wrong(minutes, int, Decimal)
    return _exactly_in(minutes, get_language())


@lru_cache(KEPT)
def _exactly_in(minutes: int | Decimal, _language: str | None) -> str:
    whole = int(_decimal(minutes, int, Decimal).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if not whole:
        return NOTHING
    full_hours, rest = divmod(abs(whole), 60)
    sign = "-" if whole < 0 else ""
    return f"{sign}{number_format(full_hours, use_l10n=True, force_grouping=True)}:{rest:02d}"


@register.filter
def hours_or_0(minutes: object) -> str:
    """Hours within a sentence, where a dash would say that nothing is known: 0 h."""
    return hours(minutes) if minutes != 0 else "0"


@register.filter
def exact_or_0(minutes: object) -> str:
    """Hours and minutes within a sentence: 0:00."""
    return hours_exact(minutes) if minutes != 0 else "0:00"


@register.filter
def money(amount: object, currency: str) -> str:
    """An amount with its currency: EUR 1,234.50. Only a Decimal is money."""
    if amount is None:
        return ""
    if not currency:
        raise TypeError("an amount of money has a currency")
    return f"{currency}{NO_BREAK}{_written(_decimal(amount, Decimal), 2)}"


@register.filter
def hourly(rate: object) -> str:
    """Money per hour, under a heading that names the currency: 85.00, or 85.1250 where cents do not say it all."""
    if rate is None:
        return ""
    number = _decimal(rate, Decimal)
    return _written(number, 2 if number == number.quantize(Decimal("0.01")) else 4)


@register.filter
def percent(ratio: object, places: int = 0) -> str:
    """A fraction in per cent: 76 %."""
    if ratio is None:
        return ""
    return f"{_written(_decimal(ratio, int, float, Decimal) * 100, places)}{NO_BREAK}%"


@register.filter
def points(ratio: object, places: int = 1) -> str:
    """The difference of two fractions in percentage points: 9.5."""
    if ratio is None:
        return ""
    return _written(_decimal(ratio, int, float, Decimal) * 100, places)


@register.filter
def day(value: object) -> str:
    """A date: 14 Mar 2026. An instant is given as the reader's local date."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localdate(value)
    if not isinstance(value, dt.date):
        raise TypeError(f"{value!r} is not a date")
    return _day_in(value, get_language())


@lru_cache(KEPT)
def _day_in(value: dt.date, _language: str | None) -> str:
    return str(date_format(value, "j M Y"))


def _aware(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime) or timezone.is_naive(value):
        raise TypeError(f"{value!r} is not an instant with a time zone")
    return value


def _on_the_clock(value: dt.datetime) -> str:
    local = timezone.localtime(value)
    return f"{date_format(local, 'j M Y')}, {local:%H:%M}"


@register.filter
def moment(value: object) -> str | SafeString:
    """An instant on the reader's clock: 14 Mar 2026, 09:05."""
    if value is None:
        return ""
    instant = _aware(value)
    return format_html('<time datetime="{}">{}</time>', instant.isoformat(), _on_the_clock(instant))


def distance(seconds: int) -> str:
    """How far an instant lies off, in the largest unit that fits; positive is past."""
    size = abs(seconds)
    if size < MINUTE:
        return _("just now")
    if size < HOUR:
        length = _("%(count)s min") % {"count": size // MINUTE}
    elif size < DAY:
        length = _("%(count)s h") % {"count": size // HOUR}
    else:
        length = ngettext("%(count)s day", "%(count)s days", size // DAY) % {"count": size // DAY}
    length = length.replace(" ", NO_BREAK)
    return (_("%(length)s ago") if seconds > 0 else _("in %(length)s")) % {"length": length}


@register.filter
def since(value: object) -> str | SafeString:
    """How long ago an instant was: 2 h ago. The exact time is its title; past 30 days it is the date itself."""
    if value is None:
        return ""
    instant = _aware(value)
    seconds = int((timezone.now() - instant).total_seconds())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        instant.isoformat(),
        _on_the_clock(instant),
        distance(seconds) if abs(seconds) <= 30 * DAY else day(instant),
    )
