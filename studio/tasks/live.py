"""The event stream: a small ASGI app without threads or ORM, let in by a token that the page carries.

A frame holds ids, a state and a number; whoever wants to know more asks an ordinary view with ordinary permissions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.numbers import number_in
from studio.tasks.hub import Hub, Stream, frame
from studio.tasks.reader import AT_ONCE, FAULT
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Team, User

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATH = "/live/"
SALT = "studio.live"
LIFE = 600  # seconds: of a token, and of a stream; then the browser comes back with a fresh token
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def token(user: User, team: Team) -> str:
    """Lets this person follow this team for ten minutes. Its first part, up to the colon, names the two."""
    return signing.dumps({"user": user.pk, "team": team.pk}, salt=SALT)


@require_safe
@never_cache
@team_page
def live_token(request: TeamRequest) -> HttpResponse:
    """A fresh token for a page that is open for longer than its first one lives."""
    return JsonResponse({"token": token(request.user, request.team)})


hub = Hub()
start, stop = hub.start, hub.stop


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """One browser's stream: 403 for a token that is wrong or old, or whose person has left the team, 503 when there
    are too many or the database is away, else events."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    try:
        allowed = signing.loads(query.get("token", [""])[0], salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return await refuse(send, 403, b"The token is wrong or too old.")
    try:
        if (allowed["user"], allowed["team"]) not in await asyncio.to_thread(hub.archive.members):
            return await refuse(send, 403, b"You are no member of this team any more.")
    except FAULT:
        return await refuse(send, 503, b"The database does not answer.")
    if not await hub.follows():
        return await refuse(send, 503, b"The database does not answer.")
    if not hub.has_room(allowed["user"]):
        return await refuse(send, 503, b"Too many streams are open.")
    if scope["method"] == "HEAD":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        return await send({"type": "http.response.body", "body": b""})
    mine = hub.join(allowed["user"], allowed["team"])
    gone = asyncio.create_task(watch(receive, mine))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async with asyncio.timeout(LIFE) as mine.life:
            await follow(mine, since(scope, query), send)
    except TimeoutError:  # its life is over: it ends in good order and the browser comes back
        if mine.writing:
            return  # without an end, which would wait for the same browser
    finally:
        gone.cancel()
        hub.leave(mine)
    await send({"type": "http.response.body", "body": b""})


async def watch(receive: Receive, mine: Stream) -> None:
    """A browser that goes away is only seen here: sending to it fails silently."""
    while (await receive())["type"] != "http.disconnect":
        pass
    mine.end()


def since(scope: Scope, query: dict[str, list[str]]) -> int | None:
    """The last event this browser has seen; what it says on resuming counts more than what the page said."""
    headers = dict(scope["headers"])
    for text in (headers.get(b"last-event-id", b"").decode("latin-1"), query.get("since", [""])[0]):
        if (number := number_in(text)) is not None:
            return number
    return None


async def follow(mine: Stream, last: int | None, send: Send) -> None:
    """Catch up from the table, then go on with what the reader hands over. The stream has joined before the first
    query and everything is filtered by id, so nothing falls between the two and nothing comes twice. Who has seen
    nothing yet gets all that happens after the greeting."""

    async def write(text: bytes) -> None:
        mine.writing, mine.wrote_at = True, time.monotonic()
        await send({"type": "http.response.body", "body": text, "more_body": True})
        mine.writing = False

    at = await newest_event(mine) if last is None else last
    await write(b": hello\n\n")
    if last is not None:
        at = await catch_up(mine, last, write)
    while not mine.over:
        await mine.news.wait()
        at, text = mine.take(at)
        if text:
            await write(text)


async def newest_event(mine: Stream) -> int:
    """The id of the newest event."""
    try:
        return (await asyncio.to_thread(hub.archive.bounds))[1]
    except FAULT:
        mine.end()
        return 0


async def catch_up(mine: Stream, last: int, write: Callable[[bytes], Awaitable[None]]) -> int:
    """Send what was missed since that id; the id up to which this browser knows everything."""
    try:
        oldest, newest = await asyncio.to_thread(hub.archive.bounds)
        if last < oldest - 1 or last > newest:  # events were tidied away, or this is another database than before
            await write(f"id: {newest}\nevent: reset\ndata: {{}}\n\n".encode())
            return newest
        while not mine.over:
            lines = await asyncio.to_thread(hub.archive.read, mine.team, last)
            if lines:
                await write(b"".join(frame(line) for line in lines if line.only in {None, mine.person}))
                last = lines[-1].id
            if len(lines) < AT_ONCE:
                break
    except FAULT:
        mine.end()  # the database is away: the browser comes back with the same id
    return last


async def refuse(send: Send, status: int, sentence: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
