"""How a timesheet was read, kept with its batch for as long as its rows are staged.

Reading depends on the file and on how it is to be read, on nothing else. So what was staged serves every later look,
until somebody changes how the file is read, or a crash or its age empties the stage: then the file is read again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import IO, Any, Final

from django.utils import timezone

from budget.models import StagedEntry
from budget.time_staging import forget_staged, stage
from budget.timesheet_columns import COLUMNS
from budget.timesheet_formats import mapping_of, tool_of
from budget.timesheet_rows import TimesheetReader
from budget.timesheet_shapes import shape_of
from budget.timesheet_survey import Choices, Doubt, survey
from core.progress import Meter
from core.tabular.columns import Layout, known_names
from core.tabular.problems import Problem, Unreadable
from core.tabular.read import TableStream, open_table
from projects.import_files import LIMITS
from projects.models import ImportBatch

# Raised whenever the same file would be read otherwise than before.
READER_VERSION: Final = 2
READING_OPTIONS: Final = (
    *("encoding", "sheet", "mapping", "date_order", "decimal_mark", "unit"),
    *("only_project", "one_person"),
)
# It is already tomorrow in Kiribati: only what has begun nowhere on Earth lies in the future.
AHEAD_OF_UTC: Final = dt.timedelta(hours=14)


@dataclass(frozen=True)
class Reading:
    """What reading gave. Either ``doubts`` or staged rows; ``codes`` and ``wrong`` speak of the rows that were not."""

    header: tuple[str, ...]
    sheets: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    mapping: Mapping[str, str]
    tool: str
    doubts: tuple[Doubt, ...] = ()
    stamp: str = ""
    rows: int = 0
    staged: int = 0
    wrong: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "doubts"}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Reading":
        lists = {"header": tuple(data["header"]), "sheets": tuple(data["sheets"])}
        return cls(**{**data, **lists, "sample": tuple(map(tuple, data["sample"]))})


def kept_reading(batch: ImportBatch) -> Reading | None:
    """The last reading, if it read the file as it is to be read now and its rows are all still there."""
    if not batch.reading or batch.reading["stamp"] != _stamp(batch):
        return None
    reading = Reading.from_json(batch.reading)
    return reading if StagedEntry.objects.filter(batch=batch).count() == reading.staged else None


def read_anew(batch: ImportBatch, file: IO[bytes], meter: Meter) -> tuple[Reading, list[Problem]]:
    """Read the file and put its rows in place of those that were staged; whoever saves the batch keeps the reading."""
    forget_staged(batch)
    batch.reading = {}
    meter.begin("looking")
    stream = _table(batch, file)
    tool = tool_of(stream.header)
    mapping = {**mapping_of(stream.header), **batch.options.get("mapping", {})}
    layout = Layout(stream.header, mapping, stream.without_result, day_zero=stream.day_zero)
    shape = shape_of(stream.header, mapping)
    seen = survey(stream, layout, shape, tool, Choices.from_options(batch.options))
    reading = Reading(stream.header, stream.sheets, seen.sample, mapping, tool, seen.doubts)
    if seen.doubts:
        return reading, []
    meter.begin("reading", seen.rows)
    last_day = (timezone.now() + AHEAD_OF_UTC).astimezone(dt.UTC).date()
    reader = TimesheetReader(layout, shape, seen.settled, last_day=last_day, project_key=batch.project_id)
    for title in stream.titles:
        reader.log.add(title)
    with _columns_said(reading):
        stage(batch, reader, _table(batch, file).lines, meter)
    reading = replace(
        reading,
        stamp=_stamp(batch),
        rows=reader.rows,
        staged=reader.staged,
        wrong=reader.wrong,
        codes=dict(reader.log.codes),
    )
    batch.reading = reading.as_json()
    return reading, reader.log.kept


@contextmanager
def _columns_said(reading: Reading) -> Iterator[None]:
    """A refusal that asks for other columns says which there are."""
    try:
        yield
    except Unreadable as refused:
        if refused.asks == "columns":
            refused.header, refused.sample, refused.mapping = reading.header, reading.sample, reading.mapping
        raise


def _table(batch: ImportBatch, file: IO[bytes]) -> TableStream:
    return open_table(
        file,
        encoding=batch.options.get("encoding", ""),
        sheet=batch.options.get("sheet", ""),
        known_names=known_names(COLUMNS),
        limits=LIMITS[ImportBatch.Kind.TIME_ENTRIES],
    )


def _stamp(batch: ImportBatch) -> str:
    """What the staged rows are made of: this very file, read in this very way."""
    options = {name: batch.options[name] for name in READING_OPTIONS if batch.options.get(name)}
    said = json.dumps([READER_VERSION, batch.project_id, batch.sha256, options], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
