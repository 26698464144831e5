"""New and changed rows, written in the same words each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, connections, models
from django.db.backends.utils import CursorWrapper

from studio.teams.statements.reading import (
    KEY,
    Field,
    Question,
    Value,
    keeping,
    places,
    quoted,
    told,
    unwaited,
)

PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)
AS_THEY_ARE = {str, int, bool}
NUMBERS = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
NUMBERS_OF_SQLITE = """
    WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < %s)
    SELECT place + coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0) FROM places
"""


class Writing(NamedTuple):
    """`plain` says of each field whether texts, numbers and truths of it are written as they are."""

    sql: str
    fields: tuple[Field, ...]
    plain: tuple[bool, ...]


class Insert(NamedTuple):
    """New rows of one model, what rings for each of them in PostgreSQL, and the lock that is taken there before.
    Numbered ones have their ids already, of `numbers`."""

    rows: Sequence[models.Model]
    rings: str
    lock: int | None
    numbered: bool

    def execute(self, cursor: CursorWrapper) -> None:
        if self.lock is not None and connection.vendor == "postgresql":
            with connection.cursor() as first:
                first.execute("SELECT pg_advisory_xact_lock(%s)", [self.lock])
        writing = inserting(type(self.rows[0]), len(self.rows), self.rings, self.numbered)
        cursor.execute(writing.sql, [value for row in self.rows for value in prepared(row, writing, new=True)])

    def take_numbers(self, cursor: CursorWrapper) -> None:
        found = sorted(line[0] for line in cursor.fetchall())  # numbered in their order, told in any
        for row, number in zip(self.rows, found, strict=True):
            row.pk = number
            row._state.adding, row._state.db = False, connection.alias


@dataclass(frozen=True)
class Noted:
    """What is written at the end of `together`: rows by what changed of them, whatever else, and new ones that have
    their ids or need a lock."""

    changed: dict[tuple[type[models.Model], tuple[str, ...]], dict[int, models.Model]] = field(default_factory=dict)
    more: list[tuple[str, Sequence[Value]]] = field(default_factory=list)
    new: list[Insert] = field(default_factory=list)


_noted: ContextVar[Noted | None] = ContextVar("noted", default=None)  # inside `together`


def insert(row: models.Model) -> None:
    """Insert a new row, as `insert_all` does."""
    insert_all([row])


def insert_all(new: Sequence[models.Model], *, rings: str = "", lock: int | None = None) -> None:
    """Insert new rows of one model, which have their ids afterwards, in this order. Takes the place of `save` where
    nobody listens to signals. In PostgreSQL `rings`, an expression of the row's columns, is evaluated for each, and the
    advisory lock of this number is taken first, until the commit. Inside `together` what needs no answer waits for its
    end: rows under a lock, and those that have their ids already."""
    if not new:
        return
    insert = Insert(new, rings, lock, numbered=new[0].pk is not None)
    if (insert.numbered or lock is not None) and (noted := _noted.get()) is not None:
        noted.new.append(insert)
        return
    with keeping() as cursor:
        with unwaited() if lock is not None else nullcontext():
            insert.execute(cursor)
        insert.take_numbers(cursor)


def write(sql: str, *values: Value) -> None:
    """Execute a statement of which nothing is to be known afterwards."""
    if (noted := _noted.get()) is not None:
        noted.more.append((sql, values))
        return
    with keeping() as cursor:
        cursor.execute(sql, told(values))


def update(row: models.Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row. Raises `DatabaseError` when the row is gone, as `save` does."""
    if (noted := _noted.get()) is not None:
        noted.changed.setdefault((type(row), names), {})[row.pk] = row
        return
    with keeping() as cursor:
        execute_update(cursor, [row], names)
        require_all(cursor, [row])


