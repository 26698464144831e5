"""Statements that are written once: what runs for every callback and every attempt that is sent.

Django composes each query anew, which takes ten times as long as SQLite or PostgreSQL need to answer it. What is asked
here is always the same, so its text, and how its columns become values, are found out once. The rows are the models'
own, and the fields themselves turn values into columns and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from django.db import DatabaseError, connection, connections, models
from django.db.backends.utils import CursorWrapper

from studio.teams.scope import TeamManager, require_all_teams, team_in_scope

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")
Field: TypeAlias = "models.Field[Any, Any]"
Value: TypeAlias = int | str | datetime
Waiting: TypeAlias = dict[tuple[type[models.Model], tuple[str, ...]], dict[int, models.Model]]
_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)  # inside `together`: rows by what is written
PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)
AS_THEY_ARE = {str, int, bool}
KEY = "id"  # of every table of ours
# PostgreSQL: this row is about to change, its key is not. SQLite has one writer, whose transactions begin as such.
LOCKED = "FOR NO KEY UPDATE"
FREE = f"{LOCKED} SKIP LOCKED"  # the same, without those that somebody else is about to change


class Writing(NamedTuple):
    """`plain` says of each field whether texts, numbers and truths of it are written as they are."""

    sql: str
    fields: tuple[Field, ...]
    plain: tuple[bool, ...]


class Question(NamedTuple, Generic[T]):
    """A statement, its values, and what makes an answer of each row."""

    sql: str
    values: Sequence[Value]
    made: Callable[[Sequence[Any]], T]


class Rows(Generic[M]):
    """The rows that an `ending` names: SQL from WHERE on, with `%s` for numbers, texts and moments, and `({})` for as
    many of them as there are. Fields named as `later` are asked for when somebody reads them. Rows of teams are only
    for who acts across teams, since no scope is put on them; `ours` are for who acts in a team."""

    def __init__(self, model: type[M], ending: str, *, later: tuple[str, ...] = ()) -> None:
        self.model, self.ending, self.later = model, ending, later

    @cached_property
    def fields(self) -> list[Field]:
        return [field for field in self.model._meta.concrete_fields if field.name not in self.later]

    @cached_property
    def names(self) -> list[str]:
        return [field.attname for field in self.fields]

    @cached_property
    def is_a_teams(self) -> bool:
        return isinstance(self.model._default_manager, TeamManager)

    @cached_property
    def sql(self) -> str:
        columns = ", ".join(quoted(field.column) for field in self.fields)
        ending = self.ending
        if not connection.features.has_select_for_update:
            ending = ending.replace(FREE, "").replace(LOCKED, "")
        return f"SELECT {columns} FROM {quoted(self.model._meta.db_table)} {ending}"  # noqa: S608

    @cached_property
    def converters(self) -> list[tuple[int, Any, list[Callable[..., Any]]]]:
        """For each column that does not come as its field's value: place, expression, what converts it."""
        found = []
        for place, field in enumerate(self.fields):
            column = field.get_col(self.model._meta.db_table)
            if how := [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]:
                found.append((place, column, how))
        return found

    def all(self, *values: Value) -> list[M]:
        self.permit()
        return self.found(self.sql, values)

    def ours(self, *values: Value) -> list[M]:
        """Those of the team in scope, whose number is the first that the ending asks for."""
        return self.found(self.sql, [team_in_scope(self.model.__name__), *values])

    def among(self, values: Sequence[Value]) -> Question[M]:
        """Asks for those that one of these values names."""
        self.permit()
        return Question(self.sql.format(places(values)), values, self.made)

    def permit(self) -> None:
        if self.is_a_teams:
            require_all_teams(self.model.__name__)

    def found(self, sql: str, values: Sequence[Value]) -> list[M]:
        return [self.made(row) for row in rows(sql, *values)]

    def first(self, *values: Value) -> M | None:
        found = self.all(*values)
        return found[0] if found else None

    def get(self, *values: Value) -> M:
        """Raises the model's `DoesNotExist`."""
        if (found := self.first(*values)) is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]
        return found

    def made(self, row: Sequence[Any]) -> M:
        values = list(row)
        for place, column, how in self.converters:
            for convert in how:
                values[place] = convert(values[place], column, connection)
        return self.model.from_db(connection.alias, self.names, values)


def ask(sql: str, *values: Value) -> tuple[Any, ...]:
    """The first row of an answer that always has one; its columns as the database gives them: no moments, no JSON."""
    with connection.cursor() as cursor:
        cursor.execute(sql, told(values))
        return tuple(cursor.fetchone())


def rows(sql: str, *values: Value) -> list[tuple[Any, ...]]:
    """All rows of an answer, as `ask` has one."""
    with connection.cursor() as cursor:
        cursor.execute(sql, told(values))
        return [tuple(row) for row in cursor.fetchall()]


