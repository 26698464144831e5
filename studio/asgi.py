"""The web process: `/live/` is a small ASGI app, everything else is Django in a fixed number of threads.

Measured with Django's own ASGI handler instead: a third of the requests per second, one thread per open stream, and
database connections that leak until PostgreSQL refuses new ones. What is long and slow keeps no thread: the streams
of `/live/`, and the files that `pouring.py` sends.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from studio.wsgi import application as pages  # first of ours: it sets Django up

# isort: split
from studio import pouring
from studio.tasks import live

THREADS = 16  # each keeps one database connection

django: Any = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def application(scope: live.Scope, receive: live.Receive, send: live.Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == live.PATH:
        await live.stream(scope, receive, send)
    else:
        tap = pouring.Tap(receive, cast(pouring.Send, send))
        try:
            await django(dict(scope) | {pouring.ABLE: True}, whole(receive), tap.send)
        except pouring.BrokenOff:
            return  # without an end, which would wait for the same browser


async def lifespan(receive: live.Receive, send: live.Send) -> None:
    """The event reader lives as long as the server."""
    await receive()
    live.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    live.stop()
    await send({"type": "lifespan.shutdown.complete"})


def whole(receive: live.Receive) -> live.Receive:
    """A request that breaks off in its body is an error: the bridge would hand the first half to the view."""

    async def receive_or_fail() -> MutableMapping[str, Any]:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the request broke off")
        return message

    return receive_or_fail
