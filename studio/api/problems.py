"""What the API says when it says no: one shape, and a sentence that tells what to do."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from studio.broken import AGAIN, reason
from studio.composer.preset_runs import CannotRun
from studio.tasks.lifecycle import NotNow
from studio.tasks.refusing import TooMany

log = logging.getLogger(__name__)
# By the first word of what pydantic calls a fault; its own sentences are for whoever wrote the shapes.
WRONG = {
    "extra": gettext_lazy("There is no such key here. Leave it out, or look at how it is spelled."),
    "dict": gettext_lazy("Write one JSON object: {…}."),
    "string": gettext_lazy("Write a text."),
    "int": gettext_lazy("Write a whole number."),
    "bool": gettext_lazy("Write true or false."),
}
UNFIT = gettext_lazy("This does not fit here. See /api/docs for what does.")
NO_BODY = gettext_lazy("The body has to be one JSON object: {…}. See /api/docs for what it holds.")
CODES = {400: "unreadable", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "wrong_method"}


class Problem(Exception):
    """An answer that is no success; the text is a sentence for whoever wrote the program."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


def told(
    status: int,
    code: str,
    message: str,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    said = {"error": {"code": code, "message": message, "fields": dict(fields or {})}}
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(
        text, status=status, content_type="application/json; charset=utf-8", headers=dict(headers or {})
    )


def unauthorized() -> HttpResponse:
    message = _(
        "Bring a token that is alive: “Authorization: Bearer ps_…”. Make one in the studio under Team, API tokens. One "
        "that has expired, was revoked, or whose person left the team opens nothing."
    )
    return told(401, "unauthorized", message, headers={"WWW-Authenticate": 'Bearer realm="Prompt Studio"'})


def not_found() -> HttpResponse:
    return told(404, "not_found", _("There is no such thing here for this token. Check the address and the number."))


def wrong_method(methods: str) -> HttpResponse:
    allowed = ", ".join(sorted(methods.split(", ")))
    message = _("This address takes %(methods)s.") % {"methods": allowed}
    return told(405, "wrong_method", message, headers={"Allow": allowed})


def broken() -> HttpResponse:
    """503 where the surroundings are to blame, else a fault of ours, which is logged."""
    why = reason(sys.exc_info()[1])
    if why is not None:
        return told(503, "unavailable", str(why), headers={"Retry-After": str(AGAIN)})
    log.exception("The API failed")
    return told(500, "internal", _("The studio failed at this. It is in its log; tell whoever runs the studio."))


def unreadable(fault: ValidationError) -> HttpResponse:
    """What was brought does not fit; each fault stands under its place."""
    if any(each["loc"][0] == "body" and len(each["loc"]) == 2 for each in fault.errors):
        return told(422, "invalid", str(NO_BODY), {"body": str(NO_BODY)})
    fields = {place(each["loc"]): str(WRONG.get(each["type"].partition("_")[0], UNFIT)) for each in fault.errors}
    return told(422, "invalid", " ".join(f"{at}: {said}" for at, said in fields.items()), fields)


def place(loc: Sequence[str | int]) -> str:
    """Where a fault stands, as programs write it: without where it came from, and without our own name for a body."""
    return ".".join(map(str, loc[2 if loc[0] == "body" else 1 :]))


def of_http(fault: HttpError) -> HttpResponse:
    if isinstance(fault.__cause__, RequestDataTooBig):
        return answer(fault.__cause__)
    if fault.status_code == 400:
        return told(400, "unreadable", _("The body is not readable JSON. Send one JSON object."))
    return told(fault.status_code, CODES.get(fault.status_code, "refused"), str(fault))


def answer(fault: Exception) -> HttpResponse:
    """The answer to whatever a view raised."""
    if isinstance(fault, Problem):
        return told(fault.status, fault.code, fault.message, headers=fault.headers)
    if isinstance(fault, CannotRun):
        if isinstance(fault.__cause__, TooMany):
            return told(429, "too_many_waiting", str(fault), headers={"Retry-After": "30"})
        return told(422, "cannot_run", str(fault), fault.fields)
    if isinstance(fault, NotNow):
        return told(409, "not_now", str(fault))
    if isinstance(fault, Http404):
        return not_found()
    if isinstance(fault, PermissionDenied):
        return told(403, "forbidden", str(fault))
    if isinstance(fault, ValidationError):
        return unreadable(fault)
    if isinstance(fault, AuthenticationError):
        return unauthorized()
    if isinstance(fault, RequestDataTooBig):
        return told(413, "too_large", _("This is too large. A body may have two and a half megabytes."))
    return of_http(fault) if isinstance(fault, HttpError) else broken()


def handle(api: NinjaAPI) -> None:
    """Every answer of this API that is no success comes from here."""

    def told_of(_request: HttpRequest, fault: Any) -> HttpResponse:
        return answer(fault)

    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, told_of)
