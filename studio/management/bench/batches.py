"""A large batch: the time until its plan is seen, and the one transaction in which its cells are laid.

The floor of the plan is the catalog alone, which builds as many bodies; that of the laying as many plain INSERTs.
"""

from __future__ import annotations

import secrets
import time
from functools import partial

from django.db import connection, transaction
from django.urls import reverse
from django_q.models import OrmQ

from studio import catalog
from studio.batches import verbs
from studio.batches.laying import Form, lay
from studio.batches.planning.cells import Box, Maker, Plan, plan
from studio.batches.planning.points import Axis, Point
from studio.languages import same
from studio.management.bench import rows
from studio.management.bench.doors import make_table
from studio.management.bench.inside import Visitor
from studio.management.bench.preview import is_prompt, posted
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against
from studio.tasks.beginning import build, digest
from studio.teams.scope import scope

AT_ONCE = 4  # calls at the same time: some of the cells become tasks in the same transaction, as they always do
WARM = 20
TEXT = b"x" * 200  # about as much as the row of a cell holds


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    programs.run()
    make_table()
    group = rows.group()
    group.connection.concurrency = AT_ONCE
    with scope(group.team):
        group.connection.save(update_fields=["concurrency"])
        form = posted(group.connection.pk)
        visitor = Visitor(group.owner)
        seen(visitor, form, WARM), bodies(WARM), laid(group, WARM), inserted(WARM)
        plans = [(seen(visitor, form, sizes.cells), bodies(sizes.cells)) for _ in range(sizes.rounds)]
        lays = [(laid(group, sizes.cells), inserted(sizes.cells)) for _ in range(sizes.rounds)]
    return [
        against(f"plan of {sizes.cells:,} cells, server time", plans, "ms", Target(2.5, of="ratio")),
        against(f"{sizes.cells:,} cells laid in one transaction", lays, "ms", Target(20, of="ratio")),
    ]


def prompts(count: int) -> list[str]:
    return [f"a paper boat on a lake at dawn number {number}" for number in range(count)]


def prompt() -> str:
    return next(field.at for field in rows.subject().fields if is_prompt(field.at))


def seen(visitor: Visitor, form: list[tuple[str, str]], count: int) -> float:
    """Milliseconds of the plan page's answer to a key stroke."""
    axis = [("axis-field", prompt()), ("axis-text", ", ".join(prompts(count))), ("csv", ""), ("repeat", "1")]
    answer = visitor.post(reverse("batches:plan", args=[rows.SUBJECT]), [*form, *axis])
    if f"{count:,} cells" not in answer.text:
        raise RuntimeError(f"the plan has not {count:,} cells: {answer.text[:500]}")
    return answer.seconds * 1000


def bodies(count: int) -> float:
    operation, given, at = rows.subject(), rows.values(), prompt()
    began = time.perf_counter()
    for text in prompts(count):
        catalog.dumps(operation.body(given | {at: text}).body)
    return (time.perf_counter() - began) * 1000


def laid(group: rows.Group, count: int) -> float:
    made, form = planned(group, count), Form(rows.subject(), rows.values(), {}, {})
    began = time.perf_counter()
    batch = lay(group.team, group.owner, group.connection, form, made, name="bench", nonce=secrets.token_hex(16))
    took = (time.perf_counter() - began) * 1000
    verbs.cancel(batch, group.owner)
    OrmQ.objects.all().delete()  # whatever is measured next has workers of its own
    return took


def planned(group: rows.Group, count: int) -> Plan:
    operation, at = rows.subject(), prompt()
    maker = Maker(
        partial(operation.put, rows.values(), {}),
        lambda values, extras: build(operation, group.connection, values, extras, {}),
        lambda values, text: digest(operation, group.connection, values, text),
        {},
    )
    return plan(
        [Axis(same("Prompt"), tuple(Point(same(text), {at: text}) for text in prompts(count)))],
        Box(at),
        maker,
    )


def inserted(count: int) -> float:
    """Milliseconds of a transaction with so many INSERTs, one after the other."""
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute("INSERT INTO bench_floor (body) VALUES (%s)", [TEXT])
    return (time.perf_counter() - began) * 1000
