"""Database and broker of a run: who may use them, and what is left when the launcher dies."""

import os
import signal
import socket
from pathlib import Path

import psutil
import psycopg2
import pytest

from launch.data_dir import DataDir
from launch.postgres import Postgres
from launch.refusal import Refusal
from tests.launch.conftest import Launcher, all_gone


def test_a_second_start_on_the_same_data_says_where_the_first_is(launcher: Launcher) -> None:
    launcher.start_servers()
    assert launcher.refused("-m", "launch", "run") == f"Oversight is already running with the data in {launcher.data}."


def test_a_busy_port_is_named_with_the_way_out(launcher: Launcher) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", launcher.port))
        other.listen()
        said = launcher.refused("-m", "launch", "run")
    assert said == (
        f"Port {launcher.port} is in use by another program. Choose another one: make run PORT={launcher.port + 1}"
    )
    assert not (launcher.data / "postgres").exists()


def test_kill_9_leaves_nothing_and_the_next_start_works(launcher: Launcher) -> None:
    process = launcher.start_servers()
    family = launcher.family(process)
    assert {child.name() for child in family} == {"postgres", "valkey-server"}
    process.kill()
    process.wait()
    assert all_gone(family)
    launcher.start_servers()


def test_kill_9_of_the_database_is_survived(launcher: Launcher) -> None:
    process = launcher.start_servers()
    postmaster = next(child for child in psutil.Process(process.pid).children() if child.name() == "postgres")
    family = launcher.family(process)
    postmaster.kill()
    process.kill()
    process.wait()
    assert all_gone(family)
    launcher.start_servers()


def test_a_number_in_postmaster_pid_that_another_program_has_now_does_not_stop_a_start(launcher: Launcher) -> None:
    process = launcher.start_servers()
    pid_file = launcher.data / "postgres" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    family = launcher.family(process)
    process.kill()
    process.wait()
    assert all_gone(family)
    with psutil.Popen(["sleep", "60"], user="nobody" if os.geteuid() == 0 else None) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        launcher.start_servers()
        assert stranger.is_running()
        stranger.kill()


def test_secrets_are_for_their_owner_alone_and_the_app_role_owns_nothing(launcher: Launcher) -> None:
    launcher.start_servers()
    url = launcher.url
    assert (launcher.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
    connection.close()
    with pytest.raises(psycopg2.OperationalError, match=r"no password supplied|authentication failed"):
        psycopg2.connect(url.replace(url.partition("//")[2].partition("@")[0], "oversight_app"), passfile="/dev/null")


def test_sigint_to_the_supervisor_ends_the_database_with_a_clean_shutdown(launcher: Launcher) -> None:
    process = launcher.start_servers()
    family = launcher.family(process)
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert all_gone(family)
    assert "database system is shut down" in (launcher.data / "logs" / "postgres.log").read_text()


def test_data_of_another_major_version_are_left_alone_with_a_sentence(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(Refusal, match=r"are PostgreSQL 16's and this is PostgreSQL 18\. Move them"):
        Postgres(DataDir(tmp_path)).start([])
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]
