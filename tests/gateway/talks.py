"""Gateways on real loopback sockets that hold a conversation as their script says."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from studio import catalog

TURN = catalog.Turn("session.created", "response.created", "response.done", "error")
OPENED: dict[str, Any] = {"type": "session.created", "session": {"id": "sess_1"}}
BEGAN: dict[str, Any] = {"type": "response.created", "response": {"id": "resp_1"}}
FRAMES = ('{"type":"item","text":"你好"}', '{"type":"response.create"}')


def delta(text: str) -> dict[str, Any]:
    return {"type": "response.text.delta", "delta": text}


def done(status: str = "completed") -> dict[str, Any]:
    return {"type": "response.done", "response": {"status": status, "output": [{"content": [{"text": "Hello."}]}]}}


Script = Callable[["Talker"], None]


@dataclass
class Talker:
    """One conversation, seen from the gateway."""

    socket: ServerConnection
    stop: threading.Event

    def say(self, *events: object) -> None:
        for event in events:
            self.socket.send(event if isinstance(event, str | bytes) else json.dumps(event))

    def hear(self, count: int = len(FRAMES)) -> list[str]:
        return [str(self.socket.recv(timeout=5)) for _ in range(count)]


@dataclass
class Gateway:
    port: int
    stop: threading.Event
    asked: list[Request] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    conversations: int = 0

    @property
    def origin(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.origin}"


@contextmanager
def talking(
    script: Script,
    refuses: Callable[[ServerConnection], Response] | None = None,
    names: str = "",
    tls: ssl.SSLContext | None = None,
) -> Iterator[Gateway]:
    """A gateway for as long as the block lasts; `refuses` answers every handshake with something else, `names` is a
    sub-protocol that it says it speaks."""
    stop = threading.Event()

    def handle(socket: ServerConnection) -> None:
        gateway.conversations += 1
        with suppress(ConnectionClosed, TimeoutError, OSError):
            script(Talker(socket, stop))

    def look(socket: ServerConnection, request: Request) -> Response | None:
        gateway.asked.append(request)
        return refuses(socket) if refuses else None

    def answer(socket: ServerConnection, request: Request, response: Response) -> None:
        if names:
            response.headers["Sec-WebSocket-Protocol"] = names

    with serve(
        *(handle, "127.0.0.1", 0),
        process_request=look,
        process_response=answer,
        close_timeout=0.2,
        ssl=tls,
        compression=None,
    ) as server:
        gateway = Gateway(server.socket.getsockname()[1], stop)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield gateway
        finally:
            stop.set()
            server.shutdown()
            thread.join(5)
