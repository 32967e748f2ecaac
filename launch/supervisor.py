"""``make run``: all of Oversight on this machine, until Ctrl-C.

Started in the order database, broker, web, worker, beat and stopped in the opposite one, so that nothing loses what it
needs while it still works. When one of them ends by itself it is started again, and its last words are shown; only
while all is being started, or when it ends again and again, are the others stopped with it.
"""

import contextlib
import http.client
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg2

from launch.bootstrap import PYTHON, ROOT
from launch.children import Child, die_with_make, wait_until
from launch.data_dir import DataDir
from launch.fingerprint import STATIC_FILES, TABLES, fingerprint
from launch.ports import HOST, refuse_busy_port
from launch.postgres import Postgres, Urls, roles_on
from launch.refusal import Refusal
from launch.revival import Revival
from launch.valkey import Valkey, answers

LOOK_EVERY = 0.25
SERVER_ERROR = 500


class StopAsked(BaseException):
    """Ctrl-C or SIGTERM while starting or running. No ``except Exception`` may swallow it."""


class Supervisor:
    """One run on one data directory."""

    def __init__(self, data: DataDir, port: int) -> None:
        self.data = data
        self.port = port
        self.children: list[Child] = []
        self.postgres: Postgres | None = None
        self.urls: Urls | None = None
        self.broker_url = ""
        self.is_stopping = False

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def own_environment(self) -> dict[str, str]:
        """What only this run knows: no variable of the terminal changes it."""
        if self.urls is None:
            raise RuntimeError("the database has not been started")
        return {
            **self.urls.environment,
            "REDIS_URL": self.broker_url,
            "DATA_DIR": str(self.data.path),
            "DJANGO_SETTINGS_MODULE": "oversight.settings",
        }

    @property
    def environment(self) -> dict[str, str]:
        """All that Django's settings read."""
        defaults = {
            "SECRET_KEY": self.data.secret("secret key"),
            "OVERSIGHT_DEMO": "1",
            "DEMO_POST_KEY": self.data.secret("demo post key"),
            "SITE_URL": self.address,
            "LOG_LEVEL": "WARNING",
        }
        return {**defaults, **os.environ, **self.own_environment, "PYTHONUNBUFFERED": "1"}

    # ── The run ─────────────────────────────────────────────────────────────────────────────────────

    def run(self) -> int:
        try:
            with self.serving(self.prepare):
                self._say_ready()
                return self._watch()
        except StopAsked:
            return 0

    @contextmanager
    def serving(self, prepare: Callable[[], None]) -> Iterator[None]:
        """Everything, on data that ``prepare`` made once database and broker stood; stopped in order at the end."""
        with self.data.locked(), self._answering_signals():
            refuse_busy_port(self.port)
            try:
                self.start_servers()
                self.data.keep(
                    "running", {"address": self.address, "pid": os.getpid(), "environment": self.environment}
                )
                prepare()
                self._start_site()
                yield
            finally:
                self.stop()

    @contextmanager
    def servers(self) -> Iterator[dict[str, str]]:
        """Database and broker alone, for a command of ``manage.py`` while the site does not run."""
        with self.data.locked():
            try:
                self.start_servers()
                yield self.environment
            finally:
                self.stop(quietly=True)

    def start_servers(self) -> None:
        """The database and the broker: our own, or those of DATABASE_URL and REDIS_URL."""
        if os.environ.get("DATABASE_URL"):
            self.urls = roles_on(os.environ, self.data)
        else:
            self.postgres = Postgres(self.data)
            self.urls = self.postgres.start(self.children)
        if os.environ.get("REDIS_URL"):
            self.broker_url = os.environ["REDIS_URL"]
            if not answers(self.broker_url):
                raise Refusal("The Redis server of REDIS_URL does not answer.")
        else:
            valkey = Valkey(self.data)
            valkey.start(self.children)
            self.broker_url = valkey.url

    def prepare(self) -> None:
        """Tables, demo data and static files, each only when there is something new. Keeps a second start short."""
        self.prepare_with(self._load_demo)

    def prepare_with(self, load: Callable[[], None]) -> None:
        """The same with other first data: ``load`` fills a database in which there is nobody yet."""
        done = self.data.read("prepared") or {}
        tables = fingerprint(*TABLES)
        # Somebody else's server may have been emptied meanwhile: there the question costs its two seconds each time.
        if done.get("tables") != tables or os.environ.get("DATABASE_URL"):
            self.manage("Preparing the database", "migrate", "--verbosity=0")
            if self._has_no_users():
                load()
        statics = fingerprint(*STATIC_FILES)
        if done.get("statics") != statics:
            self.manage("Collecting static files", "collectstatic", "--noinput", "--clear", "--verbosity=0")
        self.data.keep("prepared", {"tables": tables, "statics": statics})

    def _load_demo(self) -> None:
        self.manage("Loading the demo", "load_demo")
        (self.data.path / "demo-accounts.txt").write_text(self.manage("", "demo_accounts"))

    def _has_no_users(self) -> bool:
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)")
                row = cursor.fetchone()
                return bool(row and row[0])
        finally:
            connection.close()

    def manage(self, title: str, *arguments: str) -> str:
        """Run a command of ``manage.py`` to its end and return what it printed."""
        return self.do(title, arguments[0], [str(PYTHON), str(ROOT / "manage.py"), *arguments])

    def do(self, title: str, name: str, command: list[str]) -> str:
        """Run a command in the site's environment to its end and return what it printed."""
        if title:
            print(f"{title} …", flush=True)
        child = Child(name, command, self.data.logs / f"{name}.log", self.environment, ROOT)
        self.start(child)
        while child.is_running:
            time.sleep(0.05)
        self.children.remove(child)
        if child.process is None or child.process.returncode != 0:
            raise Refusal(f"{name} failed:\n{child.tail}")
        return child.output

    def _start_site(self) -> None:
        web, worker, beat = site(self.environment, self.data, self.port)
        self.start(web)
        # The page first: all three load the same code, and nobody waits for the other two.
        if not wait_until(lambda: serves(self.port) or not web.is_running, seconds=60):
            raise Refusal(f"The web server did not answer. It says:\n{web.tail}")
        self.start(worker)
        self.start(beat)

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def _say_ready(self) -> None:
        self._refuse_dead()
        print(f"\nOversight is ready at {self.address}")
        print(f"or, by its name, at http://localhost:{self.port}")
        with contextlib.suppress(FileNotFoundError):
            print("\n" + (self.data.path / "demo-accounts.txt").read_text().rstrip())
        if self.environment["OVERSIGHT_DEMO"] == "1":
            print(f"\nMails that the demo does not send: {self.address}/post/{self.environment['DEMO_POST_KEY']}/")
        print(f"\nData and logs: {self.data.path}. Ctrl-C stops everything.", flush=True)

    def _watch(self) -> int:
        revivals = [self._revival_of(child) for child in self.children]
        while True:
            for revival in revivals:
                said = revival.look(time.monotonic())
                if revival.is_hopeless:
                    raise Refusal(
                        f"The {revival.child.name} ends again and again, so everything was stopped. "
                        f"Its last words:\n{revival.child.tail}"
                    )
                if said:
                    print(said, flush=True)
            time.sleep(LOOK_EVERY)

    def _revival_of(self, child: Child) -> Revival:
        """The database needs care after an end that it did not choose; all others only their command."""
        if self.postgres is not None and child is self.postgres.child:
            # What a database had started ends by itself; and after ``pg_ctl restart`` its group is long nobody's.
            return Revival(child, self.postgres.start_again, self.postgres.serves, end_rest=lambda: None)
        return Revival(child, child.start, lambda: child.is_running, end_rest=child.kill)

    def _dead(self) -> Child | None:
        return next((child for child in self.children if not child.is_running), None)

    def _refuse_dead(self) -> None:
        dead = self._dead()
        if dead is not None:
            raise Refusal(
                f"The {dead.name} ended unexpectedly, so everything was stopped. Its last words:\n{dead.tail}"
            )

    # ── The end ─────────────────────────────────────────────────────────────────────────────────────

    def stop(self, *, quietly: bool = False) -> None:
        """End what was started, last first."""
        self.is_stopping = True
        for child in reversed(self.children):
            if not quietly:
                print(f"Stopping {child.name} …", flush=True)
            child.stop()
        if self.postgres is not None:
            self.postgres.stop_what_took_its_place()
        self.children.clear()
        self.data.forget("running")

    @contextmanager
    def _answering_signals(self) -> Iterator[None]:
        def answer(number: int, frame: FrameType | None) -> None:
            if not self.is_stopping:
                self.is_stopping = True
                print(flush=True)
                raise StopAsked
            # Asked twice: whoever waits no longer wants order.
            for child in self.children:
                child.kill()

        die_with_make()
        earlier = {number: signal.signal(number, answer) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)


