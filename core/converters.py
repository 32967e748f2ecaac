"""How addresses write what is neither a number nor a word."""

import datetime as dt

from django.urls import register_converter


class DayConverter:
    """A date in an address: 2026-03-14."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")
