"""The pages of a team with a long history, against the same pages of the same team when it was young."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from studio.assets.models import Asset
from studio.management.bench import rows
from studio.management.bench.inside import Visitor
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against, median
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.scope import across_teams

WARM = 3
STEADY = Target(1.5, of="ratio")
# Of a hundred tasks; the others have succeeded.
STATES = {State.FAILED: 6, State.CANCELLED: 2, State.REFUSED: 2}


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    """One copy of a task that has everything is made again and again by the database itself. Another team, as young, is
    silent while this one grows."""
    programs.run()
    group, silent = rows.group(), rows.group()
    visitor = Visitor(group.owner)
    original = one_task(group)
    for each in (one_task(silent), original):
        copy(each, sizes.small - 1)
    small = times(visitor, pages(group), sizes.views)
    copy(original, sizes.large - sizes.small)
    large = times(visitor, pages(group), sizes.views)
    beside = times(Visitor(silent.owner), pages(silent), sizes.views)
    return [
        *table(f"at {sizes.large:,} tasks, the floor at {sizes.small:,}: ", large, small),
        *table(f"at {sizes.small:,} tasks, beside a team of {sizes.large:,}: ", beside, small),
    ]


class Took(NamedTuple):
    """Milliseconds of server time for a page, and for an empty view beside it."""

    page: float
    nothing: float


def table(name: str, taken: dict[str, Took], floor: dict[str, Took]) -> list[Row]:
    """Between a floor and what is held against it lie minutes, in which a machine may become another half as fast: each
    floor is told as it would be at the other's speed, by what an empty view took then and now."""
    told: list[Row] = []
    for page, took in taken.items():
        now = floor[page].page * took.nothing / floor[page].nothing
        told.append(against(("  " if told else name) + page, [(took.page, now)], "ms", STEADY))
    return told


def pages(group: rows.Group) -> dict[str, str]:
    with across_teams():
        numbers = Task.objects.filter(team=group.team).order_by("-id").values_list("id", flat=True)
        newest, deep = numbers[0], numbers[numbers.count() // 2]
    return {
        "task list": reverse("tasks:list"),
        "task list, on their way": reverse("tasks:list") + "?state=open",
        "task list, in the middle": reverse("tasks:list") + f"?before={deep}",
        "task page": reverse("tasks:detail", args=[newest]),
        "results": reverse("assets:wall"),
        "inbox": reverse("tasks:inbox"),
        "inbox, not heard": reverse("tasks:inbox") + "?show=unheard",
    }


def times(visitor: Visitor, addresses: dict[str, str], views: int) -> dict[str, Took]:
    """The median of each page."""
    for address in list(addresses.values()) * WARM:
        visitor.get(address)
    taken = {}
    for page, address in addresses.items():
        both = [(visitor.get(address).seconds, visitor.get("/bench/nothing/").seconds) for _ in range(views)]
        taken[page] = Took(*(median(seconds) * 1000 for seconds in zip(*both, strict=True)))
    return taken


def one_task(group: rows.Group) -> list[models.Model]:
    """A task that was sent, called back twice and kept, with every row that belongs to it; the task comes first."""
    (attempt,) = rows.accepted(group, 1)
    now = timezone.now()
    task = attempt.task
    with across_teams():
        Task.objects.filter(pk=task.pk).update(state=State.SUCCEEDED, finished_at=now - timedelta(hours=2))
        Attempt.objects.filter(pk=attempt.pk).update(state=State.SUCCEEDED, open=False, next_poll_at=None)
        common = {"team": group.team, "task": task}
        events = [
            Event.objects.create(**common, attempt=attempt, kind=kind, source=Source.CALLBACK, state=State.SUCCEEDED)
            for kind in (Kind.BEGUN, Kind.SENDING, Kind.HEARD, Kind.KEPT)
        ]
        called = {"team": group.team, "attempt": attempt, "public_id": attempt.public_id, "digest": "0" * 64}
        callbacks = [Callback.objects.create(**called, body=b'{"status": "3"}', heard_at=now) for _ in range(2)]
        address = "http://127.0.0.1/video.mp4"
        asset = Asset.objects.create(
            **common,
            number=1,
            kind="video",
            role="result",
            keeping="kept",
            source_url=address,
            file="video.mp4",
            sha256="0" * 64,
        )
        fresh = [Task.objects.get(pk=task.pk), Attempt.objects.get(pk=attempt.pk)]
    return [*fresh, *events, *callbacks, asset]


def copy(originals: list[models.Model], times: int) -> None:
    """Copy a task with all its rows so many times, newest last; states are mixed as in life."""
    first = {model: 1 + (newest(model) or 0) for model in {type(row): None for row in originals}}
    with connection.cursor() as cursor, transaction.atomic():
        for model, base in first.items():
            mine = [row for row in originals if type(row) is model]
            for place, row in enumerate(mine):
                cursor.execute(*copying(row, times, base + place, len(mine), first))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(first)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")  # it does so by itself, a minute later; SQLite never does


def newest(model: type[models.Model]) -> int | None:
    with across_teams():
        found: int | None = model._default_manager.aggregate(newest=models.Max("id"))["newest"]
    return found


def copying(
    row: models.Model, times: int, base: int, step: int, first: dict[type[models.Model], int]
) -> tuple[str, list[int]]:
    """One INSERT ... SELECT: copy number `i`, from 0, of this row has the id `base + i * step`."""
    model, quote = type(row), connection.ops.quote_name
    new = dict(changed(row, base, step, first))
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(new.get(column, f"o.{quote(column)}") for column in columns)
    names = ", ".join(map(quote, columns))
    table = quote(model._meta.db_table)
    sql = (
        f"INSERT INTO {table} ({names}) "  # noqa: S608
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s) "
        f"SELECT {values} FROM n, {table} o WHERE o.id = %s"
    )
    return sql, [times, int(row.pk)]


def changed(row: models.Model, base: int, step: int, first: dict[type[models.Model], int]) -> Iterator[tuple[str, str]]:
    """The columns that differ from the original, as SQL."""
    mark = secrets.token_hex(4)
    yield "id", f"{base} + n.i * {step}"
    for field in row._meta.concrete_fields:
        if field.related_model in first and getattr(row, field.attname) is not None:
            yield str(field.column), f"{first[field.related_model]} + n.i"
        elif field.name in {"nonce", "public_id", "gateway_id"}:
            yield str(field.column), f"'{mark}' || CAST(n.i AS text)"
        elif field.name == "state" and not isinstance(row, Event):
            yield str(field.column), mixed()


def mixed() -> str:
    """A state for copy `i`."""
    cases, below = "", 0
    for state, share in STATES.items():
        below += share
        cases += f" WHEN n.i %% 100 < {below} THEN '{state.value}'"
    return f"CASE{cases} ELSE '{State.SUCCEEDED.value}' END"