def at_once(*questions: Question[Any]) -> list[list[Any]]:
    """The answers to several questions. PostgreSQL is sent all of them before it is waited for."""
    cursors = [connection.cursor() for _ in questions]
    with unwaited():
        for cursor, each in zip(cursors, questions, strict=True):
            cursor.execute(each.sql, told(each.values))
    return [[each.made(row) for row in cursor.fetchall()] for cursor, each in zip(cursors, questions, strict=True)]


@contextmanager
def unwaited() -> Iterator[None]:
    """Inside, PostgreSQL is sent one statement after the other; what came of them is there when this ends."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
    else:
        yield


def places(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def do(sql: str, *values: Value) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, told(values))
        return int(cursor.rowcount)


def told(values: Sequence[Value]) -> list[Any]:
    """Moments in the way in which this database keeps them."""
    tell = connection.ops.adapt_datetimefield_value
    return [tell(value) if isinstance(value, datetime) else value for value in values]


def insert(row: models.Model, *, wakes: str = "") -> None:
    """Insert a new row, as `insert_all` does."""
    insert_all([row], wakes=wakes)


def insert_all(new: Sequence[models.Model], *, wakes: str = "", lock: int | None = None) -> None:
    """Insert new rows of one model, which have their ids afterwards, in this order. Takes the place of `save` where
    nobody listens to signals. In PostgreSQL it `wakes` who listens to that channel, once it is committed, and takes the
    advisory lock of this number first, until then."""
    if not new:
        return
    writing = inserting(type(new[0]), len(new), wakes)
    values = [value for row in new for value in prepared(row, writing, new=True)]
    with connection.cursor() as cursor:
        if lock is None or connection.vendor != "postgresql":
            cursor.execute(writing.sql, values)
        else:
            with unwaited(), connection.cursor() as first:
                first.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
                cursor.execute(writing.sql, values)
        found = sorted(line[0] for line in cursor.fetchall())  # numbered in their order, told in any
    for row, number in zip(new, found, strict=True):
        row.pk = number
        row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model, names: tuple[str, ...]) -> None:
    """Write these fields of a row. Raises `DatabaseError` when the row is gone, as `save` does."""
    if (waiting := _waiting.get()) is not None:
        waiting.setdefault((type(row), names), {})[row.pk] = row
        return
    with connection.cursor() as cursor:
        execute_update(cursor, row, names)
        require_one(cursor, row)


def execute_update(cursor: CursorWrapper, row: models.Model, names: tuple[str, ...]) -> None:
    writing = updating(type(row), names)
    cursor.execute(writing.sql, [*prepared(row, writing, new=False), row.pk])


def require_one(cursor: CursorWrapper, row: models.Model) -> None:
    if cursor.rowcount != 1:
        raise DatabaseError(f"{row} is gone")


@contextmanager
def together() -> Iterator[None]:
    """Inside, `update` notes what is to be written; it is written when this ends, as the rows are then. What is asked
    inside does not see it."""
    waiting: Waiting = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    written = [(row, names, connection.cursor()) for (_, names), changed in waiting.items() for row in changed.values()]
    with unwaited():
        for row, names, cursor in written:
            execute_update(cursor, row, names)
    for row, _names, cursor in written:
        require_one(cursor, row)


@cache
def inserting(model: type[models.Model], count: int, wakes: str) -> Writing:
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    columns, row = ", ".join(quoted(field.column) for field in fields), f"({places(fields)})"
    table, asked = quoted(model._meta.db_table), quoted(KEY)
    if wakes and connection.vendor == "postgresql":
        asked += f", pg_notify('{wakes}', '')"
    several = ", ".join([row] * count)
    return Writing(f"INSERT INTO {table} ({columns}) VALUES {several} RETURNING {asked}", fields, are_plain(fields))  # noqa: S608


@cache
def updating(model: type[models.Model], names: tuple[str, ...]) -> Writing:
    fields = tuple(field for field in model._meta.concrete_fields if field.name in names)
    if len(fields) != len(names):
        raise ValueError(f"{model.__name__} has not all of the columns {', '.join(names)}")
    columns = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    table, key = quoted(model._meta.db_table), quoted(KEY)
    return Writing(f"UPDATE {table} SET {columns} WHERE {key} = %s", fields, are_plain(fields))  # noqa: S608


def prepared(row: models.Model, writing: Writing, *, new: bool) -> list[Any]:
    database = connections[connection.alias]  # itself: what stands for it costs more than it is asked for
    made = []
    for field, plain in zip(writing.fields, writing.plain, strict=True):
        value = getattr(row, field.attname) if plain else field.pre_save(row, new)
        as_it_is = value is None or (plain and type(value) in AS_THEY_ARE)
        made.append(value if as_it_is else field.get_db_prep_save(value, database))
    return made


def are_plain(fields: Sequence[Field]) -> tuple[bool, ...]:
    """Fields of our own may make something of what they are given."""
    return tuple(isinstance(field, PLAIN) and type(field).__module__.startswith("django.") for field in fields)


def quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))
