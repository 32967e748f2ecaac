"""A timesheet read without a database: what of it can be taken, what is amiss, what has to be asked."""

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass

from budget.timesheet_columns import COLUMNS
from budget.timesheet_formats import mapping_of, tool_of
from budget.timesheet_rows import StagedRow, TimesheetReader
from budget.timesheet_shapes import shape_of
from budget.timesheet_survey import Choices, Doubt, survey
from core.tabular.columns import Layout, known_names
from core.tabular.problems import Problem
from core.tabular.read import TableStream, open_table

TODAY = dt.date(2026, 8, 30)


@dataclass(frozen=True)
class Sheet:
    tool: str
    rows: tuple[StagedRow, ...]
    problems: tuple[Problem, ...]
    doubts: tuple[Doubt, ...]
    reader: TimesheetReader


def timesheet_of(
    content: str | bytes,
    choices: Choices | None = None,
    *,
    encoding: str = "",
    sheet: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Sheet:
    data = content.encode() if isinstance(content, str) else content

    def table() -> TableStream:
        return open_table(io.BytesIO(data), encoding=encoding, sheet=sheet, known_names=known_names(COLUMNS))

    stream = table()
    tool = tool_of(stream.header)
    names = {**mapping_of(stream.header), **(mapping or {})}
    layout = Layout(stream.header, names, stream.without_result, day_zero=stream.day_zero)
    shape = shape_of(stream.header, names)
    seen = survey(stream, layout, shape, tool, choices or Choices())
    reader = TimesheetReader(layout, shape, seen.settled, last_day=TODAY, project_key=1)
    for title in stream.titles:
        reader.log.add(title)
    rows = () if seen.doubts else tuple(reader.staged_rows(table().lines))
    return Sheet(tool, rows, tuple(reader.log.kept), seen.doubts, reader)


def said(sheet: Sheet) -> list[tuple[str, str, int, str, str, str]]:
    """Each row: person, day, minutes, work item, note, billable."""
    return [
        (
            sheet.reader.people.names[row.person].name,
            row.worked_on.isoformat(),
            row.minutes,
            "" if row.item is None else sheet.reader.items.names[row.item],
            row.note,
            row.billable,
        )
        for row in sheet.rows
    ]


def problems_of(sheet: Sheet) -> list[tuple[str, int, str]]:
    return [(problem.code, problem.row, problem.column) for problem in sheet.problems]
