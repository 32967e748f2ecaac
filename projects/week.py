"""The days of the week by their ISO numbers, and several of them in words."""

from collections.abc import Iterable
from typing import Final

from django.utils.dates import WEEKDAYS as FROM_ZERO
from django.utils.dates import WEEKDAYS_ABBR as SHORT_FROM_ZERO
from django.utils.functional import Promise

# 1 is Monday, 7 is Sunday.
WEEKDAYS: Final[dict[int, str | Promise]] = {number + 1: name for number, name in FROM_ZERO.items()}


def weekdays_in_words(weekdays: Iterable[int]) -> str:
    """Mon–Fri, or Mon, Wed–Fri: neighbours are drawn together from three days on."""
    runs: list[list[int]] = []
    for number in sorted(weekdays):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        names = [str(SHORT_FROM_ZERO[number - 1]) for number in run]
        words += [f"{names[0]}–{names[-1]}"] if len(run) > 2 else names
    return ", ".join(words)
