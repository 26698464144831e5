"""A key that the gateway refuses stops all that would be sent with it, until an owner starts the connection again."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from studio.tasks.apart import each
from studio.tasks.changing import change
from studio.tasks.claiming import hold
from studio.tasks.models import Attempt
from studio.tasks.rings import SEND, ring_for
from studio.tasks.states import Approval, Kind, Source, State
from studio.teams.models import Connection
from studio.teams.scope import across_teams


def stop(connection: Connection, because: str) -> None:
    """The gateway does not take this key: hold, unpaid, what still waits. An owner starts the connection again."""
    with across_teams():
        if not connection.is_stopped:
            connection.stop(because)

        def hold_one(attempt: Attempt) -> None:
            with change(attempt.task_id) as one:
                hold(one, attempt.pk, because)

        each(Attempt.objects.filter(connection=connection, state=State.QUEUED), hold_one)


def release(connection: Connection) -> None:
    """The connection was started again: what was held goes its way. What waits for an approval goes on waiting."""
    with across_teams():
        each(held_by_keys().filter(connection=connection), release_one)


def release_one(held: Attempt) -> None:
    with change(held.task_id) as one:
        if not one.task.awaits_approval and Attempt.objects.filter(pk=held.pk, state=State.HELD).update(
            state=State.QUEUED, due_at=timezone.now()
        ):
            attempt = one.attempt(held.pk)
            one.show()
            ring_for(attempt, SEND)
            one.say(Kind.RELEASED, Source.TIMER, attempt=attempt)


def held_by_keys() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state=State.HELD).exclude(task__approval=Approval.ASKED)