def execute_update(cursor: CursorWrapper, rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """Write these fields of rows of one model. Several of them are one statement in PostgreSQL, of the same text for
    any number: there each statement costs more than what it changes."""
    several = len(rows) > 1 and connection.vendor == "postgresql"
    writing = (updating_several if several else updating)(type(rows[0]), names)
    values = [[*prepared(row, writing, new=False), row.pk] for row in rows]
    if several:
        cursor.execute(writing.sql, [list(column) for column in zip(*values, strict=True)])
    elif len(rows) > 1:
        cursor.executemany(writing.sql, values)
    else:
        cursor.execute(writing.sql, values[0])


def require_all(cursor: CursorWrapper, rows: Sequence[models.Model]) -> None:
    if cursor.rowcount != len(rows):
        raise DatabaseError(f"{type(rows[0]).__name__}: one of {[row.pk for row in rows]} is gone")


@contextmanager
def together() -> Iterator[None]:
    """Inside, `update` and `write` note what is to be written; it is written when this ends, as the rows are then, and
    after it what is inserted under a lock or with its ids. What is asked inside does not see it."""
    noted = Noted()
    token = _noted.set(noted)
    try:
        yield
    finally:
        _noted.reset(token)
    changed = [([*rows.values()], names, connection.cursor()) for (_, names), rows in noted.changed.items()]
    more = [(sql, values, connection.cursor()) for sql, values in noted.more]
    new = [(insert, connection.cursor()) for insert in noted.new]
    with unwaited():
        for rows, names, cursor in changed:
            execute_update(cursor, rows, names)
        for sql, values, cursor in more:
            cursor.execute(sql, told(values))
        for insert, cursor in new:
            insert.execute(cursor)
    for rows, _names, cursor in changed:
        require_all(cursor, rows)
    for insert, cursor in new:
        insert.take_numbers(cursor)


def numbers(model: type[models.Model], count: int) -> Question[int]:
    """Asks for ids of rows to come, so that others can name them before they are inserted. In SQLite they are this
    transaction's, which writes alone; in PostgreSQL nobody else ever gets them."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return Question(NUMBERS, [table, KEY, count], itemgetter(0))
    return Question(NUMBERS_OF_SQLITE, [count, table], itemgetter(0))


@cache
def inserting(model: type[models.Model], count: int, rings: str, numbered: bool) -> Writing:
    fields = tuple(field for field in model._meta.concrete_fields if numbered or not field.primary_key)
    columns, row = ", ".join(quoted(field.column) for field in fields), f"({places(fields)})"
    table, asked = quoted(model._meta.db_table), quoted(KEY)
    if rings and connection.vendor == "postgresql":
        asked += f", {rings}"
    several = ", ".join([row] * count)
    return Writing(f"INSERT INTO {table} ({columns}) VALUES {several} RETURNING {asked}", fields, are_plain(fields))  # noqa: S608


@cache
def updating(model: type[models.Model], names: tuple[str, ...]) -> Writing:
    fields = changed_fields(model, names)
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    table, key = quoted(model._meta.db_table), quoted(KEY)
    return Writing(f"UPDATE {table} SET {columns} WHERE {key} = %s", fields, are_plain(fields))  # noqa: S608


@cache
def updating_several(model: type[models.Model], names: tuple[str, ...]) -> Writing:
    """Takes an array for each field and one of the keys."""
    fields = changed_fields(model, names)
    columns = ", ".join(f"{quoted(field.column)} = new.{quoted(field.column)}" for field in fields)
    told = [(quoted(field.column), bare(str(field.rel_db_type(connection)))) for field in (*fields, model._meta.pk)]
    new = f"unnest({', '.join(f'%s::{kind}[]' for _, kind in told)}) AS new ({', '.join(name for name, _ in told)})"
    table, key = quoted(model._meta.db_table), quoted(KEY)
    sql = f"UPDATE {table} SET {columns} FROM {new} WHERE {table}.{key} = new.{key}"  # noqa: S608
    return Writing(sql, fields, are_plain(fields))


def bare(kind: str) -> str:
    """Without a length: to cast to `varchar(10)` would cut a longer text, which the column itself refuses."""
    return kind.partition("(")[0]


def changed_fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[Field, ...]:
    fields = tuple(field for field in model._meta.concrete_fields if field.name in names)
    if len(fields) != len(names):
        raise ValueError(f"{model.__name__} has not all of the columns {', '.join(names)}")
    return fields


def prepared(row: models.Model, writing: Writing, *, new: bool) -> list[Any]:
    database = connections[connection.alias]  # itself: what stands for it costs more than it is asked for
    made = []
    for column, plain in zip(writing.fields, writing.plain, strict=True):
        value = getattr(row, column.attname) if plain else column.pre_save(row, new)
        as_it_is = value is None or (plain and type(value) in AS_THEY_ARE)
        made.append(value if as_it_is else column.get_db_prep_save(value, database))
    return made


def are_plain(fields: Sequence[Field]) -> tuple[bool, ...]:
    """Fields of our own may make something of what they are given."""
    return tuple(isinstance(field, PLAIN) and type(field).__module__.startswith("django.") for field in fields)
