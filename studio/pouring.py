"""Files on their way to browsers, poured by the event loop instead of by one of the few threads that answer pages.

A paused player leaves its connection open and unread for minutes. A handful of them would stop the whole studio, the
gateway's callbacks included. So a view only says what is to be sent, in a header that goes no further than this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from studio.zipping import read_manifest, zipped

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEADER = "X-Studio-Pour"
ZIP = "zip"  # an order for an archive; the answer's body is the list of what goes in
ABLE = "studio.pours"  # in the scope of a request whose answer comes through a tap
CHUNK = 256 * 1024
STALLED = 120  # seconds a browser may leave our bytes unread; a player then asks again for the part it wants


class BrokenOff(Exception):
    """The rest cannot be sent: the browser leaves our bytes unread for too long, or the file has become shorter."""


def is_able(environ: Mapping[str, Any]) -> bool:
    """Whether an answer to this request may ask for a file to be poured."""
    return ABLE in environ.get("asgi.scope", {})


def order(path: str, first: int, last: int) -> str:
    """What `HEADER` says: the bytes from first to last, both included, of the file at this path."""
    return f"{first} {last} {quote(path)}"


class Tap:
    """Stands between an answer and its browser. Where the answer is an order, the file takes the place of its body."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.receive, self.pass_on = receive, send
        self.ordered = ""
        self.listed: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.take_order(message)
        elif self.ordered:
            if self.ordered == ZIP:
                self.listed.append(message.get("body", b""))
            if message.get("more_body"):
                return
            await self.pour()
            message["body"] = b""
        await self.pass_on(message)

    def take_order(self, message: Message) -> None:
        name = HEADER.lower().encode()
        said = [value for key, value in message["headers"] if key == name]
        if said:
            self.ordered = said[0].decode("latin-1")
            gone = {name} if self.ordered != ZIP else {name, b"content-length"}  # that of the list
            message["headers"] = [(key, value) for key, value in message["headers"] if key.lower() not in gone]

    async def pour(self) -> None:
        gone = asyncio.create_task(self.watch())
        try:
            await (self.pour_archive(gone) if self.ordered == ZIP else self.pour_file(gone))
        except TimeoutError:
            raise BrokenOff from None
        finally:
            gone.cancel()

    async def pour_file(self, gone: asyncio.Task[None]) -> None:
        first, last, path = self.ordered.split(" ")
        left = int(last) - int(first) + 1
        with await asyncio.to_thread(open, unquote(path), "rb") as file:
            file.seek(int(first))
            while left and not gone.done():
                chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
                if not chunk:
                    raise BrokenOff
                left -= len(chunk)
                await self.give(chunk)

    async def pour_archive(self, gone: asyncio.Task[None]) -> None:
        pieces = zipped(read_manifest(b"".join(self.listed)))
        while not gone.done() and (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            await self.give(piece)
        await asyncio.to_thread(pieces.close)

    async def give(self, chunk: bytes) -> None:
        passing = self.pass_on({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.wait_for(passing, STALLED)

    async def watch(self) -> None:
        """A browser that goes away is only seen here: sending to it fails silently."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
