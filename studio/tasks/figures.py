"""What a team's own tasks say of each operation: how often it works, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import FloatField, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from studio.tasks.models import Task
from studio.tasks.states import State

DAYS = 90  # of which the rate tells
TRIES = 200  # of an operation, at most, of which it tells
LAST = 100  # successes of which the middle one tells how long it takes
RECENT = 200  # tasks of the team among which the operations used last are looked for
MARK = "\0operation"  # stands for each operation in turn
ENDS = (State.SUCCEEDED, State.FAILED, State.REFUSED, State.UNKNOWN)


@dataclass
class Figures:
    """Of one operation. `seconds` are of the middle one of the last successes."""

    ends: dict[str, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """How many came to an end that somebody knows."""
        return sum(count for state, count in self.ends.items() if state != State.UNKNOWN)

    @property
    def rate(self) -> float | None:
        """The share that succeeded, 0 to 1; None where nothing was tried."""
        return self.ends.get(State.SUCCEEDED, 0) / self.tried if self.tried else None

    @property
    def unknown(self) -> int:
        return self.ends.get(State.UNKNOWN, 0)

    @property
    def seconds(self) -> float | None:
        return median(self.times) if self.times else None


class Seconds(Func):
    """Seconds from the second time to the first, computed by the database: six thousand pairs are slow in Python."""

    output_field = FloatField()
    arg_joiner = " - "
    template = "EXTRACT(EPOCH FROM (%(expressions)s))"

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **more: Any) -> Any:
        days = [Func(each, function="julianday") for each in self.get_source_expressions()]
        return Func(*days, arg_joiner=" - ", template="((%(expressions)s) * 86400.0)").as_sql(compiler, connection)


def figures(operations: Sequence[str]) -> dict[str, Figures]:
    """The figures of these operations in the team of the scope. Two queries that read a bounded number of rows, and
    those from an index alone."""
    found = {slug: Figures() for slug in operations}
    since = timezone.now() - timedelta(days=DAYS)
    tasks = Task.objects.counted().filter(created_at__gte=since).order_by("-created_at")
    ends = tasks.filter(state__in=ENDS).values_list("operation", "state")[:TRIES]
    for slug, state, count in of_each(operations, ends, "operation, state, COUNT(*)", "GROUP BY operation, state"):
        found[slug].ends[state] = count
    done = tasks.filter(state=State.SUCCEEDED, sent_at__isnull=False, finished_at__isnull=False)
    times = done.annotate(took=Seconds("finished_at", "sent_at")).values_list("operation", "took")[:LAST]
    for slug, seconds in of_each([slug for slug, each in found.items() if each.ends], times):
        found[slug].times.append(float(seconds))  # PostgreSQL's are decimals
    return found


def of_each(
    operations: Sequence[str], rows: QuerySet[Task, Any], wanted: str = "*", grouped: str = ""
) -> list[tuple[Any, ...]]:
    """These rows of each operation for itself, in one statement: it is compiled once, only the operation differs."""
    if not operations:
        return []
    unsliced, most = rows.all(), rows.query.high_mark
    unsliced.query.clear_limits()
    sql, given = unsliced.filter(operation=MARK)[:most].query.sql_with_params()
    part = f"SELECT {wanted} FROM ({sql}) AS one {grouped}"  # noqa: S608  no word of it comes from outside
    with connection.cursor() as cursor:
        values = [slug if each == MARK else each for slug in operations for each in given]
        cursor.execute(" UNION ALL ".join([part] * len(operations)), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def recent(person_id: int) -> list[str]:
    """The operations among the team's newest tasks, those of this person first, the last one before the others."""
    rows = list(Task.objects.order_by("-id").values_list("operation", "person_id")[:RECENT])
    own = [operation for operation, person in rows if person == person_id]
    return list(dict.fromkeys([*own, *(operation for operation, _ in rows)]))
