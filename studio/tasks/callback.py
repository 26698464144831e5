"""The one view that the gateway calls: keep what it says, commit, answer; then hear it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studio.tasks import inbox
from studio.tasks.address import verify
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
CAP = 256 * 1024  # bytes
# Callbacks to one address; a gateway sends a handful per task.
PER_MINUTE = 60
PER_ADDRESS = 1000
COUNTED = "SELECT count(*) FILTER (WHERE received_at > %s), count(*) FROM tasks_callback WHERE public_id = %s"


class TooLong(Exception):
    """The body passed the cap."""


@csrf_exempt
@cache_control(no_store=True)
@require_POST
def callback(request: HttpRequest, public_id: str, mac: str) -> HttpResponse:
    """200 means: it is kept. What it says is heard in a second transaction, and whatever happens there changes nothing
    about the 200. An address that is not ours is answered by one fixed 404, a database that is away by 503."""
    if not verify(public_id, mac):
        return HttpResponse("Not found", status=404, content_type="text/plain")
    try:
        body = read_body(request)
    except TooLong:
        return HttpResponse("Too long", status=413, content_type="text/plain")
    try:
        with across_teams():
            if is_flood(public_id):
                return later(429, 60)
            kept = inbox.store(public_id, request, body)
    except (DatabaseError, InterfaceError):
        logger.exception("a callback could not be kept")
        return later(503, 5)
    inbox.hear_kept(kept)
    return JsonResponse({"ok": True})


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


def is_flood(public_id: str) -> bool:
    minute_ago = connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(seconds=60))
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [minute_ago, public_id])
        recent, in_all = cursor.fetchone()
    return bool(recent >= PER_MINUTE or in_all >= PER_ADDRESS)


def later(status: int, seconds: int) -> HttpResponse:
    return HttpResponse("Later", status=status, content_type="text/plain", headers={"Retry-After": str(seconds)})
