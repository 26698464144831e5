"""The Run button: what it will do, and why it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.drafts import Draft
from studio.composer.notes import Notes, Reason
from studio.composer.prompting import Prompted
from studio.languages import in_words, listed
from studio.ledger.budgets import spelled
from studio.ledger.terms import Terms
from studio.teams.access import refusal
from studio.teams.models import Connection, Membership, Role


@dataclass(frozen=True)
class Run:
    """`label` says what will happen; with `reasons` it will not. `note` tells how the task will be followed, `warning`
    what will go wrong, `which` that it is one of several, `approval` who is asked first."""

    label: str
    reasons: tuple[Reason, ...]
    note: str
    warning: str = ""
    which: str = ""
    approval: str = ""


def run(
    draft: Draft,
    connection: Connection | None,
    membership: Membership,
    found: Notes,
    unreached: Sequence[str] = (),
    prompted: Prompted | None = None,
    money: Terms | None = None,
    gone: bool = False,
) -> Run:
    """`unreached` are the names of files that the gateway is to fetch from us and cannot; `money` is what the team
    expects of a run; `gone` says that there is no connection because the chosen one was deleted."""
    money = money or Terms(None)
    reasons = (
        *standing(draft.operation, connection, membership, gone=gone),
        *(prompted.reasons if prompted else []),
        *found.reasons,
        *([Reason(in_words(money.refused))] if money.refused else []),
    )
    where = connection.name if connection else ""
    label = _("Run on %(connection)s") % {"connection": where} if where else _("Run")
    paid = rehearsed() if connection and connection.is_sandbox else expected(money)
    label = " · ".join([label, *filter(None, [listed(made(draft)), paid])])
    note = ""
    if connection and draft.operation.callback:
        note = connection.reaches_us()[1]
    return Run(label, reasons, note, cannot_fetch(unreached), of_several(prompted), approval(money))


def of_several(prompted: Prompted | None) -> str:
    if prompted is None or prompted.number < 2:
        return ""
    return _("Sends one of %(number)s texts: the one marked “next”.") % {"number": intcomma(prompted.number)}


def rehearsed() -> str:
    """What a run on the sandbox costs."""
    return _("a rehearsal, free")


def expected(money: Terms) -> str:
    """What it will cost, where the team or the catalog says so."""
    if money.price is None:
        return ""
    return _("about %(points)s points") % {"points": spelled(money.price)} if money.price else _("free")


def approval(money: Terms) -> str:
    """Who is asked first, and why where that is not the price."""
    if not money.needs_approval:
        return ""
    if money.uncounted:
        return _("Nobody can say what it costs, so it waits for an owner's approval before it is sent.")
    return _("It waits for an owner's approval before it is sent.")


def cannot_fetch(names: Sequence[str]) -> str:
    if not names:
        return ""
    return _(
        "The gateway cannot fetch %(names)s: the studio's address %(address)s cannot be reached from outside. Give an "
        "address on the web instead, or set STUDIO_PUBLIC_URL to a public one."
    ) % {"names": listed(names), "address": settings.PUBLIC_URL}


def standing(
    operation: catalog.Operation, connection: Connection | None, membership: Membership, *, gone: bool = False
) -> list[Reason]:
    """What stops a run whatever the form holds."""
    reasons = []
    if not membership.may_run:
        reasons.append(Reason(refusal(Role.MEMBER)))
    if gone:
        reasons.append(Reason(_("The connection that was chosen is gone. Choose another one."), target="connection"))
    elif connection is None:
        text = _("There is no connection yet. An owner adds the gateway's address and key.")
        reasons.append(Reason(text, url=reverse("teams:connections")))
    elif connection.is_stopped:
        text = _("%(connection)s is stopped. An owner can start it again.") % {"connection": connection.name}
        reasons.append(Reason(f"{why_stopped(connection)} {text}", url=reverse("teams:connections")))
    if connection and not connection.offers(operation):
        reasons.append(off(connection, membership))
    return reasons


def off(connection: Connection, membership: Membership) -> Reason:
    """Why an operation does not run on a connection, and where that is changed."""
    if membership.is_owner:
        text = _("This operation is switched off on %(connection)s: it may not exist there. Turn it on.")
    else:
        text = _("This operation is switched off on %(connection)s: it may not exist there. An owner can turn it on.")
    url = reverse("teams:connection", args=[connection.pk]) + ("?more=1#operations" if membership.is_owner else "")
    return Reason(text % {"connection": connection.name}, url=url)


def why_stopped(connection: Connection) -> str:
    said = connection.stopped_because
    meaning = catalog.explain(said)
    return in_words(meaning.cause) if meaning else _("The gateway said: “%(words)s”") % {"words": gettext(said)}


def made(draft: Draft) -> list[str]:
    """What will be made, in words: "1 video", "10 s"."""
    words = list(filter(None, [counted(draft.operation.makes, _count(draft))]))
    for field in draft.operation.fields:
        if field.role != "duration" or not draft.operation.applies(field, draft.values):
            continue
        seconds = catalog.seconds(draft.values.get(field.at), field)
        if seconds is not None:
            words.append(_("%(number)s s") % {"number": f"{seconds:g}"})
    return words


def counted(makes: str, number: int) -> str:
    match makes:
        case "video":
            words = ngettext("%(number)s video", "%(number)s videos", number)
        case "image":
            words = ngettext("%(number)s image", "%(number)s images", number)
        case "audio":
            words = ngettext("%(number)s sound", "%(number)s sounds", number)
        case "text":
            words = ngettext("%(number)s text", "%(number)s texts", number)
        case "file":
            words = ngettext("%(number)s file", "%(number)s files", number)
        case "model":
            words = ngettext("%(number)s model", "%(number)s models", number)
        case _:
            return ""
    return words % {"number": number}


def _count(draft: Draft) -> int:
    """As many as the values ask for, be it as a number or as its text."""
    fields = [field for field in draft.operation.fields if field.role == "count"]
    words = [str(draft.values.get(field.at, field.default)) for field in fields]
    numbers = (int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 4)
    return next((number for number in numbers if number), draft.operation.makes_count)
