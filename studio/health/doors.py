"""What machines ask: `/livez`, `/readyz`, `/metrics`, answered beside Django so that busy threads keep nobody waiting.

Strangers learn names and "ok" or "failing" and nothing else; sentences and figures are for who brings the token.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from studio.health import metrics
from studio.health.checks import lookout
from studio.health.findings import BAD, Finding
from studio.tasks.live import Scope, Send

PATIENCE = 1.0  # seconds for which somebody waits for a look
LONG = 8.0  # seconds for the figures; Prometheus itself gives up after ten
Answer = tuple[int, str, bytes]  # status, content type, body
TEXT, JSON = "text/plain; charset=utf-8", "application/json"


async def livez(_scope: Scope) -> Answer:
    """This process answers. Nothing else is asked, so that a database that is away starts no healthy server again."""
    return 200, TEXT, b"ok"


def look() -> Mapping[str, Finding]:
    close_old_connections()  # Django does so before each of its own requests
    return lookout.look()


def measure() -> str:
    close_old_connections()
    return metrics.text()


class Ready:
    """`/readyz`. Who asks while somebody looks gets the same look."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "look")  # keeps one database connection
        self.look: asyncio.Future[Mapping[str, Finding]] | None = None

    async def __call__(self, scope: Scope) -> Answer:
        found = lookout.last if lookout.is_fresh else await self.look_again()
        ready = all(finding.level != BAD for finding in found.values())
        body = {"ready": ready, "checks": {name: told(finding, knows(scope)) for name, finding in found.items()}}
        return 200 if ready else 503, JSON, json.dumps(body).encode()

    async def look_again(self) -> Mapping[str, Finding]:
        if self.look is None or self.look.done():
            self.look = asyncio.get_running_loop().run_in_executor(self.thread, look)
        await asyncio.wait([self.look], timeout=PATIENCE)
        return self.look.result() if self.look.done() else lookout.so_far()


def told(finding: Finding, trusted: bool) -> object:
    state = "failing" if finding.level == BAD else "ok"
    return {"state": state, "says": str(finding.says), "help": str(finding.help)} if trusted else state


def knows(scope: Scope) -> bool:
    """Whether the request brings the token of STUDIO_METRICS_TOKEN."""
    header = dict(scope["headers"]).get(b"authorization", b"")
    right = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(header, right)


class Metrics:
    """`/metrics`: 404 as long as there is no token, 401 without it, 503 when the figures take too long."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "metrics")

    async def __call__(self, scope: Scope) -> Answer:
        if not settings.METRICS_TOKEN:
            return 404, TEXT, b"Not found."
        if not knows(scope):
            return 401, TEXT, b"Bring the token."
        measuring = asyncio.get_running_loop().run_in_executor(self.thread, measure)
        try:
            return 200, metrics.TYPE, (await asyncio.wait_for(measuring, LONG)).encode()
        except TimeoutError:
            return 503, TEXT, b"The figures take too long."


DOORS: Mapping[str, Callable[[Scope], Awaitable[Answer]]] = {
    "/livez": livez,
    "/readyz": Ready(),
    "/metrics": Metrics(),
}


async def answer(scope: Scope, send: Send) -> None:
    """One of DOORS, by the path of the request."""
    if scope["method"] in {"GET", "HEAD"}:
        status, kind, body = await DOORS[scope["path"]](scope)
    else:
        status, kind, body = 405, TEXT, b"Only GET."
    headers: list[Any] = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
