"""The tests of rows once more, on PostgreSQL, in a process of their own: Django knows one database for one run.

What touches no rows is left out there (`tests/conftest.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
# Where rows are written and asked for. The composer has none of its own: it is tried on SQLite alone.
PLACES = [
    "teams",
    "notices",
    "search",
    "finding",
    "files",
    "library",
    "ledger",
    "tasks",
    "assets",
    "batches",
    "health",
    "api",
    "test_migrations.py",
]


class Rows:
    """A run of these tests on the server at `url`."""

    def __init__(self, url: str) -> None:
        own = {
            name: value
            for name, value in os.environ.items()
            if name not in {"STUDIO_DATA", "STUDIO_TEST_DATA"} and not name.startswith("PYTEST_XDIST")
        }
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed with the run
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-m", "not browser and not slow"),
                *(str(HERE / place) for place in PLACES),
            ],
            env=own | {"DATABASE_URL": url, "STUDIO_TEST_DB": f"rows_{os.getpid()}"},
            cwd=HERE.parent,
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )

    def outcome(self) -> tuple[int, str]:
        """Wait for its end: the exit code, and what it said."""
        code = self.process.wait(900)
        self.said.seek(0)
        return code, self.said.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.said.close()
