"""A conversation: one paid call over a web socket, frames out and events back, through the guard, within one deadline.

What was heard is written down as an event stream, one line for each event, and read as one. Source of the frames around
it: RFC 6455; what a conversation's own frames are called, the catalog says.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpcore
import httpx
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus, PayloadTooBig
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from studio.catalog import Turn
from studio.gateway.answer import Answer
from studio.gateway.coming import Coming, TooLong
from studio.gateway.guard import Guard
from studio.gateway.line import Line, certificates

CAP = 32 * 1024 * 1024  # bytes of all events: five minutes of sound as base64
LARGEST = 8 * 1024 * 1024  # bytes of one event
MOST = 50_000  # events
OPENING = 20.0  # seconds from the handshake to the event that opens the conversation
QUIET = 5.0  # seconds after an error in which an answer may still begin
CHUNK = 64 * 1024
STREAM = {"content-type": "text/event-stream; charset=utf-8"}
SILENT = logging.Logger("silent", logging.CRITICAL + 1)  # the library's own would write the key, if told to say all
NOT_WRITTEN = (httpcore.WriteError, httpcore.WriteTimeout)
WORDS = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class NotOpened(Exception):
    """No conversation came about, so no frame was sent."""


class Ended(Exception):
    """The other side is gone."""


@dataclass
class Heard:
    """What the events have said so far. `since`: when an error was heard while nothing was being answered."""

    turn: Turn
    count: int = 0
    is_open: bool = False
    is_answering: bool = False
    is_over: bool = False
    since: float | None = None

    def hear(self, kind: object) -> None:
        self.count += 1
        if kind == self.turn.opened:
            self.is_open, self.since = True, None
        elif kind == self.turn.began:
            self.is_answering, self.since = True, None
        elif kind == self.turn.ended:
            self.is_over = True
        elif kind == self.turn.error and not self.is_answering:
            self.since = time.monotonic()

    @property
    def has_failed(self) -> bool:
        """An error came while nothing was being answered. It may be about one frame only: an answer may follow."""
        return self.since is not None

    @property
    def patience(self) -> float | None:
        """Seconds that the next event may take after an error; None where nothing but the deadline counts."""
        return None if self.since is None else max(0.001, self.since + QUIET - time.monotonic())


@dataclass
class Talk:
    """One conversation. `has_sent` turns true just before its first frame is written."""

    guard: Guard
    request: httpx.Request
    frames: Sequence[str]
    turn: Turn
    coming: Coming
    has_sent: bool = False
    heard: Heard = field(init=False)

    def carry(self) -> Answer:
        """What was heard, to its end; where the handshake was refused, that answer.

        Raises `NotOpened`, `Ended` or `TooLong`, and what the line and the guard raise.
        """
        self.heard = Heard(self.turn)
        url = self.request.url
        line = self.guard.connect_tcp(url.host, url.port or {"http": 80, "https": 443}[url.scheme])
        try:
            if url.scheme == "https":
                line = line.start_tls(certificates(), server_hostname=url.host)
            wire = Wire(line, self.request)
            if refusal := wire.shake_hands():
                return self.refused(refusal)
            self.coming.status, self.coming.headers = 200, STREAM
            self.converse(wire)
            wire.close()
        finally:
            line.close()
        return self.coming.answer

    def refused(self, response: Response) -> Answer:
        if response.status_code < 300:
            raise NotOpened
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        took = time.monotonic() - self.coming.began
        return Answer.read(response.status_code, headers, bytes(response.body), took)

    def converse(self, wire: Wire) -> None:
        opens_until = time.monotonic() + OPENING
        while not self.heard.is_over:
            waits = self.heard.patience
            if not (self.heard.is_open or waits):
                waits = max(0.001, opens_until - time.monotonic())
            try:
                texts = wire.read(waits)
            except (httpcore.ReadTimeout, httpcore.ReadError, Ended):
                if self.heard.has_failed:
                    return
                raise
            for text in texts:
                self.take(text)
                if self.heard.is_over:
                    return
            if self.heard.is_open and not self.has_sent:
                self.has_sent = True
                wire.send(self.frames)

    def take(self, text: str) -> None:
        """One event as a line. Line ends are blanks in JSON, and end a line here."""
        self.coming.take(b"data: " + text.replace("\r", " ").replace("\n", " ").encode() + b"\n\n", CAP)
        self.heard.hear(kind_of(text))
        if self.heard.count > MOST:
            raise TooLong


def kind_of(text: str) -> object:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return event.get("type") if isinstance(event, dict) else None


class Protocol(ClientProtocol):
    """A gateway may name a sub-protocol that nobody asked for; nothing depends on it."""

    def process_subprotocol(self, headers: Headers) -> None:
        return None


class Wire:
    """The frames of RFC 6455 over a line."""

    def __init__(self, line: Line, request: httpx.Request) -> None:
        self.line = line
        scheme = {"http": "ws", "https": "wss"}[request.url.scheme]
        uri = parse_uri(str(request.url.copy_with(scheme=scheme)))
        self.protocol = Protocol(uri, max_size=LARGEST, logger=SILENT)
        self.asked = self.protocol.connect()
        for name, value in request.headers.items():
            if name.lower() != "host":
                self.asked.headers[name] = value
        self.pieces: list[bytes] = []

    def shake_hands(self) -> Response | None:
        """The answer that refuses the conversation; None where it is open. Raises `NotOpened`."""
        self.protocol.send_request(self.asked)
        self.flush()
        while self.protocol.state is State.CONNECTING and not self.protocol.handshake_exc:
            self.receive(OPENING)
        fault = self.protocol.handshake_exc
        if isinstance(fault, InvalidStatus):
            return fault.response
        if fault:
            raise NotOpened from fault
        return None

    def read(self, seconds: float | None) -> list[str]:
        """The events that came since; waits for some bytes if there are none. Raises `Ended`, `TooLong`."""
        texts = list(self.events())
        if texts:
            return texts
        if self.protocol.state is not State.OPEN:
            if isinstance(self.protocol.parser_exc, PayloadTooBig):
                raise TooLong
            raise Ended
        self.receive(seconds)
        return list(self.events())

    def receive(self, seconds: float | None) -> None:
        data = self.line.read(CHUNK, seconds)
        if data:
            self.protocol.receive_data(data)
        else:
            self.protocol.receive_eof()
        with suppress(*NOT_WRITTEN):  # who is gone may have said all before
            self.flush()

    def events(self) -> Iterator[str]:
        """Whole texts; one may come in several frames."""
        for event in self.protocol.events_received():
            if isinstance(event, Frame) and event.opcode in WORDS:
                self.pieces.append(bytes(event.data))
                if event.fin:
                    text, self.pieces = b"".join(self.pieces), []
                    yield text.decode("utf-8", "replace")

    def send(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.protocol.send_text(text.encode())
        self.flush()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            self.line.write(data)

    def close(self) -> None:
        """Say goodbye, if that can still be said; nobody waits for an answer."""
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(1000)
            with suppress(*NOT_WRITTEN):
                self.flush()
