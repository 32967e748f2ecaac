"""Earned value as tables: the indices of one day, and the figures of every day. Hours and shares as plain numbers."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from budget.earned_queries import EarnedPage
from budget.earned_value import Figure
from status.earned_indices import Cell, EarnedIndices, earned_indices

COST_FIELDS = {"etc": "to_complete", "eac": "at_completion", "vac": "variance", "tcpi_eac": "index"}
INDICES_HEAD = ("key", "name", "unit", "value", "undefined", "formula", "worked", "assumes", "finish_on", "money")
DAYS_HEAD = (
    "day", "planned_hours", "earned_hours", "actual_hours", "used_hours", "remaining_hours",
    "cost_variance_hours", "schedule_variance_hours", "cpi", "spi", "earned_schedule_days", "sv_t_days", "spi_t",
)  # fmt: skip
MONEY_HEAD = ("planned_amount", "earned_amount", "actual_amount")


def index_records(indices: EarnedIndices) -> Iterator[dict[str, Any]]:
    """Every index as the API and the file tell it: in hours, shares or days, and beside it in money."""
    for row in (*indices.standing, *indices.time):
        yield _record(row.key, str(row.words.name), str(row.words.formula), row.cell, row.money, row.words.assumes)
    for cost in indices.cost:
        for name, field in COST_FIELDS.items():
            cell, money = getattr(cost.cells, field), getattr(cost.money, field) if cost.money else None
            key, formula = f"{name}_{cost.forecast}", str(cost.words.formula) if name == "eac" else ""
            record = _record(key, str(cost.words.name), formula, cell, money, cost.words.assumes)
            yield record | ({"finish_on": cost.finish_on} if name == "eac" else {})
    for time in indices.finish:
        name, formula = str(time.words.name), str(time.words.formula)
        record = _record(f"ieac_{time.forecast}", name, formula, time.cell, None, time.words.assumes)
        yield record | {"finish_on": time.finish_on}


def _record(key: str, name: str, formula: str, cell: Cell, money: Cell | None, assumes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": name,
        "unit": cell.unit,
        "value": _value(cell),
        "undefined": cell.figure.undefined,
        "formula": formula,
        "worked": cell.worked,
        "assumes": str(assumes),
        "finish_on": None,
        "money": _value(money) if money else None,
    }


def _value(cell: Cell) -> Decimal | None:
    """Minutes as hours; money to the cent; everything else as it is, to four places."""
    value = cell.figure.value
    if value is None:
        return None
    if cell.unit == "hours":
        return (value / 60).quantize(Decimal("0.01"))
    return value.quantize(Decimal("0.01" if cell.unit == "money" else "0.0001"))


def indices_table(page: EarnedPage, *, with_money: bool) -> list[list[Any]]:
    """A head and a row for each index of the page's day; the head alone while nothing can be compared."""
    head = [name for name in INDICES_HEAD if with_money or name != "money"]
    if page.as_of is None:
        return [head]
    records = index_records(earned_indices(page, page.as_of, with_money=with_money))
    return [head, *([record[name] for name in head] for record in records)]


def days_table(page: EarnedPage, *, with_money: bool) -> list[list[Any]]:
    """A head and a row for each day on which something moved, up to the page's day."""
    rows: list[list[Any]] = [[*DAYS_HEAD, *(MONEY_HEAD if with_money else ())]]
    rows += [[record[name] for name in rows[0]] for record in day_records(page, with_money=with_money)]
    return rows


def day_records(page: EarnedPage, *, with_money: bool) -> Iterator[dict[str, Any]]:
    """What was planned, earned and used up to the end of each day, with the indices of that day."""
    for value in page.work.series:
        if page.as_of is None or value.on > page.as_of:
            return
        yield _day_record(page, value.on) | (_amounts(page, value.on) if with_money else {})


def _day_record(page: EarnedPage, on: dt.date) -> dict[str, Any]:
    now, values, schedule = page.work.at(on), page.work.values(on), page.work.schedule(on)
    return {
        "day": on,
        "planned_hours": _hours(values.planned_value),
        "earned_hours": _hours(values.earned_value),
        "actual_hours": _hours(values.actual_cost),
        "used_hours": (Decimal(now.used) / 60).quantize(Decimal("0.01")),
        "remaining_hours": (now.remaining / 60).quantize(Decimal("0.01")),
        "cost_variance_hours": _hours(values.cost_variance),
        "schedule_variance_hours": _hours(values.schedule_variance),
        "cpi": _exact(values.cost_performance_index),
        "spi": _exact(values.schedule_performance_index),
        "earned_schedule_days": _exact(schedule.earned_schedule),
        "sv_t_days": _exact(schedule.schedule_variance),
        "spi_t": _exact(schedule.schedule_performance_index),
    }


def _amounts(page: EarnedPage, on: dt.date) -> dict[str, Any]:
    money = page.work.money(on, page.planned_rate)
    figures = (money.planned_value, money.earned_value, money.actual_cost)
    return {
        name: None if figure.value is None else figure.value.quantize(Decimal("0.01"))
        for name, figure in zip(MONEY_HEAD, figures, strict=True)
    }


def _hours(figure: Figure) -> Decimal | None:
    return None if figure.value is None else (figure.value / 60).quantize(Decimal("0.01"))


def _exact(figure: Figure) -> Decimal | None:
    return None if figure.value is None else figure.value.quantize(Decimal("0.0001"))
