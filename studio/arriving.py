"""Bodies on their way to a view, read ahead by the event loop instead of waited for by one of the few threads.

Whoever sends a byte a minute would else hold a thread for as long as they like, and a handful of them would stop the
whole studio. What is larger than any form or callback has to keep a pace once it has a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

AHEAD = 320 * 1024  # bytes that come before there is a thread: a whole callback, nearly every form
PATIENCE = 60.0  # seconds for these bytes; afterwards, seconds that may be spent waiting beside the pace
PACE = 8 * 1024  # bytes a second
HEAD = (b"content-type", b"text/plain"), (b"connection", b"close")


class Body:
    """What a request brings, message by message. `ended` once all of it is here."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.ahead: list[Message] = []
        self.ended = False
        self.patience = PATIENCE

    async def read_ahead(self) -> None:
        """Raises TimeoutError for one that does not come, ConnectionResetError for one that breaks off."""
        size = 0
        async with asyncio.timeout(PATIENCE):
            while not self.ended and size <= AHEAD:
                self.ahead.append(await self.next())
                size += len(self.ahead[-1].get("body", b""))

    async def next(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the request broke off")
        self.ended = not message.get("more_body", False)
        return message

    async def take(self) -> Message:
        """The next message, for the bridge to the threads. A request that breaks off in its body is an error, as the
        bridge would hand the first half to the view. So is one that stands still or drips."""
        if self.ahead:
            return self.ahead.pop(0)
        began = time.monotonic()
        try:
            message = await asyncio.wait_for(self.next(), self.patience)
        except TimeoutError:
            raise ConnectionResetError("the request stood still") from None
        self.patience += len(message.get("body", b"")) / PACE - (time.monotonic() - began)
        self.patience = min(PATIENCE, self.patience)
        return message

    def closing(self, send: Send) -> Send:
        """The same way back, but an answer that comes before the end of the body is the last on this connection: the
        rest is not read, however much it is."""

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start" and not self.ended:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        return send_and_close


async def too_slow(send: Send) -> None:
    """The answer to a request whose body does not come."""
    await send({"type": "http.response.start", "status": 408, "headers": [*HEAD]})
    await send({"type": "http.response.body", "body": b"Too slow"})
