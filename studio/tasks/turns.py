"""Whose turn it is: the people of a team take turns at each connection, however much one of them has in line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams import statements
from studio.teams.models import Connection

MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=2)  # who found no room a moment ago asks again within this
AWAITED = timedelta(minutes=1)  # whoever did not ask for so long, though it was their turn, is not waited for
RECENT = 20  # claims from which the pace is told
OTHERS = """
    SELECT EXISTS (
        SELECT 1 FROM tasks_attempt JOIN tasks_task ON tasks_task.id = tasks_attempt.task_id
        WHERE tasks_attempt.connection_id = %s AND tasks_attempt.state = %s
        AND tasks_attempt.due_at BETWEEN %s AND %s AND tasks_task.person_id <> %s
    )
"""  # somebody else of the team waits for the same connection
Waiting = Iterable[tuple[int, int]]  # attempt and person, the oldest first


class Place(NamedTuple):
    """How many go before a task, and in how many seconds it is likely sent; None where nobody can tell."""

    before: int
    seconds: float | None


def used(connection: Connection) -> Counter[int]:
    """How many calls each person has on the wire, or began within the last minute. Two queries, each of an index of
    its own: one that joined them would read the connection's whole history."""
    now = timezone.now()
    rows = Attempt.objects.filter(connection=connection).order_by()
    lately = rows.filter(claimed_at__gt=now - MINUTE).values_list("task__person", flat=True)
    longer = rows.filter(state=State.SENDING, claimed_at__lte=now - MINUTE, lease_until__gt=now)
    return Counter([*lately, *longer.values_list("task__person", flat=True)])


def in_turn(waiting: Waiting, had: Counter[int]) -> list[int]:
    """The attempts in the order in which they go: who has had the fewest first, each person's own as they came."""
    taken, places = Counter(had), []
    for attempt, person in waiting:
        taken[person] += 1
        places.append((taken[person], attempt))
    return [attempt for _, attempt in sorted(places)]


def must_wait(connection: Connection, person: int) -> bool:
    """Whether what is free now belongs to others of the team, who wait and have had less."""
    now = timezone.now()
    if not statements.ask(OTHERS, connection.pk, State.QUEUED, now - AWAITED, now + SOON, person)[0]:
        return False
    due = Attempt.objects.filter(connection=connection, state=State.QUEUED, due_at__range=(now - AWAITED, now + SOON))
    others = list(due.exclude(task__person=person).order_by().values_list("task__person", flat=True).distinct())
    had = used(connection)
    before = sum(had[other] < had[person] for other in others)
    return before > 0 and before >= free(connection, had)


def free(connection: Connection, had: Counter[int]) -> int:
    """How many may go now, as far as the number at the same time and the number in a minute say."""
    now = timezone.now()
    sending = Attempt.objects.filter(connection=connection, state=State.SENDING, lease_until__gt=now).count()
    return min(connection.at_once - sending, connection.per_minute - had.total())


def place(task: Task) -> Place | None:
    """Where a task stands in its line; None for one that does not wait to be sent."""
    if task.state != State.QUEUED:
        return None
    rows = Attempt.objects.filter(connection=task.connection_id, state=State.QUEUED).order_by("id")
    line = in_turn(rows.values_list("pk", "task__person"), used(task.connection))
    mine = rows.filter(task=task).values_list("pk", flat=True).first()
    if mine not in line:
        return None
    before = line.index(mine)
    return Place(before, likely(task.connection, before + 1))


def likely(connection: Connection, number: int) -> float | None:
    """Seconds until so many have gone, at the pace of the last ones and after a pause that the gateway asked for."""
    now = timezone.now()
    pause = max(0.0, (connection.paused_until - now).total_seconds()) if connection.paused_until else 0.0
    claims = Attempt.objects.filter(connection=connection, claimed_at__gt=now - 10 * MINUTE).order_by("-claimed_at")
    times = [at for at in claims.values_list("claimed_at", flat=True)[:RECENT] if at]
    if len(times) < 2:
        return pause or None
    return pause + number * (now - times[-1]).total_seconds() / len(times)
