"""One size of data from nothing to its figures: load, start the site and the floor beside it, measure, stop."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg2

from bench import floor
from bench.client import Connection, Request, sign_in
from bench.dataset import SIZES, write_dataset
from bench.pages import PAGES, POST, READERS, Measured, post_request
from bench.processes import largest_mb
from bench.timing import Processes, Timing, throughput, time_in_turns
from launch.bootstrap import PYTHON, ROOT
from launch.children import Child, wait_until
from launch.data_dir import DataDir
from launch.ports import HOST, answers, free_port
from launch.refusal import Refusal
from launch.supervisor import Supervisor, reset

FLOOR_KEY: Final = 4711
SECONDS_TO_JUDGE: Final = 600
SIZE_OF_ENTRIES: Final = """
    SELECT sum(pg_total_relation_size(name::regclass))
    FROM unnest(ARRAY['budget_timeentry', 'budget_itemburn', 'budget_dayburn', 'budget_personweekburn']) AS name
"""


class Run:
    """A run on ``size``; ``given`` is a folder with a data set of the same columns, used instead of our own."""

    def __init__(self, folder: Path, size: str, given: Path | None) -> None:
        self.data = DataDir(folder / size)
        self.size, self.given = size, given
        self.site = Supervisor(self.data, free_port())
        self.floor_port = free_port()

    def forget(self) -> None:
        """Begin from nothing, as each run should: the whole cluster goes, no guard is switched off."""
        reset(self.data)
        self.data.forget("loaded")

    def measure(self) -> dict[str, Any]:
        os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
        with self.site.serving(lambda: self.site.prepare_with(self._load)):
            known = self.data.read("loaded")
            self._wait_for_the_judge()
            owner, app = (self.site.environment[name] for name in ("DATABASE_OWNER_URL", "DATABASE_URL"))
            floor.make_tables(owner, app)
            rows, seconds = floor.copy_entries(owner)
            with self._floor_server(app):
                found = self._measure_all(known)
            return {
                **found,
                "copy_rows_a_second": rows / seconds,
                "import_rows_a_second": known["entries"] / known["seconds"],
                "month_rows_a_second": known["month_rows"] / known["month_seconds"],
                "import_mb": known["peak_mb"],
                "web_mb": largest_mb(self._pid("web server")),
                "bytes_an_entry": float(self._one(SIZE_OF_ENTRIES))
                / self._one("SELECT count(*) FROM budget_timeentry"),
            }

    # ── Before ──────────────────────────────────────────────────────────────────────────────────────
    def _load(self) -> None:
        folder = self.given or self.data.path / "dataset"
        if self.given is None:
            print(f"Writing the {self.size} data set …", flush=True)
            write_dataset(folder, SIZES[self.size])
        told = self.site.do(
            "Loading it through the imports", "load", [str(PYTHON), "-m", "bench.load", str(folder), *self._room()]
        )
        self.data.keep("loaded", json.loads(told.strip().splitlines()[-1]))

    def _room(self) -> list[str]:
        """A place for the files that the loading makes of those that were given."""
        room = self.data.path / "timesheets"
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir()
        return [str(room)]

    def _wait_for_the_judge(self) -> None:
        """Every change judged and the tables tidied, so that nothing else works while pages are measured."""
        print("Waiting for the worker to judge what was loaded …", flush=True)
        if not wait_until(lambda: not self._one("SELECT count(*) FROM alerts_mark"), SECONDS_TO_JUDGE, pause=0.5):
            raise Refusal(f"The worker has not judged everything within {SECONDS_TO_JUDGE} s.")
        connection = psycopg2.connect(self.site.environment["DATABASE_OWNER_URL"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        connection.close()

    @contextmanager
    def _floor_server(self, app_url: str) -> Iterator[None]:
        command = [str(PYTHON), "-m", "gunicorn", "bench.floor_site", f"--bind={HOST}:{self.floor_port}"]
        child = Child(
            name="floor",
            command=[*command, "--worker-class=gthread", "--threads=8", "--no-control-socket"],
            log=self.data.logs / "floor.log",
            environment={**os.environ, "FLOOR_DATABASE_URL": app_url},
            directory=ROOT,
        )
        self.site.start(child)
        try:
            if not wait_until(lambda: answers(self.floor_port) or not child.is_running, 30) or not child.is_running:
                raise Refusal(f"The floor did not start. It says:\n{child.tail}")
            yield
        finally:
            self.site.children.remove(child)
            child.stop()

    # ── Measuring ───────────────────────────────────────────────────────────────────────────────────
    def _measure_all(self, known: dict[str, Any]) -> dict[str, Any]:
        port, load = self.site.port, psutil.getloadavg()[0]
        cookies = {reader: sign_in(port, reader, known["password"]) for reader in READERS}
        read = Request(self.floor_port, f"/item/{FLOOR_KEY}/")
        pages: dict[str, Any] = {}
        for page in PAGES:
            request = page.request(port, known, cookies)
            self._look_at(page, request)
            pages[page.name] = self._timed(page.name, request, read)
        sent = post_request(port, known)
        insert = replace(sent, port=self.floor_port, path=f"/entry/{FLOOR_KEY}/")
        pages[POST.name] = self._timed(POST.name, sent, insert)
        return {"pages": pages, "load": load}

    def _look_at(self, page: Measured, request: Request) -> None:
        """A page that does not show what it should is not worth measuring."""
        connection = Connection(request.port)
        answer = connection.ask(request)
        connection.close()
        rows = answer.text.count(page.row.encode()) if page.row else 0
        if answer.status != request.expected or rows < page.rows:
            raise Refusal(f"The page “{page.name}” answered {answer.status} with {rows} rows instead of {page.rows}.")

    def _timed(self, name: str, page: Request, floor_of_it: Request) -> Timing:
        processes = Processes(*(self._pid(child) for child in ("web server", "floor", "database")))
        timing = replace(time_in_turns(page, floor_of_it, processes), a_second=throughput(page))
        print(f"  {name:<28}{timing.ms:8.1f} ms  {timing.times_floor:6.1f} × floor", flush=True)
        return timing

    def _pid(self, name: str) -> int:
        child = next(child for child in self.site.children if child.name == name)
        return child.process.pid if child.process else 0

    def _one(self, statement: str) -> Any:
        connection = psycopg2.connect(self.site.environment["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            (value,) = cursor.fetchone()
        connection.close()
        return value
