"""How a task is changed: under its row lock, through its attempts, with the events written last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from studio.tasks import events
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import CLOSED, FINAL, Kind, Source, State, join
from studio.teams.models import User
from studio.teams.scope import across_teams


class Change:
    """A task held still by its row lock. `say` collects events; they are written when the block ends.

    Locks are always taken in the order connection, task, attempt, and the events' lock comes last.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.said: list[tuple[Kind, Source, dict[str, Any]]] = []

    def attempt(self, attempt_id: int) -> Attempt:
        attempt: Attempt = self.task.attempts.select_related("connection").get(pk=attempt_id)
        attempt.task = self.task
        return attempt

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
        self.said.append((kind, source, {"attempt": attempt, "person": person, "text": text, **data}))

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
        number = (self.task.attempts.aggregate(last=Max("number"))["last"] or 0) + 1
        row = {"due_at": timezone.now()} | given
        return Attempt.objects.create(
            team_id=self.task.team_id, task=self.task, connection_id=self.task.connection_id, number=number, **row
        )

    def show(self) -> None:
        """Let the task say what its attempts say, and save it."""
        task, attempt = self.task, self.task.leading()
        state = State.FAILED if attempt.state == State.NOT_SENT else State(attempt.state)
        if state != task.state:
            task.finished_at = timezone.now() if state in FINAL else None
        task.state, task.progress = state, attempt.progress
        task.error = "" if state == State.SUCCEEDED else attempt.error
        if state in FINAL:
            task.needs = ""
        if state != State.HELD:
            task.held_because = ""
        charges = [a.cost for a in task.attempts.all() if a.cost is not None and not a.refunded]
        task.cost = sum(charges, start=Decimal()) if charges else attempt.cost
        task.refunded = attempt.refunded
        task.save()

    def write(self) -> list[Event]:
        return [events.append(self.task, kind, source, **more) for kind, source, more in self.said]


@contextmanager
def change(task_id: int) -> Iterator[Change]:
    """One transaction that owns the task from the first line to the last; what was said is written at its end.

    Acts for the row it is given, whichever team's it is: finding the row through the team's scope is the caller's part.
    """
    with across_teams(), transaction.atomic():
        one = Change(Task.objects.select_for_update(no_key=True).get(pk=task_id))
        yield one
        one.write()


def twice_if_raced(act: Callable[[], None]) -> None:
    """Do it again when a constraint showed that somebody else was a moment quicker: now their row can be seen."""
    try:
        act()
    except IntegrityError:
        act()
