"""What comes in and what goes out: a request, an answer, and the gateway's own error object."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, quote

if TYPE_CHECKING:
    from studio.sandbox.world import Task

LARGEST_BODY = 64 * 1024 * 1024
NO_TOKEN, BAD_TOKEN = "未提供令牌", "无效的令牌"
CLOSED = "upstream closed the connection"
SATURATED = "当前分组上游负载已饱和，请稍后再试"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    base: str  # how this gateway is reached from outside, without a slash at the end
    steps: Mapping[str, str] = field(default_factory=dict)  # of its path, by the names that the route gives them

    @classmethod
    def of(cls, environ: Mapping[str, Any], base: str = "") -> Request:
        """Read a WSGI environ. `base` replaces the address in the Host header."""
        headers = {n[5:].replace("_", "-").lower(): str(v) for n, v in environ.items() if n.startswith("HTTP_")}
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        host = headers.get("host") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace"),
            query=dict(parse_qsl(environ.get("QUERY_STRING", ""))),
            headers=headers,
            body=environ["wsgi.input"].read(min(length, LARGEST_BODY)) if length else b"",
            base=(base or f"{environ['wsgi.url_scheme']}://{host}").rstrip("/"),
        )

    @property
    def key(self) -> str:
        """The key, with or without `Bearer ` before it; "" when none was sent."""
        return self.headers.get("authorization", "").removeprefix("Bearer ").strip()

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ValueError for anything else."""
        try:
            value = json.loads(self.body.decode(), parse_constant=_no_number)
            json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate could be read but never written again
        except RecursionError as fault:
            raise ValueError("the body is nested too deep") from fault
        if not isinstance(value, dict):
            raise ValueError("the body is not an object")
        return value


class Talk(Protocol):
    """A conversation over a web socket, from the gateway's side. Raises `Broken` where it is to break."""

    def opening(self) -> Iterable[dict[str, Any]]: ...

    def hear(self, text: str) -> Iterable[dict[str, Any]]: ...


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    wire: str = "whole"  # or cut, close, hang, error and stop (in mid-stream): what happens to it on its way
    delay: float = 0.0  # seconds before it is sent
    task: Task | None = None  # the task that this answer accepted
    pieces: tuple[bytes, ...] = ()  # an event stream instead of a body, with a pause before each of them
    pause: float = 0.0
    talk: Talk | None = None  # a web socket instead of an answer


class Broken(Exception):
    """The answer must break on the socket. The server does it; `kind` is cut, close, hang or stop, of a conversation
    also leave: it ends in good order."""

    def __init__(self, kind: str, answer: Answer) -> None:
        super().__init__(kind)
        self.kind, self.answer = kind, answer


class Switched(Exception):
    """The connection is to become a web socket. The server does it."""

    def __init__(self, talk: Talk, pause: float) -> None:
        super().__init__("a web socket")
        self.talk, self.pause = talk, pause


@dataclass
class Stopwatch:
    """The `exec_time` of an envelope: seconds this call took."""

    began: float = field(default_factory=time.perf_counter)

    def seconds(self) -> float:
        return round(time.perf_counter() - self.began, 5)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def as_json(value: object, status: int = 200, **more: Any) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), **more)


def as_events(events: Iterable[object], *, pause: float, done: bool = True, named: bool = False) -> Answer:
    """An event stream: each event as a `data:` line, where `named` with an `event:` line of its type before it."""
    lines = [
        (f"event: {event['type']}\n" if named and isinstance(event, dict) else "")
        + f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        for event in events
    ]
    pieces = tuple(line.encode() for line in [*lines, *(["data: [DONE]\n\n"] if done else [])])
    return Answer(200, b"", "text/event-stream; charset=utf-8", pieces=pieces, pause=pause)


def as_text(text: str, content_type: str, status: int = 200, **more: Any) -> Answer:
    return Answer(status, text.encode(), f"{content_type}; charset=utf-8", **more)


def error(status: int, message: str, type_: str = "new_api_error", code: str | None = None) -> Answer:
    """The gateway's error object; the auth layer's errors carry no code."""
    number = time.strftime("%Y%m%d%H%M%S") + secrets.token_hex(6)
    body: dict[str, Any] = {"message": f"{message} (request id: {number})", "type": type_}
    if code is not None:
        body |= {"param": "", "code": code}
    return as_json({"error": body}, status, headers=(("X-Oneapi-Request-Id", number),))


def unrouted(request: Request) -> Answer:
    return error(404, f"Invalid URL ({request.method} {quote(request.path)})", "invalid_request_error", "")


def proxy_page(status: int = 502, words: str = "Bad Gateway") -> Answer:
    title = f"{status} {words}"
    head = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return as_text(f"{head}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", "text/html", status)


def loosened(value: Any) -> Any:
    """The same payload with other types: numbers for digit texts, texts for numbers, "" for null."""
    if isinstance(value, dict):
        return {name: loosened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [loosened(inner) for inner in value]
    if value is None:
        return ""
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        return int(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
