"""A task's state in sentences a person understands, and what the person can do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.languages import in_words
from studio.tasks.hearing import can_ask
from studio.tasks.models import Attempt, Task
from studio.tasks.states import FINAL, SENDABLE_AGAIN, UNSENT, Approval, State
from studio.tasks.verbs import may_write_off

MARKS = {
    State.SUCCEEDED: "✓",
    State.FAILED: "✕",
    State.REFUSED: "✕",
    State.CANCELLED: "–",
    State.UNKNOWN: "?",
    State.HELD: "‖",
}


@dataclass(frozen=True)
class Offer:
    """A button of the task page: what it does, and what that may cost. A `post` has a form of its own.

    Offers of one `group` stand together under it, by their `short` names where they have one.
    """

    name: str
    label: str
    note: str
    icon: str
    url: str
    look: str = ""
    post: bool = True
    group: str = ""
    short: str = ""


def known(slug: str) -> catalog.Operation | None:
    """The operation; None for one that a later catalog dropped: its tasks stay readable."""
    try:
        return catalog.get(slug)
    except KeyError:
        return None


def mark(task: Task) -> str:
    """A sign for the tab's title."""
    return MARKS.get(State(task.state), "▸")


def sentence(task: Task, attempt: Attempt) -> str:
    """What is going on, in one or two sentences; nothing where the page shows it anyway."""
    if task.finished_at and task.state not in FINAL:
        return _("Written off. Should the gateway speak of it after all, it is heard.")
    if task.is_overdue:
        return _("The gateway has had it for more than a day and tells no end. It is asked once a day, for a week.")
    if task.waits:
        operation = known(task.operation)
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
    operation = known(task.operation)
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


def offers(task: Task, attempt: Attempt) -> list[Offer]:
    """What a member can do about this task now, the likeliest first."""
    return [offer for offer in (*rescue(task, attempt), *repeat(task)) if offer]


def rescue(task: Task, attempt: Attempt) -> list[Offer | None]:
    return [
        look(task) if task.state != State.SUCCEEDED and can_ask(attempt) else None,
        send_again(task, attempt) if attempt.state in SENDABLE_AGAIN else None,
        write_off(task) if may_write_off(task) else None,
        cancel(task) if task.state in UNSENT else None,
    ]


def repeat(task: Task) -> list[Offer | None]:
    cost = _("Costs as much as before: %(cost)s points.") % {"cost": floatformat(task.cost, "-2g")} if task.cost else ""
    if not cost and task.price:
        cost = _("Expected to cost %(points)s points once more.") % {"points": floatformat(task.price, "-2g")}
    note = cost or _("A new task with the same settings; it is charged again.")
    if task.is_rehearsal:
        note = _("A new rehearsal with the same settings. Free.")
    edit = reverse("composer:compose", args=[task.operation]) + f"?from={task.pk}"
    keep = reverse("composer:keep", args=[task.operation]) + f"?from={task.pk}"
    elsewhere = reverse("composer:elsewhere", args=[task.operation]) + f"?from={task.pk}"
    other = _("Opens these settings in another system, and says what fits. Free.")
    if task.recipe:
        edit += f"&recipe={task.recipe}&step={task.step}"
    return [
        Offer("again", _("Run again"), note, "again", reverse("composer:again", args=[task.pk])),
        Offer("edit", _("Edit as new"), _("Opens the form with these settings. Free."), "pencil", edit, post=False),
        Offer("elsewhere", _("Run elsewhere"), other, "branch", elsewhere, post=False),
        Offer("keep", _("Save as preset"), _("Keeps these settings for the team."), "library", keep, post=False),
    ]


def follow_ups(task: Task) -> list[Offer]:
    """What its results can be carried into: each opens the form of an operation, filled."""
    language = get_language() or "en"
    offers = []
    for number, action in enumerate(task.actions):
        operation = known(action["operation"])
        if operation and operation.makes_something and task.connection.offers(operation):
            label = catalog.Text(**action["label"]).get(language)
            url = reverse("composer:compose", args=[operation.slug]) + f"?from={task.pk}&action={number}"
            group = catalog.Text(**action.get("group", {"en": "", "zh": ""})).get(language)
            offers.append(
                Offer(
                    name=f"follow-{number}",
                    label=label,
                    note=operation.title.get(language),
                    icon="branch",
                    url=url,
                    post=False,
                    group=group,
                    short=action.get("short", ""),
                )
            )
    return offers


def grouped(offers: list[Offer]) -> dict[str, list[Offer]]:
    """The offers under the headings they stand under, "" for those without, in the order of their first."""
    groups: dict[str, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.group, []).append(offer)
    return groups


def look(task: Task) -> Offer:
    return Offer("look", _("Look again"), _("Asks the gateway now. Free."), "look", verb(task, "look"))


def send_again(task: Task, attempt: Attempt) -> Offer:
    notes = {
        State.UNKNOWN: _("May cost twice: the gateway may have accepted the first one."),
        State.FAILED: _("Sends the same body once more; it is charged again, unless the gateway gave the points back."),
    }
    note = notes.get(State(attempt.state)) or _("Sends the same body once more. The first one was not charged.")
    look = "danger" if attempt.state == State.UNKNOWN else ""
    if task.is_rehearsal:
        note, look = _("Sends the same body to the sandbox once more. Free."), ""
    return Offer("send-again", _("Send again"), note, "send", verb(task, "send-again"), look)


def write_off(task: Task) -> Offer:
    note = _("Stops waiting. Free, but what was sent may still be charged.")
    return Offer("write-off", _("Write off"), note, "write-off", verb(task, "write-off"))


def cancel(task: Task) -> Offer:
    return Offer("cancel", _("Cancel"), _("It was not sent yet. Free."), "stop", verb(task, "cancel"))


def verb(task: Task, name: str) -> str:
    return reverse(f"tasks:{name}", args=[task.pk])
