"""Uploads on their way to the disk, carried there by the event loop: a slow one holds no thread.

Their view is asked twice. First without the body: it says no, or in a header that goes no further than this whose
file may come and how large it may be. Then with the whole file at hand, or with the reason why there is none.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, BinaryIO, NamedTuple

from studio import arriving
from studio.arriving import Body, Message, Receive, Send
from studio.files import storing

HEADER = "X-Studio-Spool"
ASKED = "studio.spools"  # in the scope of a request that is asked before its body has come
CAME = "studio.came"  # in the scope of the same request afterwards
CHUNK = 256 * 1024
EACH = 4  # files of one person at the same time
LONGEST = 30 * 60.0  # seconds for a file as a whole
CROWDED, LONG, LATE, NO_ROOM = "crowded", "long", "late", "no room"
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
on_their_way: Counter[int] = Counter()  # by person


class Came(NamedTuple):
    """Where the file lies, or why it does not: one of `CROWDED`, `LONG`, `LATE` and `NO_ROOM`."""

    path: str = ""
    why: str = ""


class NotSpooled(Exception):
    """The text is one of the four reasons."""


def is_asked(environ: Mapping[str, Any]) -> bool:
    """Whether the body comes afterwards, if the answer is an order."""
    return ASKED in environ.get("asgi.scope", {})


def came(environ: Mapping[str, Any]) -> Came | None:
    """What came of it; None where the body is to be read from the request itself."""
    found: Came | None = environ.get("asgi.scope", {}).get(CAME)
    return found


def order(person: int, most: int) -> str:
    """What `HEADER` says: whose file may come, and how many bytes it may have."""
    return f"{person} {most}"


class Tap:
    """Stands between an answer and its browser, and keeps an order to itself."""

    def __init__(self, send: Send) -> None:
        self.pass_on = send
        self.ordered = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            name = HEADER.lower().encode()
            self.ordered = next((value.decode() for key, value in message["headers"] if key == name), "")
        if not self.ordered:
            await self.pass_on(message)


async def answer(app: App, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One upload: asked for, carried to the disk, given to its view."""
    tap = Tap(send)
    await app(scope | {ASKED: True}, nothing, tap.send)
    if not tap.ordered:
        return
    person, most = map(int, tap.ordered.split())
    with ExitStack() as kept:
        try:
            with place_of(person):
                file = kept.enter_context(a_file())
                await carry(Body(receive), file, most)
            found = Came(file.name)
        except NotSpooled as why:
            found = Came(why=str(why))
        except TimeoutError:
            return await arriving.too_slow(send)
        except ConnectionResetError:
            return  # nobody is there to be answered
        await app(scope | {CAME: found}, nothing, send)


@contextmanager
def a_file() -> Iterator[BinaryIO]:
    """A file that is gone afterwards, unless its view moved it. Raises `NotSpooled`."""
    with ExitStack() as kept:
        try:
            file = kept.enter_context(storing.new_file())
        except OSError as fault:
            raise NotSpooled(NO_ROOM) from fault
        yield file


async def nothing() -> Message:
    """A body without a byte."""
    return {"type": "http.request", "body": b"", "more_body": False}


@contextmanager
def place_of(person: int) -> Iterator[None]:
    """One of the person's few places, so that nobody has those of others. Raises `NotSpooled`."""
    if on_their_way[person] >= EACH:
        raise NotSpooled(CROWDED)
    on_their_way[person] += 1
    try:
        yield
    finally:
        on_their_way[person] -= 1
        if not on_their_way[person]:
            del on_their_way[person]


async def carry(body: Body, file: BinaryIO, most: int) -> None:
    """The whole body into the file. Raises `NotSpooled`, TimeoutError for one that stands still or drips, and
    ConnectionResetError for one that breaks off."""
    size, piece, until = 0, bytearray(), asyncio.get_running_loop().time() + LONGEST
    while not body.ended:
        piece += (await body.paced()).get("body", b"")
        if size + len(piece) > most:
            raise NotSpooled(LONG)
        if asyncio.get_running_loop().time() > until:
            raise NotSpooled(LATE)
        if body.ended or len(piece) >= CHUNK:
            size += len(piece)
            await write(file, bytes(piece))
            piece.clear()


async def write(file: BinaryIO, piece: bytes) -> None:
    try:
        await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(file.flush)
    except OSError as fault:
        raise NotSpooled(NO_ROOM) from fault
