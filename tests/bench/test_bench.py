"""The bench as a whole, on a data set of its own format that somebody gives it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from bench.dataset import Size, write_dataset
from bench.pages import PAGES, POST
from launch.bootstrap import PYTHON, ROOT

pytestmark = pytest.mark.long


def test_a_given_data_set_is_loaded_measured_and_written_down(tmp_path: Path) -> None:
    """Twenty projects and a hundred items in one of them are what the pages have to show."""
    write_dataset(tmp_path / "given", Size(projects=20, people=30, items=1500, entries=4000))
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment |= {"BENCH_DATA": str(tmp_path / "given"), "DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [str(PYTHON), "-m", "bench"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads((tmp_path / "data" / "bench.json").read_text())["given"]
    assert set(found["pages"]) == {page.name for page in (*PAGES, POST)}
    for timing in found["pages"].values():
        assert timing["ms"] > timing["floor_ms"] > 0
        assert timing["a_second"] > 0
        assert timing["cpu_app_ms"] > 0
    assert found["import_rows_a_second"] > 0
    assert found["bytes_an_entry"] > 100
