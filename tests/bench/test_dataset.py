"""The data set of the bench: what its files promise, and that it is the same each time."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pytest

from bench.dataset import COLUMNS, IMPORTED_ROWS, Size, write_dataset

TINY = Size(projects=6, people=12, items=240, entries=3000)
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    folder = tmp_path_factory.mktemp("dataset")
    write_dataset(folder, TINY)
    found = {}
    for name in COLUMNS:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


def digest_of(folder: Path) -> str:
    return hashlib.sha256(b"".join((folder / f"{name}.csv").read_bytes() for name in sorted(COLUMNS))).hexdigest()


def test_the_same_seed_writes_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_dataset(tmp_path / name, TINY, seed)
    assert digest_of(tmp_path / "one") == digest_of(tmp_path / "again") != digest_of(tmp_path / "other")


def test_each_file_has_its_columns_and_as_many_rows_as_the_size_says(tables: dict[str, Rows]) -> None:
    assert {name: list(rows[0]) for name, rows in tables.items()} == {
        name: names.split() for name, names in COLUMNS.items()
    }
    counts = {name: len(rows) for name, rows in tables.items()}
    assert (counts["projects"], counts["people"], counts["work_items"], counts["time_entries"]) == (6, 12, 240, 3000)
    assert (counts["milestones"], counts["import10k"]) == (30, IMPORTED_ROWS)


def test_every_reference_leads_to_a_row_of_the_same_project(tables: dict[str, Rows]) -> None:
    items = {row["id"]: row for row in tables["work_items"]}
    members = {(row["project_id"], row["person_id"]) for row in tables["memberships"]}
    for row in items.values():
        if row["parent_id"]:
            assert int(row["parent_id"]) < int(row["id"])
            parent = items[row["parent_id"]]
            assert (parent["project_id"], parent["parent_id"], parent["estimate_hours"]) == (row["project_id"], "", "")
    for entry in tables["time_entries"]:
        assert items[entry["work_item_id"]]["project_id"] == entry["project_id"]
        assert (entry["project_id"], entry["person_id"]) in members


def test_hours_arrive_in_order_in_quarters_and_inside_the_project(tables: dict[str, Rows]) -> None:
    spans = {row["id"]: (row["start_date"], row["end_date"]) for row in tables["projects"]}
    days = [entry["spent_on"] for entry in tables["time_entries"]]
    assert days == sorted(days)
    for entry in tables["time_entries"]:
        first, last = spans[entry["project_id"]]
        assert first <= entry["spent_on"] <= last
        assert float(entry["hours"]) * 4 % 1 == 0


def test_a_months_sheet_belongs_to_the_project_with_most_items(tables: dict[str, Rows]) -> None:
    largest, _count = Counter(row["project_id"] for row in tables["work_items"]).most_common(1)[0]
    name = next(row["name"] for row in tables["projects"] if row["id"] == largest)
    assert {row["project"] for row in tables["import10k"]} == {name}
