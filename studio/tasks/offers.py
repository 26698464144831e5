"""What a person can do about a task: its page's buttons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.tasks.hearing import can_ask
from studio.tasks.models import Attempt, Task
from studio.tasks.states import SENDABLE_AGAIN, UNSENT, State
from studio.tasks.verbs import may_write_off


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


@dataclass(frozen=True)
class Choice:
    """What can be done about a task: in plain sight, the likeliest first, and what is folded away."""

    shown: list[Offer] = field(default_factory=list)
    more: list[Offer] = field(default_factory=list)


def offers(task: Task, attempt: Attempt, failure: catalog.Explanation | None) -> Choice:
    """What a member can do about this task now. `failure` is what its failure means, where that is known.

    The same body is sent again only where it may go better; else a changed one is likelier. After an end without a
    result, the first is the page's main action.
    """
    again, edit, keep, elsewhere = repeat(task)
    if task.state == State.SUCCEEDED:
        return Choice([again, edit, keep, elsewhere])
    first = [offer for offer in rescue(task, attempt) if offer]
    if attempt.state in SENDABLE_AGAIN:
        send = send_again(task, attempt)
        if task.state == State.UNKNOWN:
            return Choice(main_first([*first, send, *given_up(task)]), [again, edit, keep, elsewhere])
        if may_go_better(task, failure):
            may_exist = failure is not None and failure.charged == "maybe"  # so look before it is sent again
            ordered = [*first, send, edit] if may_exist else [send, edit, *first]
            return Choice(main_first([*ordered, *given_up(task)]), [again, keep, elsewhere])
        return Choice(main_first([edit, *first, again, *given_up(task)]), [send, keep, elsewhere])
    return Choice([*first, *given_up(task), again, edit], [keep, elsewhere])


def may_go_better(task: Task, failure: catalog.Explanation | None) -> bool:
    """Whether the same body may succeed where it has failed: the cause passes, or is not in it."""
    if failure is None:
        return task.state != State.REFUSED
    return failure.again != "no" or failure.outside


def main_first(offers: list[Offer]) -> list[Offer]:
    """The first as the main action, unless it is one to be wary of."""
    return [replace(offer, look=offer.look or "primary") for offer in offers[:1]] + offers[1:]


def rescue(task: Task, attempt: Attempt) -> list[Offer]:
    """What may bring a task on that has not succeeded, for free."""
    look_again = [look(task)] if can_ask(attempt) else []
    return [*look_again, cancel(task)] if task.state in UNSENT else look_again


def repeat(task: Task) -> tuple[Offer, Offer, Offer, Offer]:
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
    return (
        Offer("again", _("Run again"), note, "again", reverse("composer:again", args=[task.pk])),
        Offer("edit", _("Edit as new"), _("Opens the form with these settings. Free."), "pencil", edit, post=False),
        Offer("keep", _("Save as preset"), _("Keeps these settings for the team."), "library", keep, post=False),
        Offer("elsewhere", _("Run elsewhere"), other, "branch", elsewhere, post=False),
    )


def follow_ups(task: Task) -> list[Offer]:
    """What its results can be carried into: each opens the form of an operation, filled."""
    language = get_language() or "en"
    offers = []
    for number, action in enumerate(task.actions):
        operation = catalog.find(action["operation"])
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
    if task.refunded:
        note = _("Sends the same body once more. What the first one cost was given back.")
    look = "danger" if attempt.state == State.UNKNOWN else ""
    if task.is_rehearsal:
        note, look = _("Sends the same body to the sandbox once more. Free."), ""
    return Offer("send-again", _("Send again"), note, "send", verb(task, "send-again"), look)


def given_up(task: Task) -> list[Offer]:
    if not may_write_off(task):
        return []
    note = _("Stops waiting. Free, but what was sent may still be charged.")
    return [Offer("write-off", _("Write off"), note, "write-off", verb(task, "write-off"))]


def cancel(task: Task) -> Offer:
    return Offer("cancel", _("Cancel"), _("It was not sent yet. Free."), "stop", verb(task, "cancel"))


def verb(task: Task, name: str) -> str:
    return reverse(f"tasks:{name}", args=[task.pk])
