"""Places on lower pages that upper apps fill: a project's tabs, its light, columns and panels of an object.

An upper app registers in ``AppConfig.ready()``. A filler gets all ids at once and answers with one batched,
access-checked query, so that a page's number of queries does not grow with its rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.addresses import address
from projects.access import Standing
from projects.models import ObjectRef, Project


@dataclass(frozen=True)
class Tab:
    """A page of the project in its tab bar, shown to whoever holds ``capability``."""

    name: str
    label: str | Promise
    url_name: str
    capability: str
    order: int


@dataclass(frozen=True)
class Light:
    """The project's state in one word. ``state`` is on_course, watch, act or unknown."""

    state: str
    reason: str


TABS: list[Tab] = []
_frame: list[Callable[[Standing, str], Any]] = []
_light: list[Callable[[Standing], Light]] = []
OBJECT_PAGES: dict[str, str] = {}
COLUMNS: dict[str, list[Callable[[Standing, Sequence[int]], Mapping[int, Any]]]] = {}


def register_tab(tab: Tab) -> None:
    """Add a tab; tabs stand in their ``order``."""
    TABS.append(tab)
    TABS.sort(key=lambda known: known.order)


def register_light(read: Callable[[Standing], Light]) -> None:
    """Say who knows the project's light. The one app that judges projects registers it."""
    _light[:] = [read]


def light_of(standing: Standing) -> Light | None:
    """The project's light as the reader may see it, or None where nothing judges projects."""
    return _light[0](standing) if _light else None


def register_frame(read: Callable[[Standing, str], Any]) -> None:
    """Say who knows which first step a page belongs to: ``read(standing, url_name)``."""
    _frame[:] = [read]


def frame_of(standing: Standing, page: str) -> Any:
    """The frame of the set-up around ``page``, or None on most pages and once the project is set up."""
    return _frame[0](standing, page) if _frame else None


def register_column(slot: str, fill: Callable[[Standing, Sequence[int]], Mapping[int, Any]]) -> None:
    """Fill ``slot`` for objects by their keys."""
    COLUMNS.setdefault(slot, []).append(fill)


def register_object_page(kind: str, url_name: str) -> None:
    """Say which page shows the things of ``kind``: its address takes the project's slug and the thing's number."""
    OBJECT_PAGES[kind] = url_name


def page_of(project: Project, ref: ObjectRef | None) -> str:
    """Where a thing is shown; the project itself without one."""
    if ref is None:
        return project.get_absolute_url()
    return address(OBJECT_PAGES[ref.kind], project.slug, ref.number)


def fill_columns(slot: str, standing: Standing, keys: Sequence[int]) -> list[Mapping[int, Any]]:
    """What each app that fills ``slot`` says of the objects with these keys."""
    return [fill(standing, keys) for fill in COLUMNS.get(slot, [])]
