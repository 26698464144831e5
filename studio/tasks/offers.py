"""What a person can do about a task: its page's buttons."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.tasks.hearing import can_ask
from studio.tasks.models import Attempt, Task
from studio.tasks.states import SENDABLE_AGAIN, UNSENT, State
from studio.tasks.verbs import may_write_off
from studio.tasks.words import known


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
