"""A task's state in sentences a person understands."""

from __future__ import annotations

from collections.abc import Callable

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from studio import catalog
from studio.languages import in_words
from studio.tasks.models import Attempt, Task
from studio.tasks.states import FINAL, Approval, State

MARKS = {
    State.SUCCEEDED: "✓",
    State.FAILED: "✕",
    State.REFUSED: "✕",
    State.CANCELLED: "–",
    State.UNKNOWN: "?",
    State.HELD: "‖",
}


def mark(task: Task) -> str:
    """A sign for the tab's title."""
    return MARKS.get(State(task.state), "▸")


def sentence(task: Task, attempt: Attempt) -> str:
    """What is going on, in one or two sentences; nothing where the page shows it anyway."""
    if task.finished_at and task.state not in FINAL:
        return _("Written off. If the gateway reports on it after all, that still counts.")
    if task.is_overdue:
        return _(
            "The gateway has had it for more than a day and reports no result. It is asked once a day, for a week."
        )
    if task.waits:
        operation = catalog.find(task.operation)
        asked = in_words(operation.need(task.needs)) if operation else ""
        return asked or _("It waits for input from you.")
    if attempt.continued_by_id and attempt.continued_by:
        return _("It was answered: task %(number)s goes on with it.") % {"number": attempt.continued_by.task_id}
    if task.approval == Approval.DECLINED and task.state == State.CANCELLED:
        return ""  # the page says by whom, and why
    if task.awaits_approval and task.price is None:
        return _("It waits for an owner's approval: nobody can say what it costs.")
    if task.awaits_approval:
        points = floatformat(task.price, "-2g")
        return _("It waits for an owner's approval: it is expected to cost %(points)s points.") % {"points": points}
    if task.state == State.HELD:
        return task.held_because or _("It waits for a person.")
    if attempt.told and task.state == State.RUNNING:
        return _("A callback says that it has ended. We are asking the gateway whether that is true.")
    if attempt.state == State.NOT_SENT and task.state == State.FAILED:
        return _("It could not be sent, so nothing was charged.")
    operation = catalog.find(task.operation)
    if attempt.state == State.SENDING and operation and operation.may_stream:
        return _("It is with the gateway. The answer can be read here while it is written.")
    if task.state == State.UNKNOWN and operation and operation.answers_at_once:
        return _("Sent, but the answer broke off or never came, and it cannot be asked for again.")
    if task.state == State.UNKNOWN and task.next_poll_at is None:
        return _(
            "Sent, but the answer was lost, and with it the number to ask for. Should the gateway call back, it is "
            "heard; you will not be charged again without asking."
        )
    return SENTENCES[State(task.state)]()


SENTENCES: dict[State, Callable[[], str]] = {
    State.QUEUED: lambda: _("It waits for its turn to be sent. Nothing is charged yet."),
    State.SENDING: lambda: _("It is being sent to the gateway."),
    State.UNKNOWN: lambda: _(
        "Sent, the answer was lost. We are checking; you will not be charged again without asking."
    ),
    State.ACCEPTED: lambda: _("The gateway has accepted it and will begin soon."),
    State.RUNNING: lambda: _("The gateway is working on it."),
    State.FAILED: lambda: _("The gateway could not make it."),
    State.SUCCEEDED: lambda: "",  # its results say so
    State.REFUSED: lambda: _("The gateway said no, so nothing was made."),
    State.CANCELLED: lambda: _("It was cancelled."),
}


def charged(task: Task, failure: catalog.Explanation | None) -> str:
    """What a task that failed has cost: what the gateway told of it, else what such a failure means; nothing where
    neither is known."""
    if task.is_rehearsal:
        return _("Nothing was charged: a rehearsal on the sandbox.")
    if task.cost:
        points = floatformat(task.cost, "-2g")
        if task.refunded:
            return _("%(points)s points were charged, and given back.") % {"points": points}
        return _("%(points)s points were charged.") % {"points": points}
    if task.refunded:
        return _("What was charged was given back.")
    if task.cost is not None:
        return _("Nothing was charged.")
    return charged_word(failure) if failure else ""


def charged_word(failure: catalog.Explanation) -> str:
    return CHARGED[failure.charged]()


CHARGED: dict[str, Callable[[], str]] = {
    "no": lambda: _("Nothing was charged."),
    "yes": lambda: _("It was charged."),
    "maybe": lambda: _("It may have been charged."),
}
