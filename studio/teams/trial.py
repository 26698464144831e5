"""Trying a connection: the gateway is asked for its list of models, which costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.gateway import Answer, AnswerLost, Blocked, NotSent
from studio.teams.forms import private_address
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection

MODELS = "/v1/models"
DEADLINE = 20.0  # seconds
MOST_MODELS = 2000  # names on one page


@dataclass(frozen=True)
class Trial:
    """What came of it. `tone` is success, warning or error; `more` is what to do, `said` the gateway's own words;
    `seconds` is how long the answer took; `models` are the names of what the key may use."""

    tone: str
    title: str
    more: str = ""
    said: str = ""
    seconds: float | None = None
    models: Sequence[str] = ()


def try_out(connection: Connection) -> Trial:
    """Ask for the models with this connection's address and key. Never raises for what a gateway may do."""
    try:
        answer = connection.client().query("GET", connection.paths.get("gateway.models", MODELS), deadline=DEADLINE)
    except KeyUnreadable as fault:
        return Trial("error", _("The key could not be read."), str(fault))
    except Blocked:
        return Trial("error", _("The gateway was not reached."), private_address())
    except NotSent as fault:
        return Trial("error", _("The gateway was not reached."), _(fault.reason))
    except AnswerLost as fault:
        return Trial("error", _("The gateway was reached, but gave no whole answer."), _(fault.reason))
    said = what_it_said(answer.payload).replace(connection.key, f"…{connection.key_last4}")
    return replace(meaning(answer), said=said, seconds=answer.seconds)


def meaning(answer: Answer) -> Trial:
    """What an answer, whatever it is, tells of the address and the key."""
    status, models = answer.status, models_of(answer.payload)
    if status == 200 and models is not None:
        title = ngettext(
            "Reached, and the key was accepted: %(count)d model.",
            "Reached, and the key was accepted: %(count)d models.",
            len(models),
        )
        names = sorted(name for name in models if name)[:MOST_MODELS]
        return Trial("success", title % {"count": len(models)}, models=names)
    if status in {401, 403}:
        return Trial("error", _("Reached, but the key was not accepted."), _("Check the key, and enter it again."))
    if status == 402 or answer.is_out_of_money:
        return Trial("error", _("Reached, but the account has no balance left."), _("Top it up at the gateway."))
    if status == 429:
        return Trial("warning", _("Reached, but this key was used too often."), _("Wait a minute, then test again."))
    if 300 <= status < 400:
        more = _("Enter the address it leads to; the studio follows no redirects, because the key would go along.")
        return Trial("error", _("Something answered, but it leads to another address."), more)
    if status == 404:
        more = _("There is no list of models at this address. Check that it is a gateway's.")
        return Trial("warning", _("Something answered, but it knows no models."), more)
    if status >= 500:
        title = _("Reached, but the gateway is out of order (HTTP %(status)d).") % {"status": status}
        return Trial("warning", title, _("Test again later. The address and the key may well be right."))
    if is_page(answer.payload):
        more = _("Check the address: a gateway's is often not that of its website.")
        return Trial("warning", _("A web page answered, not a gateway (HTTP %(status)d).") % {"status": status}, more)
    title = _("Reached, but the answer was not a list of models (HTTP %(status)d).") % {"status": status}
    return Trial("warning", title, _("Other calls may work. Run something cheap to find out."))


def is_page(payload: object) -> bool:
    return isinstance(payload, str) and payload.lstrip().startswith("<")


def models_of(payload: object) -> list[str] | None:
    """The names of the models that the answer lists, "" for one without a name; None where it is no such list (an error
    may come with HTTP 200)."""
    if not isinstance(payload, dict) or payload.get("error") or not isinstance(payload.get("data"), list):
        return None
    names = (each.get("id") if isinstance(each, dict) else None for each in payload["data"])
    return [name if isinstance(name, str) else "" for name in names]


def what_it_said(payload: object) -> str:
    """The error text of an answer, shortened; empty where there is none to be found or it is a whole page."""
    if isinstance(payload, dict):
        error = payload.get("error")
        places = [error, payload] if isinstance(error, dict) else [payload]
        found = (place.get(name) for place in places for name in ("message", "msg", "error", "detail", "description"))
        return next((text for text in found if isinstance(text, str) and text), "")[:300]
    return payload[:300] if isinstance(payload, str) and "<" not in payload else ""
