"""What a page says when the studio cannot do its work: which part is to blame, and that nothing was paid for.

It asks for nothing that may be away: no session, no rows, no team.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template import loader
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.views.defaults import bad_request, server_error

from studio.health.findings import Sentence

View = Callable[[HttpRequest], HttpResponseBase]
AGAIN = 5  # seconds
FULL = _("The studio's disk is full.")
READ_ONLY = _("The studio's database takes nothing in at the moment.")
BUSY = _("The studio's database is busy and did not answer in time.")
AWAY = _("The studio's database does not answer.")
# By SQLite's names and PostgreSQL's codes; a name of SQLite's may go on: SQLITE_BUSY_SNAPSHOT.
KNOWN = (
    (("SQLITE_FULL", "53100"), FULL),
    (("SQLITE_READONLY", "25006"), READ_ONLY),
    (("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "57014", "40P01"), BUSY),
)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def page(request: HttpRequest) -> HttpResponse:
    """503 with a sentence where the surroundings are to blame, else the plain page of a fault of ours."""
    why = reason(sys.exc_info()[1])
    if why is None:
        return server_error(request)
    text = loader.render_to_string("503.html", {"why": why})
    answer = HttpResponse(text, status=503, headers={"Retry-After": str(AGAIN), "Cache-Control": "no-store"})
    if request.headers.get("HX-Request") and request.method not in {"GET", "HEAD"}:
        answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": str(why), "error": True}})
    return answer


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 with a sentence for a form that is too large; any other request that cannot be taken gets the plain 400."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(loader.render_to_string("413.html"), status=413)
    return bad_request(request, exception)


def only_for_forms(get_response: View) -> View:
    """Middleware: a browser that comes by an address that only takes a form goes to the page above it, where the form
    is. Where there is none, and to programs, it is told so, where Django shows nothing at all."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        found = get_response(request)
        if not isinstance(found, HttpResponseNotAllowed) or request.method not in {"GET", "HEAD"}:
            return found
        above = page_above(request.path_info) if "text/html" in request.headers.get("Accept", "") else ""
        if above:
            return redirect(above)
        if request.accepts("text/html"):
            found.content = loader.render_to_string("405.html", request=request)
        return found

    return answer


def page_above(path: str) -> str:
    """The nearest address above this one that has a view, and another one; "" for none but the start."""
    view = resolve(path).func
    while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/":
        try:
            above = resolve(path).func
        except Resolver404:
            continue
        if above is not view:
            return path
    return ""


def reason(fault: BaseException | None) -> Sentence | None:
    """One sentence about the part that failed; None for a fault of ours."""
    if isinstance(fault, OSError):
        return FULL if fault.errno in NO_ROOM else None
    if not isinstance(fault, Error):
        return None
    name = getattr(fault.__cause__, "sqlite_errorname", "") or getattr(fault.__cause__, "sqlstate", "") or ""
    for names, sentence in KNOWN:
        if name and name.startswith(names):
            return sentence
    return AWAY if isinstance(fault, OperationalError | InterfaceError) else None
