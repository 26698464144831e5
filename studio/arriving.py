"""Bodies on their way to a view, read ahead by the event loop instead of waited for by one of the few threads.

Whoever sends a byte a minute would else hold a thread for as long as they like, and a handful of them would stop the
whole studio. So a form is here as a whole before a thread is taken, of a callback as much as is ever kept of one, and
a file is carried to the disk (`files/spooling.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, SuspiciousMultipartForm
from django.core.files.uploadhandler import FileUploadHandler

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

AHEAD = 320 * 1024  # bytes that come before there is a thread: a whole callback, nearly every form
MOST = 3 * 1024 * 1024  # bytes of a form or a program's call: what Django takes (2.5 MB), and the frames of its parts
TOGETHER = 128 * 1024 * 1024  # bytes beyond their first `AHEAD` that all bodies may have here at the same time
PATIENCE = 60.0  # seconds that may be spent waiting beside the pace
PACE = 8 * 1024  # bytes a second
HEAD = (b"content-type", b"text/plain"), (b"connection", b"close")


class Crowded(Exception):
    """So many large bodies are on their way that this one has no room."""


class Body:
    """What a request brings. `ended` once all of it is here, `too_large` where it is more than a view may read."""

    together = 0  # bytes of all requests that are here beyond the first part of each

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.ahead = bytearray()
        self.ended = self.too_large = False
        self.patience = PATIENCE
        self.held = 0

    async def read_ahead(self) -> None:
        """The first part. Raises TimeoutError for one that does not come, ConnectionResetError for one that breaks
        off."""
        async with asyncio.timeout(PATIENCE):
            while not self.ended and len(self.ahead) <= AHEAD:
                self.ahead += (await self.next()).get("body", b"")

    async def read_whole(self, declared: int = 0) -> None:
        """All of it, at a pace; `declared` is the length that its head tells. Of what is too large nothing is kept.

        Raises what `read_ahead` does, and `Crowded`.
        """
        self.too_large = declared > MOST
        while not self.ended and not self.too_large:
            self.ahead += (await self.paced()).get("body", b"")
            self.hold(len(self.ahead) - AHEAD)
            self.too_large = len(self.ahead) > MOST
        if self.too_large:
            self.ahead.clear()
            self.let_go()

    def hold(self, size: int) -> None:
        """Count this many bytes as here. Raises `Crowded`."""
        if size > self.held:
            Body.together += size - self.held
            self.held = size
            if Body.together > TOGETHER:
                raise Crowded

    def let_go(self) -> None:
        """The bytes are somewhere else, or nowhere."""
        Body.together -= self.held
        self.held = 0

    async def next(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the request broke off")
        self.ended = not message.get("more_body", False)
        return message

    async def paced(self) -> Message:
        """The next message; TimeoutError from one that stands still or drips."""
        began = time.monotonic()
        async with asyncio.timeout(self.patience):
            message = await self.next()
        self.patience += len(message.get("body", b"")) / PACE - (time.monotonic() - began)
        self.patience = min(PATIENCE, self.patience)
        return message

    async def take(self) -> Message:
        """The next message, for the bridge to the threads. A request that breaks off in its body is an error, as the
        bridge would hand the first half to the view; so is one that stands still, and one that is too large."""
        if self.too_large:
            raise RequestDataTooBig("The body is larger than any form.")
        if self.ahead or self.ended:
            here, self.ahead = bytes(self.ahead), bytearray()
            return {"type": "http.request", "body": here, "more_body": not self.ended}
        try:
            return await self.paced()
        except TimeoutError:
            raise ConnectionResetError("the request stood still") from None

    def closing(self, send: Send) -> Send:
        """The same way back, but an answer that comes before the end of the body is the last on this connection: the
        rest is not read, however much it is."""

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start" and not self.ended:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        return send_and_close


class NoFiles(FileUploadHandler):
    """Refuses the parts of a form that are files: no page takes any, and they would be written to the disk before a
    view can say no."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SuspiciousMultipartForm("A form brought a file as a part.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never asked."""

    def file_complete(self, file_size: int) -> None:
        """Never asked."""


async def too_slow(send: Send) -> None:
    """The answer to a request whose body does not come."""
    await tell(send, 408, b"Too slow")


async def later(send: Send) -> None:
    """The answer to a request whose body has no room just now."""
    await tell(send, 503, b"Too much at once. Try again in a moment.", (b"retry-after", b"5"))


async def tell(send: Send, status: int, words: bytes, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*HEAD, *more]})
    await send({"type": "http.response.body", "body": words})
