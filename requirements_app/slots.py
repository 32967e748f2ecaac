"""What an app above fills in on the pages of work items: the hours used, which are not ours to know."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from projects.access import Standing
from projects.slots import fill_columns

# Nothing for a reader who may not see hours. Item key → minutes used, for the items asked for.
WORK_ITEM_BURN: Final = "work_item_burn"
# Project key → {item key: minutes used}, of all its items: ten thousand keys are not worth sending there and back.
PROJECT_BURN: Final = "project_burn"
# Project key → {item key: minutes over its estimate}, of open items that are over it by enough to speak of.
OVER_ESTIMATE: Final = "over_estimate"

# Project key → the newest day with hours.
HOURS_THROUGH: Final = "hours_through"
# Item key → the address of the list of its hours.
WORK_ITEM_ENTRIES: Final = "work_item_entries"
# Item key → the address of its earned value, with everything below it.
WORK_ITEM_EARNED: Final = "work_item_earned"


def used_minutes_of(standing: Standing, item_keys: Sequence[int]) -> dict[int, int]:
    """Minutes used on each of the items; items without hours are left out."""
    used: dict[int, int] = {}
    for filled in fill_columns(WORK_ITEM_BURN, standing, item_keys):
        used.update(filled)
    return used


def used_minutes(standing: Standing) -> dict[int, int]:
    """Minutes used on each of the project's items; items without hours are left out."""
    return _of_items(PROJECT_BURN, standing)


def minutes_over_estimate(standing: Standing) -> dict[int, int]:
    """The project's items that are over their estimate and not done, each with the minutes over."""
    return _of_items(OVER_ESTIMATE, standing)


def _of_items(slot: str, standing: Standing) -> dict[int, int]:
    minutes: dict[int, int] = {}
    for filled in fill_columns(slot, standing, [standing.project.pk]):
        minutes.update(filled.get(standing.project.pk, {}))
    return minutes


def hours_through(standing: Standing) -> dt.date | None:
    """The newest day with hours, or None."""
    filled = fill_columns(HOURS_THROUGH, standing, [standing.project.pk])
    return next((days[standing.project.pk] for days in filled if days), None)


def entries_url_of(standing: Standing, item_key: int) -> str:
    """Where the item's hours are listed; empty for a reader who may not see them."""
    return _address(WORK_ITEM_ENTRIES, standing, item_key)


def earned_url_of(standing: Standing, item_key: int) -> str:
    """Where the item's earned value is explained; empty for a reader who may not see hours."""
    return _address(WORK_ITEM_EARNED, standing, item_key)


def _address(slot: str, standing: Standing, item_key: int) -> str:
    return next((filled[item_key] for filled in fill_columns(slot, standing, [item_key]) if filled), "")
