"""How a task is changed: under its row lock, through its attempts, with the events written last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.tasks import events
from studio.tasks.attempts import charge_of, leading
from studio.tasks.models import Attempt, Task
from studio.tasks.states import CLOSED, FINAL, Kind, Source, State, join
from studio.teams import statements
from studio.teams.models import User
from studio.teams.scope import across_teams

# Held still; what its body is made of was read before, where it is needed.
HELD = statements.Rows(
    Task, f"WHERE id = %s {statements.LOCKED}", later=("values", "extras", "fates", "body_text", "pattern", "prompt")
)
ATTEMPTS = statements.Rows(Attempt, "WHERE task_id = %s ORDER BY number")
# Of a task; everything else stands from the day it was begun.
MOVES = (
    *("state", "progress", "results", "actions", "needs", "error", "held_because", "cost", "refunded"),
    *("sent_at", "heard_at", "finished_at", "price", "charge", "counted_at", "approval"),
)


class Change:
    """A task held still by its row lock. `say` collects events; they are written when the block ends.

    Locks are always taken in the order connection, task, attempt, and the events' lock comes last.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.said: list[events.Line] = []

    @cached_property
    def attempts(self) -> list[Attempt]:
        """All attempts of the task by number, read once: while it is held, nobody else gives them another state."""
        return self.own(ATTEMPTS.all(self.task.pk))

    def own(self, attempts: list[Attempt]) -> list[Attempt]:
        for attempt in attempts:
            attempt.task = self.task
        return attempts

    def attempt(self, attempt_id: int) -> Attempt:
        """One of them. Raises `Attempt.DoesNotExist`."""
        for attempt in self.attempts:
            if attempt.pk == attempt_id:
                return attempt
        raise Attempt.DoesNotExist

    def say(
        self,
        kind: Kind,
        source: Source,
        *,
        attempt: Attempt | None = None,
        person: User | None = None,
        text: str = "",
        **data: Any,
    ) -> None:
        self.said.append(events.Line(self.task, kind, source, attempt, person, text, data))

    def say_once(self, kind: Kind, source: Source, attempt: Attempt, *, text: str = "", **data: Any) -> None:
        """Say what may come again and again only the first time."""
        if not self.task.events.filter(kind=kind, attempt=attempt, data=data).exists():
            self.say(kind, source, attempt=attempt, text=text, **data)

    def raise_to(self, attempt: Attempt, state: State) -> bool:
        """Join evidence into an attempt. True when its state changed. An attempt that ended is closed for good."""
        known, attempt.state = attempt.state, join(attempt.state, state)
        attempt.open = attempt.open and attempt.state not in CLOSED
        return known != attempt.state

    def new_attempt(self, **given: Any) -> Attempt:
        """The next attempt of this task. The constraint refuses it while another is open."""
        number = max((attempt.number for attempt in self.attempts), default=0) + 1
        row = {"due_at": timezone.now()} | given
        made = Attempt.objects.create(
            team_id=self.task.team_id, task=self.task, connection_id=self.task.connection_id, number=number, **row
        )
        self.attempts.append(made)
        return made

    def show(self) -> None:
        """Let the task say what its attempts say, and save it."""
        task, attempt = self.task, leading(self.attempts)
        state = State.FAILED if attempt.state == State.NOT_SENT else State(attempt.state)
        if state != task.state:
            task.finished_at = timezone.now() if state in FINAL else None
        task.state, task.progress = state, attempt.progress
        task.error = "" if state == State.SUCCEEDED else attempt.error
        if state in FINAL:
            task.needs = ""
        if state != State.HELD:
            task.held_because = ""
        charges = [a.cost for a in self.attempts if a.cost is not None and not a.refunded]
        task.cost = sum(charges, start=Decimal()) if charges else attempt.cost
        task.refunded = attempt.refunded and not charges
        counts = not task.awaits_approval and not task.is_rehearsal
        task.charge = charge_of(self.attempts, task.price) if counts else Decimal()
        statements.update(task, MOVES)

    def write(self) -> None:
        events.append_all(self.said)


@contextmanager
def change(task_id: int) -> Iterator[Change]:
    """One transaction that owns the task from the first line to the last; what was said is written at its end.

    Acts for the row it is given, whichever team's it is: finding the row through the team's scope is the caller's part.
    """
    with across_teams(), transaction.atomic():
        one = Change(HELD.get(task_id))
        yield one
        one.write()


def twice_if_raced(act: Callable[[], None]) -> None:
    """Do it again when a constraint showed that somebody else was a moment quicker: now their row can be seen."""
    try:
        act()
    except IntegrityError:
        act()
