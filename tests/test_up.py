"""`manage.py up`: one command, one link, no process left; and each thing that can go wrong is one sentence."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.core.management import call_command

from studio.management.commands.up import Studio
from studio.management.trouble import Trouble
from tests import plain
from tests.postgresql import free_port
from tests.processes import House, Program, eventually, house

pytestmark = pytest.mark.slow
LINK = r"http://\S+/sign-in/\S+/"
READY = r"Ctrl-C"


def up(studio: House, *more: str) -> tuple[Program, str]:
    port = free_port()
    program = studio.manage("up", "--port", str(port), *more)
    program.says(READY)
    return program, f"http://127.0.0.1:{port}"


def child(studio: House, word: str) -> int:
    """The first process of this studio whose command line holds that word."""

    def found() -> int | None:
        for process in studio.processes():
            try:
                if word in Path(f"/proc/{process}/cmdline").read_text():
                    return process
            except OSError:
                continue
        return None

    return eventually(found) or 0


KNOCK = """
from studio.teams.models import Connection
from studio.teams.sandbox_door import knock
from studio.teams.scope import across_teams
with across_teams():
    print(knock(Connection.objects.get(), "GET", "state")["speed"])
"""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_studio_starts_heals_stops_and_starts_again(kind: str) -> None:
    with house(kind, new=True) as studio:
        program, address = up(studio)
        link = program.says(LINK).group()
        assert len(re.findall(LINK, program.said)) == 1
        assert plain.get(link).status_code == 302
        assert studio.run("manage.py", "signin", "owner@studio.localhost").stdout.startswith(f"{address}/sign-in/")
        assert plain.get(link).status_code == 410
        assert plain.get(studio.environment["STUDIO_SANDBOX_URL"]).status_code == 200
        assert plain.get(studio.environment["STUDIO_SANDBOX_URL"] + "/_sandbox/state").status_code == 403
        assert studio.do(KNOCK) == "20.0"

        os.kill(child(studio, "uvicorn"), signal.SIGKILL)
        program.says(r"web ended \(SIGKILL\) and is started again")
        eventually(lambda: answers(address))

        os.kill(child(studio, "workers"), signal.SIGKILL)
        program.says(r"workers ended \(SIGKILL\) and is started again")
        studio.do(ring_and_wait(studio.folder / "rung"), within=40)
        studio.leave_console()

        os.kill(child(studio, "warden"), signal.SIGKILL)
        program.says("warden ended and is started again")

        assert program.stop(signal.SIGINT) < 5
        assert program.process.returncode == 0
        eventually(lambda: not studio.processes(), within=1, what="a process was left")

        program, address = up(studio, "--no-sandbox")
        assert studio.do("from studio.teams.models import User; print(User.objects.count())") == "1"
        studio.leave_console()
        program.process.kill()
        eventually(lambda: not studio.processes(), within=8, what="a killed `up` left processes")


def answers(address: str) -> bool:
    try:
        return plain.get(address, timeout=5).status_code < 500
    except httpx.HTTPError:
        return False


def ring_and_wait(mark: Path) -> str:
    return f"""
import pathlib, time
from django_q.tasks import async_task
mark = pathlib.Path(r'{mark}')
async_task('pathlib.Path.touch', mark)
until = time.monotonic() + 30
while not mark.exists():
    assert time.monotonic() < until, 'the workers do not work'
    time.sleep(0.05)
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_clock_that_ended_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.clock.TICK", 0.001)
    workers = SimpleNamespace(name="workers", process=None, ended=lambda: None, is_due=lambda: False)
    plan: Any = SimpleNamespace(children=lambda: [workers], verbose=False)
    warden: Any = SimpleNamespace(ended=lambda: False)
    program = Studio(plan, warden)
    monkeypatch.setattr(program, "tick", partial(sys.exit, "whatever it may be"))
    program.mend()
    first = program.time
    assert first
    first.join(10)
    assert not first.is_alive()
    monkeypatch.setattr(program, "tick", str)
    program.mend()
    assert program.time is not first
    assert program.time
    assert program.time.is_alive()
    program.ended.set()


def refusal(studio: House, *command: str) -> str:
    """The one sentence with which a command refuses to start."""
    done = studio.run("manage.py", *command)
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_a_taken_port_is_one_sentence() -> None:
    with house() as studio, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in refusal(studio, "up", "--port", str(port))


@pytest.mark.parametrize("port", ["0", "70000", "abc", "-1", "²"])
def test_a_number_that_is_no_port_is_one_sentence(port: str) -> None:
    with pytest.raises(Trouble, match=f"{port} is no port"):
        call_command("up", port=port)


@pytest.mark.parametrize("name", ["logs", "static", "up.lock/x", "studio.sqlite3/x"])
def test_something_in_the_way_inside_the_data_folder_is_one_sentence(name: str) -> None:
    with house(new="/" in name) as studio:
        path = studio.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("in the way")
        refusal(studio, "up", "--port", str(free_port()))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_text("a file where the folder should be")
    with house(new=True) as studio:
        studio.environment["STUDIO_DATA"] = str(in_the_way)
        assert "Set STUDIO_DATA to another one" in refusal(studio, "up", "--port", str(free_port()))
        del studio.environment["STUDIO_SECRET_KEY"]
        assert "Set STUDIO_DATA to another one" in refusal(studio, "up", "--port", str(free_port()))


def test_a_database_newer_than_the_code_is_one_sentence() -> None:
    with house(new=True) as studio:
        with sqlite3.connect(studio.folder / "studio.sqlite3") as database:
            database.execute(
                "CREATE TABLE django_migrations (id integer primary key, app text, name text, applied text)"
            )
            database.execute("INSERT INTO django_migrations VALUES (1, 'tasks', '0999_from_the_future', '2030-01-01')")
        database.close()
        assert "has tasks.0999_from_the_future" in refusal(studio, "up", "--port", str(free_port()))


def test_a_missing_secret_in_production_is_one_sentence() -> None:
    with house(new=True, STUDIO_PRODUCTION="1", STUDIO_PUBLIC_URL="https://studio.example.com") as studio:
        del studio.environment["STUDIO_SECRET_KEY"]
        assert "STUDIO_SECRET_KEY is not set" in refusal(studio, "up")


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    with house(new=True) as studio:
        studio.environment["DATABASE_URL"] = f"postgres://postgres@127.0.0.1:{free_port()}/studio"
        assert "The database does not answer" in refusal(studio, "up", "--port", str(free_port()))


def test_a_second_studio_on_the_same_folder_is_one_sentence() -> None:
    with house() as studio:
        up(studio, "--no-sandbox")
        assert "already runs on the data folder" in refusal(studio, "up", "--port", str(free_port()))
