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
FIRST = """
    SELECT tasks_task.person_id, MIN(waiting.id)
    FROM tasks_attempt waiting JOIN tasks_task ON tasks_task.id = waiting.task_id
    WHERE waiting.connection_id = %s AND waiting.state = %s AND waiting.due_at <= %s
    GROUP BY tasks_task.person_id
"""  # of each person who waits for a connection, what came first
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


def first(connection: Connection) -> int | None:
    """The attempt whose turn it is, by its id; None where nothing is due."""
    waiting = statements.rows(FIRST, connection.pk, State.QUEUED, timezone.now())
    had = used(connection) if len(waiting) > 1 else Counter()
    _, attempt = min(((had[person], attempt) for person, attempt in waiting), default=(0, None))
    return attempt


def free(connection: Connection) -> int:
    """How many may go now, as far as the number at the same time and the number in a minute say."""
    now = timezone.now()
    rows = Attempt.objects.filter(connection=connection)
    sending = rows.filter(state=State.SENDING, lease_until__gt=now).count()
    lately = rows.filter(claimed_at__gt=now - MINUTE).count()
    return max(0, min(connection.at_once - sending, connection.per_minute - lately))
