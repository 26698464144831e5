"""An answer on its way: what has come of it so far, and who hears it while it is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from studio.gateway.answer import Answer, is_binary, is_stream, unpack
from studio.gateway.deadline import Deadline
from studio.gateway.line import pieces

ANSWER_CAP = 8 * 1024 * 1024  # bytes; transcripts and images as text reach several megabytes
FILE_CAP = 64 * 1024 * 1024  # of an answer that is a file: twenty minutes of sound without compression
HEARD_EVERY = 0.25  # seconds
REST = 3  # times as long as the last hearing took
Heard = Callable[[bytes], None]  # gets an event stream as far as it has come


class TooLong(Exception):
    """The answer passed the cap."""


@dataclass
class Coming:
    """`heard` is called at most four times a second, and never for longer than a quarter of the time."""

    heard: Heard | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    began: float = field(default_factory=time.monotonic)
    next_at: float = 0.0

    def carry(self, transport: httpx.BaseTransport, request: httpx.Request, deadline: Deadline) -> None:
        """Send one request and read its whole answer."""
        response = transport.handle_request(request)
        try:
            self.status = response.status_code
            self.headers = {name.lower(): value for name, value in response.headers.items()}
            most = FILE_CAP if is_binary(self.headers) else ANSWER_CAP
            for chunk in pieces(response):
                self.take(chunk, most)
                deadline.left()
        finally:
            response.close()

    def take(self, chunk: bytes, most: int) -> None:
        """One more piece of the body, which may have so many bytes. Raises `TooLong`."""
        self.body += chunk
        if len(self.body) > most:
            raise TooLong
        self.tell()

    @property
    def is_plain_stream(self) -> bool:
        return is_stream(self.headers) and self.headers.get("content-encoding", "identity") in {"", "identity"}

    def tell(self) -> None:
        now = time.monotonic()
        if self.heard and self.is_plain_stream and self.status < 300 and now >= self.next_at:
            self.heard(bytes(self.body))
            after = time.monotonic()
            self.next_at = after + max(HEARD_EVERY, REST * (after - now))

    @property
    def answer(self) -> Answer:
        body = unpack(bytes(self.body), self.headers.get("content-encoding", ""), ANSWER_CAP)
        return Answer.read(self.status, self.headers, body, time.monotonic() - self.began)

    @property
    def part(self) -> Answer | None:
        """Of an answer that broke off: what had come of an event stream, which is worth something by itself."""
        return self.answer if self.body and self.is_plain_stream else None
