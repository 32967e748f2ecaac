"""Places by which a calendar is chosen: countries with known holidays, and their parts."""

import re
from functools import lru_cache

import holidays
from django.utils import translation
from holidays.registry import COUNTRIES

# "UnitedArabEmirates" as people write it.
INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=1)
def countries() -> tuple[tuple[str, str], ...]:
    """Code and English name of each country whose public holidays are known, by name."""
    named = ((names[1], INNER_CAPITAL.sub(" ", names[0])) for names in COUNTRIES.values())
    return tuple(sorted(named, key=lambda country: country[1]))


@lru_cache(maxsize=64)
def subdivisions(country: str) -> tuple[tuple[str, str], ...]:
    """Code and name of the parts of a country that have holidays of their own."""
    if not country:
        return ()
    try:
        kind = type(holidays.country_holidays(country))
    except NotImplementedError:
        return ()
    names = {code: name for name, code in kind.subdivisions_aliases.items()}
    return tuple((code, names.get(code, code)) for code in kind.subdivisions)


def place_in_words(country: str, subdivision: str) -> str:
    """Germany, Bayern; nothing without a country."""
    parts = [dict(countries()).get(country, country), dict(subdivisions(country)).get(subdivision, subdivision)]
    return ", ".join(part for part in parts if part)


def holiday_language(country: str) -> str | None:
    """The language in which the reader gets the country's holidays, as far as they are known in it."""
    known = holidays.country_holidays(country).supported_languages
    reader = (translation.get_language() or "en").split("-")[0]
    return next((language for language in known if language.split("_")[0] == reader), None)