def site(environment: dict[str, str], data: DataDir, port: int) -> tuple[Child, Child, Child]:
    """Web server, worker and beat as in production, in the order in which they start."""
    module = [str(PYTHON), "-m"]
    celery = [*module, "celery", "--app", "oversight", "--quiet"]
    web = Child(
        name="web server",
        command=[
            *(*module, "gunicorn", "oversight.wsgi", f"--bind={HOST}:{port}", "--worker-class=gthread"),
            # One process with threads is enough here and half the memory; WEB_CONCURRENCY sets another number.
            *("--threads=8", "--preload", "--no-control-socket", "--graceful-timeout=5"),
        ],
        log=data.logs / "web.log",
        environment=environment,
        directory=ROOT,
        orphan=signal.SIGTERM,
    )
    worker = Child(
        name="worker",
        command=[
            *(*celery, "worker", "--concurrency=1", "--without-gossip", "--without-mingle"),
            *("--hostname=oversight@%h", f"--loglevel={environment.get('LOG_LEVEL', 'WARNING')}"),
        ],
        log=data.logs / "worker.log",
        environment=environment,
        directory=ROOT,
        grace=20.0,
    )
    beat = Child(
        name="beat",
        command=[*celery, "beat", "--pidfile=", "--loglevel=WARNING"],
        log=data.logs / "beat.log",
        environment=environment,
        directory=ROOT,
    )
    return web, worker, beat


def serves(port: int) -> bool:
    """Whether the site answers, and not with a fault of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status < SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reset(data: DataDir) -> None:
    """Remove the demo's data. Secrets and logs stay."""
    if os.environ.get("DATABASE_URL"):
        raise Refusal("demo-reset removes this machine's own demo data, never a database of DATABASE_URL.")
    with data.locked():
        shutil.rmtree((data.path / "postgres").resolve(), ignore_errors=True)
        (data.path / "postgres").unlink(missing_ok=True)
        for folder in ("valkey", "files", "post"):
            shutil.rmtree(data.path / folder, ignore_errors=True)
        data.forget("prepared")
    print(f"The demo's data in {data.path} are gone. The next make run loads it afresh.", file=sys.stdout)
