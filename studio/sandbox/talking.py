"""The gateway's side of a web socket, on a connection whose request has been read already."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

from studio.sandbox.wire import LARGEST_BODY, Talk

CHUNK = 64 * 1024
SILENT = logging.Logger("silent", logging.CRITICAL + 1)


class Socket:
    """Speaks RFC 6455 over a connected socket. Raises OSError when the caller is gone."""

    def __init__(self, connected: socket.socket, target: str, headers: Mapping[str, str]) -> None:
        self.connected = connected
        self.protocol = ServerProtocol(max_size=LARGEST_BODY, logger=SILENT)
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        self.protocol.receive_data("\r\n".join([*lines, "", ""]).encode("latin-1"))
        self.pieces: list[bytes] = []

    def accept(self) -> bool:
        """Answer the handshake; false where it is none."""
        asked = next((each for each in self.protocol.events_received() if isinstance(each, Handshake)), None)
        if asked is None:
            return False
        self.protocol.send_response(self.protocol.accept(asked))
        self.flush()
        return self.protocol.state is State.OPEN

    def hold(self, talk: Talk, rest: Callable[[], object]) -> None:
        """The whole conversation, until the caller ends it, with a rest before all that is answered. What breaks it on
        the way comes from the talk."""
        self.say(talk.opening())
        while self.protocol.state is State.OPEN:
            data = self.connected.recv(CHUNK)
            if not data:
                return
            self.protocol.receive_data(data)
            self.flush()
            for text in self.texts():
                self.say(talk.hear(text), rest)

    def texts(self) -> Iterable[str]:
        for event in self.protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self.pieces.append(bytes(event.data))
                if event.fin:
                    text, self.pieces = b"".join(self.pieces), []
                    yield text.decode("utf-8", "replace")

    def say(self, events: Iterable[dict[str, Any]], rest: Callable[[], object] = int) -> None:
        for event in events:
            rest()
            if self.protocol.state is State.OPEN:
                self.protocol.send_text(json.dumps(event, ensure_ascii=False).encode())
                self.flush()

    def leave(self) -> None:
        """End it in good order."""
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(1000)
            self.flush()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                self.connected.sendall(data)
