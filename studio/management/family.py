"""The processes that `up` started: each in a session of its own, started again when it dies, never left behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

LOG_BYTES = 1_000_000
GRACE = 4.0  # seconds between "please stop" and SIGKILL
STEADY = 60.0  # a child that lived so long starts again at once
SLOWEST = 30.0  # seconds of the longest pause before another start


class Child:
    """One program. `start` may be called again when it ended; whatever its last run left behind is killed first."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: logging.Logger) -> None:
        self.name, self.command, self.environment, self.log = name, command, environment, log
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.deaths = 0
        self.start_at = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the command is ours
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout  # noqa: S101
        threading.Thread(target=copy, args=(self.process.stdout, self.log), daemon=True).start()

    @property
    def group(self) -> int:
        return self.process.pid if self.process else 0

    def ended(self) -> int | None:
        """The exit code of a run that just ended, once; after that the child waits for its next start."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.kill()
        lived = time.monotonic() - self.started_at
        self.deaths = 0 if lived > STEADY else self.deaths + 1
        self.start_at = time.monotonic() + min(SLOWEST, 0.2 * 2**self.deaths if self.deaths else 0)
        return code

    def wait(self, seconds: float) -> None:
        """Not to be started before so many seconds have passed, unless it runs."""
        self.start_at = time.monotonic() + seconds

    def is_due(self) -> bool:
        return self.process is None and time.monotonic() >= self.start_at

    def ask_to_stop(self) -> None:
        # Only the first process: it stops its own children in good order.
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process:
            kill_group(self.process.pid)
            self.process.wait()
            self.process = None


class Warden:
    """A small process that outlives `up` by some seconds: when `up` is killed, it ends every group that is left.

    Its input is a pipe from `up`; the end of that pipe is the end of `up`, on every system and for whatever reason.
    """

    def __init__(self, lock: int) -> None:
        self.lock = lock
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-S", str(Path(__file__).with_name("warden.py"))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[self.lock],  # the data folder stays locked until nothing runs any more
        )

    def ended(self) -> bool:
        return self.process.poll() is not None

    def guard(self, groups: list[int]) -> None:
        assert self.process.stdin  # noqa: S101
        with suppress(BrokenPipeError):  # somebody killed it; `up` will see and start another
            self.process.stdin.write(" ".join(map(str, groups)).encode() + b"\n")
            self.process.stdin.flush()

    def dismiss(self) -> None:
        """Nothing is left to guard."""
        self.guard([])
        assert self.process.stdin  # noqa: S101
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()


def copy(output: IO[bytes], log: logging.Logger) -> None:
    for line in output:
        log.info(line.decode(errors="replace").rstrip())


def kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nobody is left in it
        os.killpg(group, signal.SIGKILL)


def stop(children: list[Child]) -> None:
    """Stop all within some four seconds; afterwards no process of theirs is left."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + GRACE
    while time.monotonic() < until and any(c.process and c.process.poll() is None for c in children):
        time.sleep(0.05)
    for child in children:
        child.kill()


def log_to(path: Path | None, name: str) -> logging.Logger:
    """A log of bounded size; without a path it goes to stderr, each line with the name before it."""
    log = logging.getLogger(f"up.{name}")
    log.propagate, log.handlers = False, []
    log.setLevel(logging.INFO)
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s" if path else f"{name:8} %(message)s"))
    log.addHandler(handler)
    return log
