"""Who waits for SQLite's one writer looks again soon, and no longer than it may."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from studio.sqlite import base

PATIENCE = 1.0  # seconds


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another process's connection, in the midst of a transaction that writes."""
    connection = sqlite3.connect(tmp_path / "one.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


@pytest.fixture
def ours(tmp_path: Path, other: sqlite3.Connection) -> Iterator[base.DatabaseWrapper]:
    options = {"transaction_mode": "IMMEDIATE", "timeout": PATIENCE}
    file = {"ENGINE": "studio.sqlite", "NAME": str(tmp_path / "one.sqlite3"), "OPTIONS": options}
    connection = ConnectionHandler({"default": file})["default"]
    assert isinstance(connection, base.DatabaseWrapper)
    connection.connection = connection.get_new_connection(connection.get_connection_params())
    yield connection
    connection.connection.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, in seconds; they take as long as they say."""
    made: list[float] = []
    sleep = time.sleep

    def note(seconds: float) -> None:
        made.append(seconds)
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", note)
    return made


def begin(connection: base.DatabaseWrapper) -> None:
    connection._start_transaction_under_autocommit()  # Django's name for it, called by `atomic`


def after(looks: int, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []

    def sleep(seconds: float) -> None:
        made.append(seconds)
        if len(made) == looks:
            act()

    monkeypatch.setattr(time, "sleep", sleep)
    return made


def patience_of(connection: base.DatabaseWrapper) -> float:
    return float(connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]) / 1000


def test_who_waits_for_a_writer_looks_again_within_a_millisecond(
    ours: base.DatabaseWrapper, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = after(8, lambda: other.execute("COMMIT"), monkeypatch)
    begin(ours)
    assert ours.connection.in_transaction
    assert len(made) == 8
    assert max(made) < 0.001
    assert patience_of(ours) == PATIENCE  # statements outside of a transaction wait as SQLite does


def test_a_long_wait_looks_ever_less_often_and_ends(
    ours: base.DatabaseWrapper, other: sqlite3.Connection, pauses: list[float]
) -> None:
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        begin(ours)
    assert PATIENCE <= time.monotonic() - began < PATIENCE * 5
    assert pauses == sorted(pauses)
    assert len(pauses) < 300  # two thousand looks in a second would be half a processor
    assert patience_of(ours) == PATIENCE
    other.execute("COMMIT")
    begin(ours)
    assert ours.connection.in_transaction


def test_what_is_no_wait_is_told_at_once(
    ours: base.DatabaseWrapper, other: sqlite3.Connection, pauses: list[float]
) -> None:
    other.execute("COMMIT")
    begin(ours)
    with pytest.raises(OperationalError, match="within a transaction"):
        begin(ours)
    assert pauses == []
