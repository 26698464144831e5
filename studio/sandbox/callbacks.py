"""Callbacks: what a change of a task sends to its address, and the courier that carries it there."""

from __future__ import annotations

import hashlib
import json
import queue
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from studio.sandbox.faults import Dice
from studio.sandbox.wire import loosened

if TYPE_CHECKING:
    from studio.sandbox.world import Task

LATE = 600.0
LANES = 8
PATIENCE = 10.0
FORGED_VIDEO = "http://forged.invalid/not-yours.mp4"
STRANGER = "ffffffff-ffff-4fff-8fff-ffffffffffff"
GARBAGE = (
    b"\xff\xfe\x00not text at all\x00\xc3\x28",
    b'{"task_id": "half of an obj',
    b"<html><body>It works!</body></html>",
    b'{"task_id": NaN, "status": 1e400, "msg": "\\ud800"}',
    b"[" * 2000,
    b"",
    b'[1, "two", null]',
)


@dataclass
class Delivery:
    """One callback on its way. `status` is the receiver's answer, 0 while there is none."""

    url: str
    body: bytes
    content_type: str = "application/json"
    kind: str = "truth"
    says: str = ""
    status: int = 0
    error: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    def shown(self) -> dict[str, Any]:
        return {"kind": self.kind, "says": self.says, "status": self.status, "error": self.error}


def deliveries(task: Task, dice: Dice, *, final: bool) -> Iterator[tuple[float, Delivery]]:
    """What the task's new state sends, with the seconds until it goes. One change may send none, one or several."""
    if not task.callback_url or (task.voice.at_end and not final):
        return
    told = task.voice.view(task)
    if not final and dice.roll("forged-callback"):
        yield 0.0, _written(task, task.voice.forged(told, FORGED_VIDEO), "forged", "succeeded")
    if dice.roll("foreign-callback"):
        yield 0.0, _written(task, task.voice.foreign(told, STRANGER), "foreign", task.state)
    copies = 2 if dice.roll("double-callback") else 1
    delay = LATE if dice.roll("late-callback") else 0.0
    sent = [] if dice.roll("lose-callback") else _copies(_truth(task, told, dice), copies)
    if task.shuffled:
        task.held[:0] = sent
        sent = task.held if final else []
    for delivery in sent:
        yield delay, delivery


def _copies(delivery: Delivery, count: int) -> list[Delivery]:
    return [replace(delivery) for _ in range(count)]


def _truth(task: Task, told: dict[str, Any], dice: Dice) -> Delivery:
    if dice.roll("garbage-callback"):
        body = GARBAGE[int(dice.fraction("which garbage") * len(GARBAGE))]
        return Delivery(task.callback_url, body, kind="garbage", says=task.state)
    if dice.roll("wrong-types"):
        told = loosened(told)
    if dice.roll("form-callback"):
        fields = urlencode({name: _part(value) for name, value in told.items()})
        return Delivery(task.callback_url, fields.encode(), "application/x-www-form-urlencoded", "form", task.state)
    if dice.roll("wrapped-callback"):
        return _written(task, task.voice.wrapped(told), "wrapped", task.state)
    return _written(task, told, "truth", task.state)


def _part(value: Any) -> Any:
    """A value as a form part: what has members goes as JSON text."""
    return json.dumps(value) if isinstance(value, dict | list) else "" if value is None else value


def _written(task: Task, told: dict[str, Any], kind: str, says: str) -> Delivery:
    return Delivery(task.callback_url, json.dumps(told, ensure_ascii=False).encode(), kind=kind, says=says)


class Courier:
    """Carries callbacks at once, in the order in which they are handed over. Nothing is ever sent again."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client

    def send(self, delivery: Delivery, *, at_once: bool = False) -> None:
        """POST it. A receiver that is away or says no is noted on the delivery; without a client none is asked."""
        if self._client is None:
            delivery.error = "not sent: no client was given"
            return
        try:
            headers = {"Content-Type": delivery.content_type, "User-Agent": "sandbox-callback/1"}
            answer = self._client.post(delivery.url, content=delivery.body, headers=headers, follow_redirects=False)
            delivery.status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
            delivery.error = f"{type(fault).__name__}: {fault}"[:200]

    def can_fetch(self, url: str) -> bool:
        """Is there a file at this address? Without a client every address is believed."""
        if self._client is None:
            return True
        try:
            with self._client.stream("GET", url, follow_redirects=True) as answer:
                return answer.status_code == 200
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return False


class Couriers(Courier):
    """Carries callbacks in the background; those for one address keep their order."""

    def __init__(self, client: httpx.Client | None = None) -> None:
        super().__init__(client or httpx.Client(trust_env=False, timeout=PATIENCE))
        self._lanes: list[queue.SimpleQueue[Delivery]] = [queue.SimpleQueue() for _ in range(LANES)]
        for number, lane in enumerate(self._lanes):
            threading.Thread(target=self._drive, args=(lane,), name=f"courier-{number}", daemon=True).start()

    def send(self, delivery: Delivery, *, at_once: bool = False) -> None:
        if at_once:
            super().send(delivery)
        else:
            self._lanes[zlib.crc32(delivery.url.encode()) % LANES].put(delivery)

    def _drive(self, lane: queue.SimpleQueue[Delivery]) -> None:
        while True:
            super().send(lane.get())
