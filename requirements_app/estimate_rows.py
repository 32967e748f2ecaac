"""An estimate's rows as work items: pure, before any of them is compared with what the project has."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, TypeVar

from core.tabular.cell_values import (
    DateOrder,
    DecimalMark,
    Unit,
    detect_date_order,
    detect_decimal_mark,
    has_bare_numbers,
    read_date,
    read_minutes,
)
from core.tabular.columns import Layout
from core.tabular.problems import ERROR, WARNING, CellRefused, Problem
from core.tabular.read import Row, normalised
from requirements_app.estimate_row import EstimateRow
from requirements_app.estimate_sums import left_out, without_rows, without_sums
from requirements_app.status_words import is_done, is_given_up
from requirements_app.tracker_keys import IssueKeys, Parents
from requirements_app.trackers import UNITS

T = TypeVar("T")

DOTTED: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
UNIT_WORDS: Final = (
    (Unit.SECONDS, re.compile(r"\b(seconds?|secs?)\b")),
    (Unit.MINUTES, re.compile(r"(\b|_)(minutes?|mins?|minuten)\b")),
    (Unit.HOURS, re.compile(r"\b(hours?|hrs?|h|stunden|std)\b")),
)
MOST_MINUTES: Final = 6_000_000
ADD_UP: Final = "add_up"
REFUSE: Final = "refuse"


@dataclass(frozen=True)
class Choices:
    """What a person decided about the file; None where the file decides."""

    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    unit: Unit | None = None
    repeated_keys: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> "Choices":
        return cls(
            date_order=DateOrder(options["date_order"]) if options.get("date_order") else None,
            decimal_mark=DecimalMark(options["decimal_mark"]) if options.get("decimal_mark") else None,
            unit=Unit(options["unit"]) if options.get("unit") else None,
            repeated_keys=options.get("repeated_keys") or None,
        )


@dataclass(frozen=True)
class Doubt:
    """A question that the file leaves open, with the values to choose from."""

    name: str
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Estimate:
    """Items that can be taken, parents among them; problems; and what has to be asked first."""

    rows: tuple[EstimateRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def read_estimate(
    layout: Layout, categories: Mapping[str, str], choices: Choices, last_day: dt.date, tracker: str = ""
) -> Estimate:
    """Read every row. ``categories`` maps the words for a category, in small letters, to its value."""
    no_work = left_out(layout)
    layout = without_rows(layout, no_work)
    doubts = tuple(_doubts(layout, choices, tracker))
    if doubts:
        return Estimate(doubts=doubts)
    reader = _Reader(layout, categories, choices, last_day, tracker)
    for row in layout.rows:
        reader.read(row)
    rows, sums = without_sums(reader.parents.settled(reader.rows) if tracker else reader.rows)
    told = [Problem("sum_of_below", row.rows[0], layout.header_of("estimate"), row.title[:80], WARNING) for row in sums]
    return Estimate(tuple(rows.values()), (*no_work.values(), *reader.problems, *told))


def unit_of(header_name: str) -> Unit | None:
    """What a bare number in the column counts, if its name says so."""
    name = normalised(header_name)
    return next((unit for unit, words in UNIT_WORDS if words.search(name)), None)


def _doubts(layout: Layout, choices: Choices, tracker: str) -> list[Doubt]:
    if "title" not in layout and "key" not in layout:
        return [Doubt("columns", ("title",))]
    doubts = []
    dates, durations = _dates(layout), layout.texts("estimate") + layout.texts("remaining")
    if choices.date_order is None and detect_date_order(dates) is None:
        doubts.append(Doubt("date_order", tuple(DateOrder), dates[0]))
    if choices.decimal_mark is None and detect_decimal_mark(durations) is None:
        doubts.append(Doubt("decimal_mark", tuple(DecimalMark), next(text for text in durations if "," in text)))
    if choices.unit is None and tracker not in UNITS:
        for name in ("estimate", "remaining"):
            bare = [text for text in layout.texts(name) if has_bare_numbers([text])]
            if bare and unit_of(layout.header_of(name)) is None:
                doubts.append(Doubt("unit", tuple(Unit), bare[0]))
                break
    (key, times), *_ = Counter(key.casefold() for key in layout.texts("key")).most_common(1) or [("", 0)]
    if choices.repeated_keys is None and times > 1:
        doubts.append(Doubt("repeated_keys", (ADD_UP, REFUSE), key))
    return doubts


class _Reader:
    def __init__(
        self, layout: Layout, categories: Mapping[str, str], choices: Choices, last_day: dt.date, tracker: str
    ) -> None:
        durations = layout.texts("estimate") + layout.texts("remaining")
        self.layout = layout
        self.categories = categories
        self.order = choices.date_order or detect_date_order(_dates(layout)) or DateOrder.DAY_FIRST
        self.mark = choices.decimal_mark or detect_decimal_mark(durations) or DecimalMark.POINT
        self.unit = choices.unit or UNITS.get(tracker)
        self.adds_up = choices.repeated_keys == ADD_UP
        self.last_day = last_day
        self.keys = IssueKeys(layout, tracker)
        self.parents = Parents()
        self.rows: dict[str, EstimateRow] = {}
        self.problems: list[Problem] = []
        self.has_levels = "level" in layout or _is_indented(layout)
        self.has_dotted_keys = _has_dotted_keys(layout)
        self._above: list[tuple[int, str]] = []
        self._namesakes: dict[str, int] = defaultdict(int)
        self._errors = 0

    def read(self, row: Row) -> None:
        """Take the row as an item or as a part of one, or say everything that is wrong with it."""
        text = self.layout.text
        found = self._errors
        key, title = self.keys.of(row), " ".join(text(row, "title").split())
        if not key and not title:
            self._say("missing", row, "title")
            return
        if not title:
            self._say("untitled", row, "key", WARNING)
        for name, limit in (("key", 120), ("title", 300), ("url", 500)):
            if len(text(row, name)) > limit:
                self._say("text_too_long", row, name, limit=limit)
        is_done, done_on = self._progress(row)
        item = EstimateRow(
            name=key.casefold() or self._name_of(title),
            title=title or key,
            rows=(row.number,),
            key=key,
            parent=self._parent_of(row, key),
            parent_said=text(row, "parent_key") or text(row, "epic_key"),
            category=self._category(row),
            estimate=self._minutes(row, "estimate"),
            remaining=self._minutes(row, "remaining"),
            is_done=is_done,
            done_on=done_on,
            planned_start_on=self._cell(row, "planned_start", self._day),
            planned_finish_on=self._cell(row, "planned_finish", self._day),
            url=self._url(row),
        )
        if self.has_levels:
            self._above.append((self._level(row), item.name))
        if self._errors > found:
            return
        self.parents.note(item, text(row, "other_key"), text(row, "url"), text(row, "parent_title"))
        self._take(row, item)

    def _take(self, row: Row, item: EstimateRow) -> None:
        earlier = self.rows.get(item.name)
        if earlier is None or not earlier.rows:
            self.rows[item.name] = item
        elif self.adds_up:
            self._say("added_up", row, "key", WARNING, first=earlier.rows[0])
            self.rows[item.name] = _together(earlier, item)
        else:
            self._say("key_repeated", row, "key", first=earlier.rows[0])

    def _name_of(self, title: str) -> str:
        # Starts with what no key can start with: keys are trimmed.
        self._namesakes[title.casefold()] += 1
        return f" {title.casefold()}#{self._namesakes[title.casefold()]}"

    def _parent_of(self, row: Row, key: str) -> str | None:
        if parent := self.layout.text(row, "parent_key") or self.layout.text(row, "epic_key"):
            return parent.casefold()
        if self.has_levels:
            level = self._level(row)
            while self._above and self._above[-1][0] >= level:
                self._above.pop()
            return self._above[-1][1] if self._above else None
        if group := self.layout.text(row, "group"):
            # Named as the first row with this title would be: where the file has one, it is the parent itself.
            name = f" {group.casefold()}#1"
            self.rows.setdefault(name, EstimateRow(name=name, title=group[:300]))
            return name
        if self.has_dotted_keys and "." in key:
            return key.rpartition(".")[0]
        return None

    def _level(self, row: Row) -> int:
        level = self.layout.text(row, "level")
        if "level" not in self.layout:
            return self.layout.indent(row, "title")
        if level.isascii() and level.isdigit() and len(level) < 3:
            return int(level)
        if not any(problem.row == row.number and problem.code == "not_a_level" for problem in self.problems[-5:]):
            self._say("not_a_level", row, "level")
        return 0

    def _category(self, row: Row) -> str:
        word = self.layout.text(row, "category")
        category = self.categories.get(word.casefold().replace("_", "-"), "")
        if word and not category:
            self._say("category_unknown", row, "category", WARNING)
        return category

    def _cell(self, row: Row, name: str, read: Callable[[str], T]) -> T | None:
        cell = self.layout.text(row, name)
        if cell in ("", "0") and self.layout.lacks_result(row, name):
            self._say("formula_not_calculated", row, name)
            return None
        if not cell:
            return None
        try:
            return read(cell)
        except CellRefused as error:
            self._say(error.code, row, name, **error.params)
        return None

    def _minutes(self, row: Row, name: str) -> Decimal | None:
        unit = unit_of(self.layout.header_of(name)) or self.unit or Unit.HOURS
        minutes = self._cell(row, name, lambda cell: _plausible(read_minutes(cell, unit, self.mark)))
        if name == "estimate" and minutes == 0:
            # A zero stands where nobody estimated: the item has none, rather than one that any hour exceeds.
            self._say("estimate_zero", row, name, WARNING)
            return None
        return minutes

    def _progress(self, row: Row) -> tuple[bool | None, dt.date | None]:
        """Whether the row says done or open, and on which day done. What was given up is neither."""
        status, outcome = self.layout.text(row, "done"), self.layout.text(row, "outcome")
        if is_given_up(status, outcome):
            self._say("given_up", row, "outcome" if is_given_up(outcome) else "done", WARNING)
            return None, None
        done_on = self._done_on(row)
        if not status:
            return (True if done_on is not None else None), done_on
        try:
            return is_done(status), done_on
        except CellRefused as error:
            self._say(error.code, row, "done", WARNING)
            return (True if done_on is not None else None), done_on

    def _done_on(self, row: Row) -> dt.date | None:
        def read(cell: str) -> dt.date:
            day = self._day(cell)
            if day > self.last_day:
                raise CellRefused("done_in_future")
            return day

        return self._cell(row, "done_on", read)

    def _day(self, cell: str) -> dt.date:
        return read_date(cell, self.order, self.layout.day_zero)

    def _url(self, row: Row) -> str:
        url = self.layout.text(row, "url")
        if url and not re.match(r"https?://[^\s/]+\.?[^\s]*$", url):
            self._say("address_ignored", row, "url", WARNING)
            return ""
        return url

    def _say(self, code: str, row: Row, name: str, level: str = ERROR, **params: Any) -> None:
        self._errors += level == ERROR
        value = self.layout.text(row, name)[:80]
        self.problems.append(Problem(code, row.number, self.layout.header_of(name), value, level, params))


def _together(first: EstimateRow, second: EstimateRow) -> EstimateRow:
    """Two parts of one item: estimates and remaining work add up, and it is done when both are."""
    both_done = bool(first.is_done and second.is_done)
    days = [day for day in (first.done_on, second.done_on) if day is not None]
    return replace(
        first,
        rows=first.rows + second.rows,
        estimate=_sum(first.estimate, second.estimate),
        remaining=_sum(first.remaining, second.remaining),
        is_done=both_done if (first.is_done, second.is_done) != (None, None) else None,
        done_on=max(days) if both_done and days else None,
        planned_start_on=min(filter(None, (first.planned_start_on, second.planned_start_on)), default=None),
        planned_finish_on=max(filter(None, (first.planned_finish_on, second.planned_finish_on)), default=None),
    )


def _dates(layout: Layout) -> list[str]:
    return [text for name in ("done_on", "planned_start", "planned_finish") for text in layout.texts(name)]


def _plausible(minutes: Decimal) -> Decimal:
    if minutes < 0:
        raise CellRefused("negative_estimate")
    if minutes > MOST_MINUTES:
        raise CellRefused("estimate_too_large")
    return minutes


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return second if first is None else first if second is None else first + second


def _is_indented(layout: Layout) -> bool:
    """Whether blanks before the titles say how deep a row stands. One blank before one title is a slip."""
    if "parent_key" in layout or "group" in layout:
        return False
    indents = [layout.indent(row, "title") for row in layout.rows]
    return max(indents, default=0) > 1 or 3 * sum(map(bool, indents)) >= len(indents) > 0


def _has_dotted_keys(layout: Layout) -> bool:
    keys = layout.texts("key")
    return any("." in key for key in keys) and all(DOTTED.fullmatch(key) for key in keys)
