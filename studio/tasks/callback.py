"""The one view that the gateway calls: keep what it says and hear it, commit, answer."""

from __future__ import annotations

import logging

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studio.tasks import inbox
from studio.tasks.address import verify
from studio.tasks.desk import DESK, Outcome, flooding
from studio.teams import statements
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
CAP = 256 * 1024  # bytes
KEPT = b'{"ok": true}'


class TooLong(Exception):
    """The body passed the cap."""


@csrf_exempt
@cache_control(no_store=True)
@require_POST
def callback(request: HttpRequest, public_id: str, mac: str) -> HttpResponse:
    """200 means: it is kept. What it says is heard with it, or else in a second transaction, and whatever happens there
    changes nothing about the 200. An address that is not ours is answered by one fixed 404, a database that is away by
    503."""
    if not verify(public_id, mac):
        return HttpResponse("Not found", status=404, content_type="text/plain")
    try:
        body = read_body(request)
    except TooLong:
        return HttpResponse("Too long", status=413, content_type="text/plain")
    outcome = DESK.bring(public_id, request, body)
    if outcome == Outcome.ALONE:
        outcome = keep_alone(public_id, request, body)
    if outcome == Outcome.FLOOD:
        return later(429, 60)
    return later(503, 5) if outcome == Outcome.AWAY else HttpResponse(KEPT, content_type="application/json")


def keep_alone(public_id: str, request: HttpRequest, body: bytes) -> Outcome:
    """Keep it first, then hear it in a transaction of its own: whatever happens there, it is kept."""
    try:
        with across_teams():
            if statements.at_once(flooding([public_id]))[0]:
                return Outcome.FLOOD
            kept = inbox.store(public_id, request, body)
    except (DatabaseError, InterfaceError):
        logger.exception("a callback could not be kept")
        return Outcome.AWAY
    inbox.hear_kept(kept)
    return Outcome.KEPT


def read_body(request: HttpRequest) -> bytes:
    """The body, never more than one byte beyond the cap; without a declared length, as far as it is sent."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdigit():
        if int(length) > CAP:
            raise TooLong
        return request.read(int(length))
    chunks, size = [], 0
    while chunk := request.META["wsgi.input"].read(min(64 * 1024, CAP + 1 - size)):
        chunks.append(chunk)
        size += len(chunk)
        if size > CAP:
            raise TooLong
    return b"".join(chunks)


def later(status: int, seconds: int) -> HttpResponse:
    return HttpResponse("Later", status=status, content_type="text/plain", headers={"Retry-After": str(seconds)})
