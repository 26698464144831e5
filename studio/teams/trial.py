"""Trying a connection: the gateway is asked for its list of models, which costs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.gateway import Answer, AnswerLost, NotSent
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection

MODELS = "/v1/models"
DEADLINE = 20.0  # seconds


@dataclass(frozen=True)
class Trial:
    """What came of it. `tone` is success, warning or error; `seconds` is how long the answer took."""

    tone: str
    title: str
    more: str = ""
    seconds: float | None = None
    models: int | None = None


def try_out(connection: Connection) -> Trial:
    """Ask for the models with this connection's address and key. Never raises for what a gateway may do."""
    try:
        answer = connection.client().query("GET", connection.paths.get("gateway.models", MODELS), deadline=DEADLINE)
    except KeyUnreadable as fault:
        return Trial("error", _("The key could not be read."), str(fault))
    except NotSent as fault:
        return Trial("error", _("The gateway was not reached."), _(fault.reason))
    except AnswerLost as fault:
        return Trial("error", _("The gateway was reached, but gave no whole answer."), _(fault.reason))
    return read(answer, connection.key)


def read(answer: Answer, key: str) -> Trial:
    said = what_it_said(answer.payload).replace(key, f"…{key[-4:]}") if key else what_it_said(answer.payload)
    if answer.status in {401, 402, 403}:
        return Trial("error", _("Reached, but the key was not accepted."), said, answer.seconds)
    models = count_models(answer.payload)
    if answer.status == 200 and models is not None:
        title = ngettext(
            "Reached, and the key was accepted: %(count)d model.",
            "Reached, and the key was accepted: %(count)d models.",
            models,
        )
        return Trial("success", title % {"count": models}, "", answer.seconds, models)
    if answer.status == 404:
        more = _("There is no list of models at this address. Check that it is a gateway's.")
        return Trial("warning", _("Something answered, but it knows no models."), more, answer.seconds)
    title = _("Reached, but the answer was no list of models (HTTP %(status)d).") % {"status": answer.status}
    return Trial("warning", title, said, answer.seconds)


def count_models(payload: object) -> int | None:
    """How many models the answer lists; None where it is no such list (an error may come with HTTP 200)."""
    if not isinstance(payload, dict) or payload.get("error"):
        return None
    listed = payload.get("data")
    return len(listed) if isinstance(listed, list) else None


def what_it_said(payload: object) -> str:
    """The error text of an answer, shortened; empty where there is none to be found or it is a whole page."""
    if isinstance(payload, dict):
        error = payload.get("error")
        places = [error, payload] if isinstance(error, dict) else [payload]
        found = (place.get(name) for place in places for name in ("message", "msg", "error", "detail", "description"))
        return next((text for text in found if isinstance(text, str) and text), "")[:300]
    return payload[:300] if isinstance(payload, str) and "<" not in payload else ""
