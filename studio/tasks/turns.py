"""Whose turn it is: the people of a team take turns at each connection, however much one of them has in line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.teams import statements
from studio.teams.models import Connection

MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=2)  # who found no room a moment ago asks again within this
AWAITED = timedelta(minutes=1)  # whoever did not ask for so long, though it was their turn, is not waited for
OTHERS = """
    SELECT EXISTS (
        SELECT 1 FROM tasks_attempt JOIN tasks_task ON tasks_task.id = tasks_attempt.task_id
        WHERE tasks_attempt.connection_id = %s AND tasks_attempt.state = %s
        AND tasks_attempt.due_at BETWEEN %s AND %s AND tasks_task.person_id <> %s
    )
"""  # somebody else of the team waits for the same connection
Waiting = Iterable[tuple[int, int]]  # attempt and person, the oldest first


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
