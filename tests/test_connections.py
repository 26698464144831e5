"""A connection to PostgreSQL that the server has ended is noticed before a request asks anything over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db.utils import ConnectionHandler

from studio import environment
from studio.postgresql.base import DatabaseWrapper
from tests import postgresql
from tests.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture
def server() -> Iterator[psycopg.Connection[Any]]:
    with postgresql.server() as url, closing(psycopg.connect(url, autocommit=True)) as other:
        yield other


@pytest.fixture
def ours(server: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[DatabaseWrapper]:
    with postgresql.server() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        made = ConnectionHandler({"default": environment.env_database(tmp_path)})["default"]
    assert isinstance(made, DatabaseWrapper)
    made.connect()
    yield made
    made.close()


def number(ours: DatabaseWrapper) -> int:
    assert ours.connection
    return int(ours.connection.info.backend_pid)


def test_one_that_lives_is_not_asked(ours: DatabaseWrapper, server: psycopg.Connection[Any]) -> None:
    def asked() -> object:
        return server.execute("SELECT query_start FROM pg_stat_activity WHERE pid = %s", [number(ours)]).fetchone()

    assert ours.is_usable()
    before = asked()
    assert ours.is_usable()
    assert asked() == before


def test_one_that_was_idle_for_long_or_failed_is_asked(ours: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something on the way may have cut it without a word: nothing is there to be read, and nothing comes back."""
    assert ours.is_usable()
    ours.close()
    monkeypatch.setattr(DatabaseWrapper, "is_silent", lambda _self: True)
    assert ours.is_usable()  # within some seconds nobody can tell
    ours.errors_occurred = True
    assert not ours.is_usable()
    ours.errors_occurred = False
    monkeypatch.setattr("studio.postgresql.base.TRUSTED", 0)
    assert not ours.is_usable()


def test_one_that_the_server_ended_is_dead(ours: DatabaseWrapper, server: psycopg.Connection[Any]) -> None:
    assert ours.is_usable()
    server.execute("SELECT pg_terminate_backend(%s)", [number(ours)])
    eventually(lambda: not ours.is_usable())


def test_one_that_is_closed_is_dead(ours: DatabaseWrapper) -> None:
    assert ours.is_usable()
    assert ours.connection
    ours.connection.close()
    assert not ours.is_usable()


def test_one_with_something_to_hear_is_asked(ours: DatabaseWrapper, server: psycopg.Connection[Any]) -> None:
    """What is there to be read need not be an end."""
    assert ours.connection
    ours.connection.execute("LISTEN ring")
    ours.connection.commit()
    server.execute("NOTIFY ring")
    assert ours.is_usable()
