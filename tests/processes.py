"""For tests that start real processes: an environment and a database of their own, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from tests import migrated, postgresql

ROOT = Path(__file__).parent.parent
SECRET = "a-secret-key-for-processes-that-tests-start-only"
T = TypeVar("T")
CONSOLE = """
import contextlib, io, json, sys, traceback
import django
django.setup()
for line in sys.stdin:
    said, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
    except BaseException:
        fault = traceback.format_exc()
    print(json.dumps([said.getvalue(), fault]), flush=True)
"""


def eventually(question: Callable[[], T | None], within: float = 45.0, what: str | Callable[[], str] = "") -> T:
    """The first truthy answer; asks often, then less so, and fails after that many seconds."""
    began = time.monotonic()
    until = began + within
    while True:
        if answer := question():
            return answer
        assert time.monotonic() < until, (what() if callable(what) else what) or "it did not happen in time"
        time.sleep(min(0.25, 0.02 + (time.monotonic() - began) / 20))


class House:
    """One studio: a data folder, a database, and the processes that were started for it."""

    def __init__(self, folder: Path, database_url: str = "", **more: str) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))
        } | {
            "STUDIO_DATA": str(folder),
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "studio.settings",
            "STUDIO_SECRET_KEY": SECRET,
            "STUDIO_SANDBOX_URL": f"http://127.0.0.1:{postgresql.free_port()}",
            "PYTHONPATH": str(ROOT),
            **more,
        }
        self.programs: list[Program] = []
        self.console: subprocess.Popen[str] | None = None

    def start(self, *command: str) -> Program:
        program = Program(command, self.environment)
        self.programs.append(program)
        return program

    def manage(self, *arguments: str) -> Program:
        return self.start("manage.py", *arguments)

    def run(self, *command: str, within: float = 60) -> subprocess.CompletedProcess[str]:
        """Run to the end; stdout and stderr are kept."""
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=within
        )

    def do(self, code: str, within: float = 60) -> str:
        """Run Python inside this studio; what it prints. One process serves all calls: Django is slow to start."""
        if self.console is None:
            self.console = subprocess.Popen(
                [sys.executable, "-c", CONSOLE],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        assert self.console.stdin
        assert self.console.stdout
        alarm = threading.Timer(within, self.console.kill)
        alarm.start()
        self.console.stdin.write(json.dumps(code) + "\n")
        self.console.stdin.flush()
        answer = self.console.stdout.readline()
        alarm.cancel()
        assert answer, f"no answer within {within} s"
        said, fault = json.loads(answer)
        assert not fault, fault
        return str(said).strip()

    def leave_console(self) -> None:
        if self.console:
            self.console.kill()
            self.console.communicate()
            self.console = None

    def processes(self) -> list[int]:
        """Every live process of this studio, known by the data folder in its environment; the oldest first. Numbers of
        processes do not tell that: they begin anew after the last one."""
        mark = f"STUDIO_DATA={self.folder}\0".encode()
        found: list[tuple[int, int]] = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in entry.joinpath("environ").read_bytes() and entry.joinpath("cmdline").read_bytes():
                    born = entry.joinpath("stat").read_text().rpartition(")")[2].split()[19]
                    found.append((int(born), int(entry.name)))
            except OSError:
                continue
        return [process for _born, process in sorted(found)]

    def close(self) -> None:
        self.leave_console()
        for program in self.programs:
            program.kill()
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue


class Program:
    """A process and what it has said so far, stdout and stderr together."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        self.said = ""
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def says(self, pattern: str, within: float = 60) -> re.Match[str]:
        """Wait until that regular expression stands in what it has said."""

        def found() -> re.Match[str] | None:
            ended = self.process.poll()
            match = re.search(pattern, self.said)
            assert match or ended is None, f"ended with {ended} after saying: {self.said}"
            return match

        return eventually(found, within, f"{pattern!r} was not said: {self.said}")

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 10) -> float:
        """Signal it and wait for its end; the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(within)
        return time.monotonic() - began

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@contextmanager
def house(kind: str = "sqlite", *, new: bool = False, **more: str) -> Iterator[House]:
    """A studio of its own on that kind of database; all its processes are gone afterwards. A `new` one has nothing in
    its folder, the others have the tables already."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="studio-house-"))
        url = stack.enter_context(postgresql.database(new=new)) if kind == "postgresql" else ""
        if not (new or url or "DATABASE_URL" in more):
            migrated.lay(Path(folder))
        made = House(Path(folder), url, **more)
        stack.callback(made.close)
        yield made
