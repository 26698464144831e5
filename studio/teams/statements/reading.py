"""Rows and figures that are always asked for in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from studio.teams.scope import TeamManager, require_all_teams, team_in_scope

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")
Field: TypeAlias = "models.Field[Any, Any]"
KEY = "id"  # of every table of ours
Value: TypeAlias = int | str | datetime
# PostgreSQL: this row is about to change, its key is not. SQLite has one writer, whose transactions begin as such.
LOCKED = "FOR NO KEY UPDATE"
FREE = f"{LOCKED} SKIP LOCKED"  # the same, without those that somebody else is about to change


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


class Joined(Generic[M]):
    """Rows of a model, each with the rows that these foreign keys of it name. The ending names columns with their
    tables. Only for models that are not a team's."""

    def __init__(self, model: type[M], keys: dict[str, type[models.Model]], ending: str) -> None:
        self.rows, self.ending = Rows(model, ""), ending
        self.others: dict[str, Rows[Any]] = {name: Rows(other, "") for name, other in keys.items()}
        if self.rows.is_a_teams or any(each.is_a_teams for each in self.others.values()):
            raise ValueError("rows of a team need its scope")

    @cached_property
    def sql(self) -> str:
        return f"SELECT {self.selected} FROM {self.tables} {self.ending}"  # noqa: S608

    @cached_property
    def selected(self) -> str:
        """The columns of which `made` makes a row."""
        return ", ".join(column for each in (self.rows, *self.others.values()) for column in self.columns(each))

    @cached_property
    def tables(self) -> str:
        table = quoted(self.rows.model._meta.db_table)
        others = {quoted(f"{name}_id"): quoted(each.model._meta.db_table) for name, each in self.others.items()}
        return table + "".join(f" JOIN {other} ON {other}.{KEY} = {table}.{key}" for key, other in others.items())

    def columns(self, of: Rows[Any]) -> list[str]:
        return [f"{quoted(of.model._meta.db_table)}.{quoted(each.column)}" for each in of.fields]

    def all(self, *values: Value) -> list[M]:
        return [self.made(row) for row in rows(self.sql, *values)]

    def made(self, row: Sequence[Any]) -> M:
        at = len(self.rows.fields)
        made = self.rows.made(row[:at])
        for name, others in self.others.items():
            setattr(made, name, others.made(row[at : at + len(others.fields)]))
            at += len(others.fields)
        return made


def ask(sql: str, *values: Value) -> tuple[Any, ...]:
    """The first row of an answer that always has one; its columns as the database gives them: no moments, no JSON."""
    with keeping() as cursor:
        cursor.execute(sql, told(values))
        return tuple(cursor.fetchone())


def rows(sql: str, *values: Value) -> list[tuple[Any, ...]]:
    """All rows of an answer, as `ask` has one."""
    with keeping() as cursor:
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
        ours: Any = connection
        with ours.keeping(), ours.wrap_database_errors, ours.connection.pipeline():
            yield
    else:
        yield


@contextmanager
def keeping() -> Iterator[CursorWrapper]:
    """A cursor whose statements PostgreSQL keeps (`postgresql/base.py` says why others are not kept)."""
    ours: Any = connection
    with connection.cursor() as cursor, ours.keeping() if connection.vendor == "postgresql" else nullcontext():
        yield cursor


def places(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def do(sql: str, *values: Value) -> int:
    """How many rows it changed."""
    with keeping() as cursor:
        cursor.execute(sql, told(values))
        return int(cursor.rowcount)


def told(values: Sequence[Value]) -> list[Any]:
    """Moments in the way in which this database keeps them."""
    tell = connection.ops.adapt_datetimefield_value
    return [tell(value) if isinstance(value, datetime) else value for value in values]


def quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))
