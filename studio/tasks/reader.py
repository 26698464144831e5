"""The one reader of a web process: it follows the event table and hands each event to whoever listens.

It has connections of its own: no ORM, no pool, and one thread however many people watch.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from django.conf import settings

from studio import listening
from studio.tasks.events import CHANNEL

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
logger = logging.getLogger(__name__)
AT_ONCE = 500  # events per query
GLANCE = 0.02  # seconds between two looks at SQLite's data version: some 10 ms from commit to browser, 1 % of a core
SAFETY = 1.0  # PostgreSQL is asked this often even when nothing rang
FAULT: type[Exception] = listening.driver().Error  # no ORM stands between


class Line(NamedTuple):
    """An event as live pages get it: numbers and words of ours, never what somebody typed."""

    id: int
    team: int
    task: int
    kind: str
    state: str
    progress: int | None
    only: int | None  # the one person who may see it, where there is one


class Source(Protocol):
    """A database to follow: `news` waits for events after that id, and brings none where it waited in vain. Each method
    may raise FAULT; then a new source is opened."""

    def query(self, sql: str, values: tuple[int, ...]) -> list[Any]: ...
    def news(self, after: int) -> list[Line]: ...
    def close(self) -> None: ...


class Sqlite:
    def __init__(self) -> None:
        self.connection = sqlite3.connect(settings.DATABASES["default"]["NAME"], check_same_thread=False)
        self.connection.execute("PRAGMA query_only = ON")
        self.version = self.look()

    def look(self) -> int:
        """Changes whenever another connection commits."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def query(self, sql: str, values: tuple[int, ...]) -> list[Any]:
        return self.connection.execute(sql, values).fetchall()

    def news(self, after: int) -> list[Line]:
        until, version = time.monotonic() + SAFETY, self.version
        while time.monotonic() < until and (version := self.look()) == self.version:
            time.sleep(GLANCE)
        self.version = version
        return read(self, after)

    def close(self) -> None:
        self.connection.close()


class Postgres:
    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def query(self, sql: str, values: tuple[int, ...]) -> list[Any]:
        return self.connection.execute(sql.replace("?", "%s").encode(), values).fetchall()

    def news(self, after: int) -> list[Line]:
        """As the rings tell them, which come in the order of the commits and so of the ids. A process of another
        version, which has not been replaced yet, may ring in another way, and then the table is read."""
        rings = listening.wait(self.connection, SAFETY)
        try:
            told = [Line(*json.loads(ring)) for ring in rings]
        except (TypeError, ValueError):
            told = []
        return [line for line in told if line.id > after] if told else read(self, after)

    def close(self) -> None:
        self.connection.close()


def source_to_follow() -> Source:
    return Postgres(listening.listen(CHANNEL)) if settings.POSTGRESQL else Sqlite()


def source_to_ask() -> Source:
    return Postgres(listening.connect()) if settings.POSTGRESQL else Sqlite()


COLUMNS = (
    "SELECT e.id, e.team_id, e.task_id, e.kind, e.state, e.progress, CASE WHEN t.private THEN t.person_id END "
    "FROM tasks_event e JOIN tasks_task t ON t.id = e.task_id"
)


def read(source: Source, after: int) -> list[Line]:
    rows = source.query(f"{COLUMNS} WHERE e.id > ? ORDER BY e.id LIMIT {AT_ONCE}", (after,))
    return [Line(*row) for row in rows]


def read_team(source: Source, team: int, after: int) -> list[Line]:
    rows = source.query(f"{COLUMNS} WHERE e.team_id = ? AND e.id > ? ORDER BY e.id LIMIT {AT_ONCE}", (team, after))
    return [Line(*row) for row in rows]


def bounds(source: Source) -> tuple[int, int]:
    """The ids of the oldest and the newest event; (1, 0) when there is none."""
    oldest, newest = source.query("SELECT min(id), max(id) FROM tasks_event", ())[0]
    return oldest or 1, newest or 0


def members(source: Source) -> set[tuple[int, int]]:
    """Who may follow which team now: pairs of person and team."""
    active = (
        "SELECT m.user_id, m.team_id FROM teams_membership m JOIN teams_user u ON u.id = m.user_id WHERE u.is_active"
    )
    return {(person, team) for person, team in source.query(active, ())}


class Reader(threading.Thread):
    """Calls `hand` with each batch of new events, in the order in which they were committed."""

    def __init__(self, hand: Callable[[list[Line]], None]) -> None:
        super().__init__(name="event reader", daemon=True)
        self.hand = hand
        self.ended = threading.Event()
        self.begun = threading.Event()  # from now on it hands over every event
        self.cursor: int | None = None
        self.looked_at = time.monotonic()

    @property
    def seen(self) -> int | None:
        """The last event it has handed over; None before its first look."""
        return self.cursor

    def age(self) -> float:
        """Seconds since it last asked the database whether there is news."""
        return time.monotonic() - self.looked_at

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                self.follow()
            except FAULT as fault:
                logger.warning("The event reader lost the database and tries again: %s", fault)
            except Exception:  # without a reader every page would stand still until the next start
                logger.exception("The event reader stumbled and tries again")
            self.ended.wait(SAFETY)

    def follow(self) -> None:
        source = source_to_follow()
        try:
            if self.cursor is None:
                self.cursor = bounds(source)[1]
            self.begun.set()
            lines = read(source, self.cursor)
            while not self.ended.is_set():
                self.looked_at = time.monotonic()
                if lines:
                    self.cursor = lines[-1].id
                    self.hand(lines)
                lines = read(source, self.cursor) if len(lines) >= AT_ONCE else source.news(self.cursor)
        finally:
            source.close()

    def end(self) -> None:
        self.ended.set()
        self.join(SAFETY * 2)


class Archive:
    """What a stream that comes back has missed; one connection for all of them, opened again when it dies."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.source: Source | None = None

    def bounds(self) -> tuple[int, int]:
        return self.ask(bounds)

    def read(self, team: int, after: int) -> list[Line]:
        return self.ask(lambda source: read_team(source, team, after))

    def members(self) -> set[tuple[int, int]]:
        return self.ask(members)

    def ask(self, question: Callable[[Source], T]) -> T:
        with self.lock:
            try:
                self.source = self.source or source_to_ask()
                return question(self.source)
            except FAULT:
                self.close()
                self.source = source_to_ask()
                return question(self.source)

    def close(self) -> None:
        if self.source:
            self.source.close()
            self.source = None
