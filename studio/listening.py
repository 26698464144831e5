"""An ear of our own on PostgreSQL: a connection beside Django's that hears NOTIFY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:  # some megabytes, of which SQLite has no use
    import psycopg

DJANGO_ONLY = {"cursor_factory", "context", "prepare_threshold", "client_encoding"}


def driver() -> Any:
    """The module of the database's own driver, as Django has read it already."""
    return connections[DEFAULT_DB_ALIAS].Database  # type: ignore[attr-defined]


def connect() -> psycopg.Connection:
    """A new connection to the database that Django uses, in autocommit."""
    parameters = connections[DEFAULT_DB_ALIAS].get_connection_params()
    for name in DJANGO_ONLY & parameters.keys():
        del parameters[name]
    connection: psycopg.Connection = driver().connect(**parameters, autocommit=True)
    return connection


def listen(channel: str) -> psycopg.Connection:
    """A new connection that hears this channel; what was rung before it was open it has not heard."""
    connection = connect()
    connection.execute(f"LISTEN {channel}".encode())
    return connection


def wait(connection: psycopg.Connection, seconds: float) -> list[str]:
    """What the next NOTIFY says, and those that are there with it; nothing after that many seconds without one."""
    first = [ring.payload for ring in connection.notifies(timeout=seconds, stop_after=1)]
    return [*first, *(ring.payload for ring in connection.notifies(timeout=0))]
