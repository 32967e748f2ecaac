"""Real processes for the tests that need them: broker, web server, worker, beat, browser.

They are started with the very commands of ``make run``, see the test's ``fresh_database``, and end with the test.
"""

import importlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from celery import current_app
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings

from launch.children import Child, wait_until
from launch.data_dir import DataDir
from launch.ports import HOST, free_port
from launch.postgres import Urls
from launch.supervisor import serves, site
from launch.valkey import Valkey
from launch.valkey import answers as broker_answers

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Broker:
    """A broker that a test may stop and start again at the same address, with its queues kept."""

    valkey: Valkey
    children: list[Child] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.valkey.url

    def start(self) -> None:
        self.valkey.start(self.children)

    def stop(self) -> None:
        """As an orderly restart does."""
        for child in self.children:
            child.stop()
        self.children.clear()

    def kill(self) -> None:
        """As a power cut does."""
        for child in self.children:
            child.kill()
        self.children.clear()


@dataclass
class Process:
    """One of our processes, which a test may kill and start again."""

    child: Child
    is_ready: Callable[[], bool]
    url: str = ""

    def start(self, seconds: float = 30) -> None:
        self.child.start()
        if not wait_until(lambda: self.is_ready() or not self.child.is_running, seconds) or not self.child.is_running:
            raise AssertionError(f"the {self.child.name} did not start:\n{self.child.tail}")

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        self.child.kill()

    @property
    def output(self) -> str:
        return self.child.output


@dataclass(frozen=True)
class Site:
    """Where this test's pages are."""

    url: str


@pytest.fixture
def process_data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "processes")


@pytest.fixture
def broker(process_data: DataDir) -> Iterator[Broker]:
    """A broker of this test alone; this process rings it, too."""
    running = Broker(Valkey(process_data))
    before = current_app.conf.broker_url
    running.start()
    current_app.conf.broker_url = running.url
    try:
        yield running
    finally:
        current_app.conf.broker_url = before
        running.stop()


@pytest.fixture
def process_environment(fresh_database: Urls, broker: Broker) -> dict[str, str]:
    """For processes that see this test's database and broker, as the application's role alone."""
    environment = {**os.environ, **fresh_database.environment, "REDIS_URL": broker.url, "LOG_LEVEL": "INFO"}
    del environment["DATABASE_OWNER_URL"]
    return environment


@contextmanager
def _running(process: Process) -> Iterator[Process]:
    try:
        process.start()
        yield process
    finally:
        process.stop()


@pytest.fixture
def web_process(process_environment: dict[str, str], process_data: DataDir) -> Iterator[Process]:
    """The web server as it runs for users, for what depends on it: its limits, its death, mails by a worker."""
    port = free_port()
    web, _, _ = site({**process_environment, "SITE_URL": f"http://{HOST}:{port}"}, process_data, port)
    with _running(Process(web, lambda: serves(port), url=f"http://{HOST}:{port}")) as process:
        yield process


@pytest.fixture
def new_celery_worker(
    process_environment: dict[str, str], process_data: DataDir, broker: Broker
) -> Iterator[Callable[..., Process]]:
    """Starts a worker at each call, with more options if given; several share the work."""
    with ExitStack() as closing:

        def start(*options: str) -> Process:
            _, worker, _ = site(process_environment, process_data, 0)
            worker.command = [*worker.command, *options]
            worker.log = process_data.logs / f"worker-{os.urandom(3).hex()}.log"
            process = Process(worker, lambda: "ready." in worker.output)
            return closing.enter_context(_running(process))

        yield start


@pytest.fixture
def celery_worker(new_celery_worker: Callable[..., Process]) -> Process:
    return new_celery_worker()


@pytest.fixture
def celery_beat(process_environment: dict[str, str], process_data: DataDir, broker: Broker) -> Iterator[Process]:
    _, _, beat = site(process_environment, process_data, 0)
    with _running(Process(beat, lambda: broker_answers(broker.url))) as process:
        yield process


# ── Browser ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium. Without one its tests are skipped, or fail when REQUIRE_BROWSER=1."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        reason = "no Chromium on this machine: install it, or set CHROMIUM to its path"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright runs an event loop in this thread, and Django would take every query for one inside a coroutine.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def web_server(fresh_database: Urls, settings: Settings) -> Iterator[Site]:
    """The site in threads of this process: ready at once, where a server of its own takes seconds for each test."""
    server = ThreadedWSGIServer((HOST, 0), WSGIRequestHandler)
    # Not before: it looks once, when it is made, which static files there are, and the tests collect them first.
    server.set_app(importlib.import_module("oversight.wsgi").application)
    settings.SITE_URL = f"http://{HOST}:{server.server_port}"
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield Site(settings.SITE_URL)
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@pytest.fixture
def browser_context(chromium: Browser, web_server: Site) -> Iterator[BrowserContext]:
    """A browser that knows nothing yet, on this test's web server. Its relative addresses are the server's."""
    context = chromium.new_context(base_url=web_server.url)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    """An open tab that nobody is signed in to."""
    return browser_context.new_page()
