"""What a person can do about a task. Each records who did it; what may cost is said on its button."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from studio import catalog
from studio.files.marking import hide, show
from studio.ledger.budgets import month_of
from studio.ledger.rehearsals import terms_on
from studio.tasks.beginning import begin
from studio.tasks.budget import within_budget
from studio.tasks.changing import change
from studio.tasks.hearing import can_ask
from studio.tasks.models import Attempt, Task
from studio.tasks.refusing import NotNow
from studio.tasks.rings import POLL, SEND, ring_for
from studio.tasks.states import SENDABLE_AGAIN, UNSENT, Approval, Kind, Source, State
from studio.teams.models import Connection, User
from studio.teams.scope import across_teams


def cancel(task: Task, person: User) -> None:
    """Take back what was not sent yet. After that there is nothing to take back: the gateway offers no cancelling."""
    with change(task.pk) as one:
        waiting = one.task.attempts.filter(state__in=UNSENT)
        if not waiting.update(state=State.CANCELLED, open=False):
            raise NotNow(_("It was sent already, so it cannot be cancelled; the gateway may charge for it."))
        one.show()
        one.say(Kind.CANCELLED, Source.PERSON, person=person)


def again(task: Task, person: User, nonce: str) -> Task:
    """A new task with the same values, which costs as much as the first one did."""
    with across_teams():
        original = Task.objects.select_related("team", "connection").get(pk=task.pk)
    return begin(
        team=original.team,
        person=person,
        connection=original.connection,
        operation=catalog.get(original.operation),
        values=original.values,
        extras=catalog.unpack(original.extras),
        fates=original.fates,
        nonce=nonce,
        parent=original,
        recipe=original.recipe,
        step=original.step,
        pattern=original.pattern,
    )


def keep_private(task: Task, person: User, private: bool) -> None:
    """For its person only, or for the team; a task that was never private has no line about it."""
    with change(task.pk) as one:
        if Task.objects.filter(pk=task.pk, private=not private).update(private=private):
            (hide if private else show)(task.values, person)
            one.say(Kind.HIDDEN if private else Kind.SHOWN, Source.PERSON, person=person)


def look(task: Task, person: User) -> None:
    """Ask the gateway now. Free of charge."""
    with change(task.pk) as one:
        attempt = one.attempt(one.task.leading().pk)
        if attempt.state == State.SUCCEEDED:
            raise NotNow(_("It has succeeded; there is nothing to ask for."))
        if not can_ask(attempt):
            raise NotNow(_("The gateway gave no task id, so it cannot be asked. A callback may still bring news."))
        attempt.next_poll_at, attempt.called_at, attempt.unended = timezone.now(), None, 0
        attempt.save(update_fields=["next_poll_at", "called_at", "unended"])
        ring_for(attempt, POLL)
        one.say(Kind.LOOKED, Source.PERSON, attempt=attempt, person=person)


def send_again(task: Task, person: User) -> None:
    """Send the same body in a new attempt. It may cost twice: the attempt before may have been charged."""
    with change(task.pk) as one:
        before = one.attempt(one.task.leading().pk)
        if before.state not in SENDABLE_AGAIN:
            raise NotNow(_("It is on its way; wait until it has ended or its answer is lost."))
        if before.connection.is_stopped:
            raise NotNow(_("The key of this connection is stopped. An owner can start it again."))
        pay_again(one.task, before.connection, person)
        Attempt.objects.filter(pk=before.pk).update(open=False)
        attempt = one.new_attempt()
        one.show()
        ring_for(attempt, SEND)
        one.say(Kind.SENT_AGAIN, Source.PERSON, attempt=attempt, person=person)


def pay_again(task: Task, connection: Connection, person: User) -> None:
    """Another attempt costs what a new task does: the same owner is asked, and the budgets of whoever began the task.

    A task counts in one month only, a rehearsal in none as long as its connection is the sandbox. Raises `NotNow`.
    """
    if (operation := catalog.find(task.operation)) is None:
        raise NotNow(_("The catalog does not know this operation any more."))
    values = operation.values(catalog.loads(task.body_text))[0]
    money = terms_on(connection, task.person, operation, values)
    asking = money if person.pk == task.person_id else terms_on(connection, person, operation, values)
    if asking.needs_approval and asking.uncounted:
        raise NotNow(_("Nobody can say what this costs, so an owner has to send it again."))
    if asking.needs_approval:
        raise NotNow(_("This costs as much as an owner must approve, so an owner has to send it again."))
    if money.refused:
        raise NotNow(money.refused)
    if not connection.is_sandbox:
        task.counted_at = task.counted_at or timezone.now()
    if money.has_budget and task.counted_at:
        if task.counted_at < month_of(timezone.now())[0]:
            raise NotNow(
                _("It counts for the month in which it began. “Run again” makes one that counts for this month.")
            )
        within_budget(task.team, task.person, [money.price])
    task.price = task.price if money.price is None else money.price
    task.approval = "" if task.approval == Approval.ASKED else task.approval


def may_write_off(task: Task) -> bool:
    return task.is_overdue or task.waits or (task.state == State.UNKNOWN and task.finished_at is None)


def write_off(task: Task, person: User) -> None:
    """Stop waiting for a lost answer or an end that does not come. What the gateway says of it after all is heard."""
    with change(task.pk) as one:
        attempt = one.attempt(one.task.leading().pk)
        if not may_write_off(one.task):
            raise NotNow(_("Only a task whose answer was lost, or whose end does not come, can be written off."))
        Attempt.objects.filter(pk=attempt.pk).update(open=False)
        one.task.finished_at = timezone.now()
        one.show()
        one.say(Kind.WRITTEN_OFF, Source.PERSON, attempt=attempt, person=person)
