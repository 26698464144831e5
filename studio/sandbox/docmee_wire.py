"""How Docmee speaks: one envelope with a code, a no with HTTP 200, and texts as events of `{ text, status }`.

The codes are those of the fact sheet. It knows no texts for them; those here are made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, wraps
from typing import Any

from studio.sandbox.members import Body, Refused
from studio.sandbox.openai_words import pieces
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_events, as_json
from studio.sandbox.world import Post, World

UNKNOWN, USED_UP, AUTHENTICATION, EXPIRED = -1, 88, 98, 99
NO_DATA, SENSITIVE, AI_FAULT, PARAMETER, TOO_MANY = 1001, 1006, 1009, 1010, 1012
FAILED, FILE, RUNNING, DONE = -1, 1, 3, 4  # the status of an event
MOST_EVENTS = 40  # of one text
STREAM_SECONDS = 1.0  # of the gateway's time for each event
FAULT = "AI 异常，生成失败"
Event = dict[str, Any]
Handler = Callable[[World, Request, Post], Answer]


class No(Exception):
    """The call is refused with a code of its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def yes(data: object = None, **beside: object) -> Answer:
    told = {} if data is None else {"data": data}
    return as_json({"code": 0, **beside, **told, "message": "操作成功"})


def no(code: int, message: str) -> Answer:
    return as_json({"code": code, "message": message})


def flag(body: Body, name: str, *, otherwise: bool = False) -> bool:
    """Yes or no; what is absent or null is `otherwise`. Raises Refused."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refused(f"{name} must be true or false")
    return otherwise if value is None else value


def answering(handle: Handler) -> Handler:
    """The handler, with its refusals as answers."""

    @wraps(handle)
    def answered(world: World, request: Request, post: Post) -> Answer:
        try:
            return handle(world, request, post)
        except No as refusal:
            return no(refusal.code, refusal.message)
        except Refused as refusal:
            return no(PARAMETER, str(refusal))

    return answered


def events(text: str) -> list[Event]:
    """A text as it is written: in at most so many events."""
    parts = pieces(text)
    size = -(-len(parts) // MOST_EVENTS) or 1
    return [{"text": "".join(parts[at : at + size]), "status": RUNNING} for at in range(0, len(parts), size)]


def streamed(told: Iterable[Event], speed: float) -> Answer:
    return as_events(told, pause=STREAM_SECONDS / speed, done=False)


def broken(told: Sequence[Event], message: str) -> Iterator[Event]:
    """The first half of a stream, and that the rest will not come."""
    yield from told[: len(told) // 2]
    yield {"status": FAILED, "error": message}


SHUT = (  # what no body causes, and what says nothing of a deck
    partial(no, AUTHENTICATION, "鉴权失败"),
    partial(no, EXPIRED, "登录已过期"),
    partial(no, TOO_MANY, "请求过于频繁"),
)
OWN = (partial(no, USED_UP, "可用次数不足"), *SHUT, partial(no, AI_FAULT, FAULT))


def paid(path: str, handle: Handler, en: str, zh: str) -> Route:
    """A submit, with all the ways in which Docmee turns one down."""
    return Route("POST", path, handle, en, zh, paid=True, no=partial(no, UNKNOWN, "未知异常"), own=OWN)
