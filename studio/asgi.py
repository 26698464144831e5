"""The web process: `/live/` and the doors for machines are ASGI apps, all else is Django in a fixed number of threads.

Measured with Django's own ASGI handler instead: a third of the requests per second, one thread per open stream, and
database connections that leak until PostgreSQL refuses new ones. What is long and slow keeps no thread: the streams
of `/live/`, and the files that `pouring.py` sends.
"""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.urls import resolve

from studio.wsgi import application as pages  # first of ours: it sets Django up

# isort: split
from studio import arriving, catalog, pouring
from studio.files import spooling
from studio.health import doors
from studio.tasks import live

THREADS = 16  # each keeps one database connection
CALLBACKS = "/callback/"  # a browser would lose the answer to what it still sends; a gateway has no use for more
UPLOADS = "/files/add/"

django: Any = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def application(scope: live.Scope, receive: live.Receive, send: live.Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == live.PATH:
        await live.stream(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] in doors.DOORS:
        await doors.answer(scope, send)
    else:
        await page(scope, receive, cast(pouring.Send, send))


async def page(scope: live.Scope, receive: live.Receive, send: pouring.Send) -> None:
    """Everything that is answered by a view, in a thread."""
    if scope["path"] == UPLOADS and scope["method"] == "POST":
        return await spooling.answer(django, dict(scope), receive, send)
    body, is_callback = arriving.Body(receive), scope["path"].startswith(CALLBACKS)
    try:
        await (body.read_ahead() if is_callback else body.read_whole(declared(scope)))
    except TimeoutError:
        return await arriving.too_slow(send)
    except arriving.Crowded:
        return await arriving.later(send)
    except ConnectionResetError:
        return None  # nobody is there to be answered
    else:
        back = body.closing(send) if is_callback else send
        await answer(scope, body, pouring.Tap(receive, back))
    finally:
        body.let_go()


async def answer(scope: live.Scope, body: arriving.Body, tap: pouring.Tap) -> None:
    try:
        await django(dict(scope) | {pouring.ABLE: True}, body.take, tap.send)
    except pouring.BrokenOff:
        return  # without an end, which would wait for the same browser


def declared(scope: live.Scope) -> int:
    """The length of the body, as its head tells it; 0 where it comes in chunks."""
    said = dict(scope["headers"]).get(b"content-length", b"")
    return int(said) if said.isdigit() else 0


async def lifespan(receive: live.Receive, send: live.Send) -> None:
    """The event reader lives as long as the server."""
    await receive()
    live.start()
    await send({"type": "lifespan.startup.complete"})
    warming = asyncio.create_task(asyncio.to_thread(warm))  # beside the first requests: they need the same
    await receive()
    warming.cancel()
    live.stop()
    await send({"type": "lifespan.shutdown.complete"})


def warm() -> None:
    """Read what most answers need, else the first callback waited for it, and set aside whatever is there by then: to
    look through all of it for circles took 50 to 150 ms, in the midst of some answer."""
    resolve("/")
    catalog.systems()
    gc.freeze()
