"""The real studio in its own processes, as `manage.py up` starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import migrated, plain
from tests.postgresql import free_port

HERE = Path(__file__).parent.parent
SECRET = "a-secret-of-the-sandboxes-of-tests"
SIGN_IN = re.compile(r"https?://\S+/sign-in/\S+")


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask again and again until it is so; a deadline, not a nap."""
    patience = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < patience, f"after {seconds} s still not: {what}"
        time.sleep(0.05)


@dataclass
class Studio:
    """A running studio: `url` for browsers, `sandbox` for the stand-in gateway's door, `said` what it printed."""

    process: subprocess.Popen[str]
    environment: dict[str, str]
    url: str
    sandbox: str
    said: list[str] = field(default_factory=list)

    def link(self) -> str:
        """The sign-in link printed at the start."""
        wait_until(lambda: bool(SIGN_IN.search("".join(self.said))), 60, f"a sign-in link in {self.said}")
        found = SIGN_IN.search("".join(self.said))
        assert found
        return found.group()

    def manage(self, *command: str) -> str:
        """What a management command prints, run beside this studio."""
        run = subprocess.run(
            [sys.executable, "manage.py", *command],
            env=self.environment,
            cwd=HERE,
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout

    def another_link(self) -> str:
        found = SIGN_IN.search(self.manage("signin", "owner@studio.localhost"))
        assert found
        return found.group()

    def door(self, path: str, **body: Any) -> Any:
        """Ask the sandbox's own door: POST where there is something to say, else GET."""
        address = f"{self.sandbox}/_sandbox/{path}"
        headers = {"X-Sandbox-Secret": SECRET}
        answer = plain.post(address, json=body, headers=headers) if body else plain.get(address, headers=headers)
        return answer.raise_for_status().json()

    def read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)


@contextmanager
def studio(data: Path, **environment: str) -> Iterator[Studio]:
    """Start everything on free ports with its data in this folder; stop it as Ctrl-C does."""
    migrated.lay(data)
    port, sandbox_port = free_port(), free_port()
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    own = {k: v for k, v in os.environ.items() if not k.startswith(("STUDIO_", "DJANGO_", "DATABASE_URL"))}
    environment = (
        own
        | {"STUDIO_DATA": str(data), "STUDIO_SANDBOX_URL": sandbox, "STUDIO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        | {"STUDIO_SANDBOX_SECRET": SECRET}
        | environment
    )
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        env=environment,
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Studio(process, environment, f"http://127.0.0.1:{port}", sandbox)
    threading.Thread(target=running.read, daemon=True).start()
    try:
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(10)
