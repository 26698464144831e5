"""The gateway as one WSGI callable: which operation a request means, and which faults it meets on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import httpx

from studio.sandbox import door, media, page, wire
from studio.sandbox.callbacks import Courier, Couriers
from studio.sandbox.looking import UNREACHED, look
from studio.sandbox.parts import form
from studio.sandbox.routes import Route, find
from studio.sandbox.systems import ROUTES
from studio.sandbox.wire import Answer, Request
from studio.sandbox.world import Post, World

SPEED = 20.0
SLOW = 8.0
BEFORE: dict[str, Callable[[], Answer]] = {
    "rate-limit": lambda: Answer(429, b"", "text/plain"),
    "spent-balance": lambda: wire.error(429, wire.SATURATED, "insufficient_quota", "insufficient_user_quota"),
    "refuse-content": lambda: wire.error(400, "sensitive words detected", code="sensitive_words_detected"),
    "error-before": lambda: wire.error(500, "do request failed", code="do_request_failed"),
    "html-before": wire.proxy_page,
    "hang-before": lambda: Answer(200, b"", wire="hang"),
    "no-answer-before": lambda: Answer(200, b"", wire="close"),
}
AFTER: dict[str, Callable[[Answer], Answer]] = {
    "error-after": lambda answer: wire.error(500, "bad response body", code="bad_response_body"),
    "html-answer": lambda answer: wire.proxy_page(),
    "hang": lambda answer: replace(answer, wire="hang", pieces=()),
    "no-answer": lambda answer: replace(answer, wire="close", pieces=()),
    "cut-answer": lambda answer: replace(answer, wire="cut", body=answer.body or b"".join(answer.pieces), pieces=()),
}
STREAMED: dict[str, Callable[[Answer], Answer]] = {
    "stream-error": lambda answer: replace(answer, wire="error"),
    "stream-cut": lambda answer: replace(answer, wire="stop"),
}


class App:
    """The callable. Give it to a server, or to `httpx.WSGITransport` and move its clock with `step`."""

    def __init__(self, world: World, base: str, secret: str = "") -> None:
        self.world, self.base, self.secret = world, base, secret
        self.shelf = media.Shelf()
        self.stopped = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request.of(environ, self.base)
        answer = self.answer(request)
        if answer.delay:
            self._wait(answer.delay)
        if answer.talk:
            if environ.get("sandbox.socket"):
                raise wire.Switched(answer.talk, answer.pause if self.world.clock.ticking else 0.0)
            answer = wire.error(426, "a web socket needs a connection of its own")
        if answer.wire != "whole" and not answer.pieces:
            break_off(answer, on_socket=bool(environ.get("sandbox.socket")))
        status = HTTPStatus(answer.status)
        length = [] if answer.pieces else [("Content-Length", str(len(answer.body)))]
        headers = [("Content-Type", answer.content_type), *length, *answer.headers]
        start_response(f"{status.value} {status.phrase}", headers)
        if answer.pieces:
            return self._written(answer, on_socket=bool(environ.get("sandbox.socket")))
        return [] if request.method == "HEAD" else [answer.body]

    def _written(self, answer: Answer, *, on_socket: bool) -> Iterator[bytes]:
        """An event stream, piece by piece; the pauses are only kept where the clock runs by itself."""
        for piece in answer.pieces if answer.wire == "whole" else answer.pieces[: len(answer.pieces) // 2]:
            if self.world.clock.ticking:
                self.stopped.wait(answer.pause)
            yield piece
        if answer.wire == "error":
            yield b"data: " + wire.error(500, wire.CLOSED, "upstream_error", "bad_response").body + b"\n\n"
        elif answer.wire == "stop":
            break_off(answer, on_socket=on_socket)

    def step(self, seconds: float) -> None:
        """Let seconds of the wall pass at once; what falls due happens, callbacks included, before this returns."""
        self.world.step(seconds)

    def answer(self, request: Request) -> Answer:
        """The answer to one request, with what is to happen to it on the wire."""
        if request.path.startswith("/_sandbox/"):
            return door.answer(self.world, request, self.secret)
        if request.path.startswith("/media/"):
            return media.serve(self.shelf, self.world.kept, request, self.world.clock.wall)
        if request.path == "/" and request.method in {"GET", "HEAD"}:
            return page.front(self.world, request, ROUTES)
        found = find(ROUTES, request)
        if found is None:
            return wire.unrouted(request)
        route, request = found
        answer = self._submit(route, request) if route.paid else self._query(route, request)
        return self._bend(answer)

    def _submit(self, route: Route, request: Request) -> Answer:
        roll, post = self._roll, self._enter(request)
        refused = barred(request)
        if refused:
            return refused
        for name, before in BEFORE.items():
            if roll(name):
                post.faults.append(name)
                return before()
        if route.no and roll("no-inside-200"):
            post.faults.append("no-inside-200")
            return route.no()
        if route.own and roll("own-error"):
            post.faults.append("own-error")
            return self._own(route)
        self._look(request, post)
        answer = handled(route, self.world, request, post)
        if answer.task is None and not post.charged:  # refused: there is nothing to lose
            return answer
        if answer.task and roll("early-callback"):
            post.faults.append("early-callback")
            self.world.finish(answer.task)
        for name, after in (AFTER | (STREAMED if answer.pieces else {})).items():
            if roll(name):
                post.faults.append(name)
                return after(answer)
        return answer

    def _query(self, route: Route, request: Request) -> Answer:
        with self.world.lock:
            self.world.queries[route.path] += 1
        refused = barred(request)
        if refused:
            return refused
        if self._roll("query-error"):
            return wire.proxy_page()
        if route.own and self._roll("own-query-error"):
            return self._own(route)
        return handled(route, self.world, request, Post("", request.key[-4:], request.path, 0.0))

    def _own(self, route: Route) -> Answer:
        return route.own[int(self.world.dice.fraction("which-error") * len(route.own))]()

    def _enter(self, request: Request) -> Post:
        body, names = told(request), ("callback_url", "notify_hook", "notifyHook")
        callback_url = str(next((body[name] for name in names if body.get(name)), ""))
        return self.world.enter(callback_url, request.key, request.path)

    def _look(self, request: Request, post: Post) -> None:
        """Fetch what the body names by address, as far as it lies on this machine; only a running sandbox does."""
        if not self.world.clock.ticking:
            return
        post.files = look(told(request), post.callback_url)
        if "" in post.files:
            post.faults.append(UNREACHED)

    def _bend(self, answer: Answer) -> Answer:
        if answer.content_type.startswith("application/json") and answer.body and self._roll("wrong-types"):
            bent = json.dumps(wire.loosened(json.loads(answer.body)), ensure_ascii=False)
            answer = replace(answer, body=bent.encode())
        return replace(answer, delay=SLOW) if self._roll("slow-answer") else answer

    def _roll(self, name: str) -> bool:
        with self.world.lock:
            return self.world.dice.roll(name)

    def _wait(self, seconds: float) -> None:
        if self.world.clock.ticking:
            self.stopped.wait(seconds)
        else:
            self.step(seconds)


def told(request: Request) -> Mapping[str, Any]:
    """The members of the body, be it JSON or the texts of a form in parts; none for anything else."""
    try:
        return (
            form(request).texts if request.headers.get("content-type", "").startswith("multipart/") else request.json()
        )
    except ValueError:
        return {}


def handled(route: Route, world: World, request: Request, post: Post) -> Answer:
    try:
        return route.handle(world, request, post)
    except ValueError:
        return wire.error(400, "invalid request body", "invalid_request_error", "bad_request_body")


def barred(request: Request) -> Answer | None:
    """The 401 for a key that is missing or does not begin with `sk-`."""
    if not request.key:
        return wire.error(401, wire.NO_TOKEN)
    if not request.key.startswith("sk-") or len(request.key) < 4:
        return wire.error(401, wire.BAD_TOKEN)
    return None


def break_off(answer: Answer, *, on_socket: bool) -> None:
    """Break the answer: on a socket for real, without one as httpx would tell it."""
    if on_socket:
        raise wire.Broken(answer.wire, answer)
    if answer.wire == "hang":
        raise httpx.ReadTimeout("The read operation timed out")
    if answer.wire == "close":
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def make_app(
    *,
    speed: float = SPEED,
    base: str = "",
    client: httpx.Client | None = None,
    ticking: bool = False,
    secret: str = "",
) -> App:
    """A new gateway that knows nothing yet.

    `ticking`: its clock runs by itself and callbacks go out in the background (a running sandbox). Otherwise the
    clock stands still until `step(seconds)`, and callbacks are sent by `client` inside that call, in their order;
    without a client they are only noted.
    `base` is the address that result links begin with; "" takes it from each request. `secret` is what its door wants;
    with "" it is open.
    """
    courier = Couriers(client) if ticking else Courier(client)
    return App(World(courier, speed=speed, ticking=ticking), base, secret)
