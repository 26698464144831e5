"""The whole bench with tiny sizes, as a person runs it: every row is there, and nothing is left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.management.bench.measurements import MEASUREMENTS
from tests.processes import house

pytestmark = pytest.mark.slow
TINY = {
    **{"rounds": 1, "callbacks": 40, "paced": 10, "strokes": 10, "cells": 40, "watchers": 9, "frames": 3, "pixels": 1},
    **{"sends": 6, "streams": 20, "idle": 1, "starts": 1, "small": 20, "large": 60, "views": 2},
}
ROWS = [
    *["`up` to the first page", "memory of all its processes"],
    *["preview of a key stroke", "p99", "of it the processor's", "of it the body"],
    *["plan of 40 cells", "40 cells laid in one transaction"],
    *["callbacks per second", "p99 at 100 a second"],
    *["frame in 9 streams", "frames lost or twice", "pixels changed in a browser"],
    *["20 idle streams", "threads more than without", "share of a core"],
    *["tasks per second", "reading the whole catalog"],
    *["at 60 tasks, the floor at 20: task list", "task page", "inbox"],
    "at 20 tasks, beside a team of 60: task list",
]


def left_of(place: Path) -> list[str]:
    """Files there, and processes that know it by their environment."""
    mark = str(place).encode()
    processes = [entry for entry in Path("/proc").glob("[0-9]*") if mark in environment_of(entry)]
    return [str(each) for each in [*place.iterdir(), *processes]]


def environment_of(process: Path) -> bytes:
    try:
        return process.joinpath("environ").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: Chromium puts a socket into it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def test_every_row_is_there_and_nothing_is_left(place: Path) -> None:
    with house(new=True, TMPDIR=str(place)) as studio:
        done = studio.run("manage.py", "bench", *(f"--{name}={size}" for name, size in TINY.items()), within=180)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert [row for row in ROWS if row not in done.stdout] == []
    assert [name for name in MEASUREMENTS if f"{name}:" not in done.stderr] == []
    assert left_of(place) == []
