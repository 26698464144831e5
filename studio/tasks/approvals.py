"""What costs as much as an owner must approve waits for one, unsent: who decides, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from studio.ledger import budgets
from studio.ledger.budgets import plain
from studio.ledger.models import Budget
from studio.tasks.budget import within_budget
from studio.tasks.changing import Change, change
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.refusing import NotNow
from studio.tasks.rings import SEND, ring_for
from studio.tasks.states import Approval, Kind, Source, State
from studio.teams.acts import What, note
from studio.teams.models import User

ASKED = gettext_noop("Its price needs an owner's approval.")
ASKED_UNCOUNTED = gettext_noop("Nobody can say what it costs, so an owner has to approve it.")
LONGEST = 500  # characters of a reason


def approve(task: Task, person: User) -> None:
    """Let it go, once: a second click finds it approved. It counts from now on, so the budgets are asked again."""
    with change(task.pk) as one:
        if one.task.approval == Approval.APPROVED:
            return
        attempt = asked(one)
        one.task.approval = Approval.APPROVED
        if not one.task.is_rehearsal:
            within_budget(one.task.team, one.task.person, [one.task.price])
            one.task.counted_at = timezone.now()
        if attempt.connection.is_stopped:
            one.task.held_because = attempt.connection.stopped_because
        else:
            attempt.state, attempt.due_at = State.QUEUED, timezone.now()
            attempt.save(update_fields=["state", "due_at"])
            ring_for(attempt, SEND)
        one.show()
        one.say(Kind.APPROVED, Source.PERSON, attempt=attempt, person=person)
        told(What.APPROVED, one.task, person)


def decline(task: Task, person: User, why: str) -> None:
    """It is never sent; whoever asked reads why. A second click finds it declined."""
    with change(task.pk) as one:
        if one.task.approval == Approval.DECLINED:
            return
        attempt = asked(one)
        attempt.state, attempt.open = State.CANCELLED, False
        attempt.save(update_fields=["state", "open"])
        one.task.approval = Approval.DECLINED
        one.show()
        one.say(Kind.DECLINED, Source.PERSON, attempt=attempt, person=person, text=why.strip()[:LONGEST])
        told(What.DECLINED, one.task, person)


def told(what: What, task: Task, person: User) -> None:
    """On the owners' page of acts: whose task and its price, nothing of its body."""
    points = None if task.price is None else plain(task.price)
    note(what, task.team_id, person, task.operation, task=task.pk, person=str(task.person), points=points)


def asked(one: Change) -> Attempt:
    """The attempt that waits for the decision. Raises `NotNow`."""
    if one.task.approval == Approval.DECLINED:
        raise NotNow(_("An owner has declined it already. “Run again” asks once more."))
    if one.task.approval == Approval.APPROVED:
        raise NotNow(_("An owner has approved it already. What was not sent yet can be cancelled."))
    if not one.task.awaits_approval:
        raise NotNow(_("It does not wait for an approval any more."))
    return next(attempt for attempt in one.attempts if attempt.state == State.HELD)


def shown(task: Task) -> dict[str, Any]:
    """What a task's page says of its approval: what an owner decides by, or who decided."""
    if not task.awaits_approval:
        return {"decision": decision(task)}
    rows = list(Budget.objects.filter(budgets.applying(task.person)).order_by("pk"))
    return {"compared": approved_before(task), "budgets": budgets.left(task.team, task.person, rows)}


def decision(task: Task) -> Event | None:
    """Who decided, and why, where somebody did."""
    if task.approval not in {Approval.APPROVED, Approval.DECLINED}:
        return None
    told = task.events.filter(kind__in=[Kind.APPROVED, Kind.DECLINED])
    return told.select_related("person").order_by("id").last()


def approved_before(task: Task) -> Task | None:
    """The last task of this operation that an owner approved, this person's before anybody else's: what this one is
    compared with."""
    rows = Task.objects.filter(operation=task.operation, approval=Approval.APPROVED).exclude(pk=task.pk)
    rows = rows.select_related("person").only("pk", "team", "body_text", "person").order_by("-id")
    return rows.filter(person=task.person_id).first() or rows.first()
