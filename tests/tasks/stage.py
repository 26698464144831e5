"""A stage for the life of a task: a gateway that says what it is told to, a worker, and time that can be moved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.db.models import F
from django.test import Client, override_settings
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from studio import catalog
from studio.tasks import lifecycle
from studio.tasks.address import callback_url
from studio.tasks.claiming import Claimed
from studio.tasks.models import Attempt, Callback, Task
from studio.teams.models import Connection, Team, User
from tests.factories import VALUES, make_connection

OPERATION = "runway.generate-text"
SUBMIT, FEED = "/runway/v1/pro/generate", "/runway/v1/feed"
PAID = {SUBMIT, "/pixverse/generate", "/mj/submit/action", "/mj/submit/modal", "/mj/submit/change"}
Act = Callable[[httpx.Request], httpx.Response]


def accepted(gateway_id: str = "g1") -> httpx.Response:
    return httpx.Response(200, json={"code": 200, "msg": "ok", "data": {"task_id": gateway_id}, "exec_time": 0.4})


def told(gateway_id: str = "g1", status: str = "1", **more: Any) -> dict[str, Any]:
    """The gateway's own task, as callbacks carry it."""
    task = {"task_id": gateway_id, "status": status, "video_url": None, "poster": None, "msg": None}
    if status == "3":
        task |= {"video_url": f"https://cdn.example.com/{gateway_id}.mp4", "point": "120", "refund": "0"}
    if status == "2":
        task |= {"msg": "the model gave up", "refund": "1"}
    return task | more


def feed(gateway_id: str = "g1", status: str = "1", **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"code": 200, "msg": "ok", "data": told(gateway_id, status, **more)})


def unknown_task() -> httpx.Response:
    return httpx.Response(200, json={"code": "task_not_exist", "msg": "task_not_exist", "data": None})


class Gateway:
    """Plays `acts` in turn for paid calls and `queries` for queries; the last one stays. Keeps what it got."""

    def __init__(self) -> None:
        self.acts: list[Act] = [lambda _: accepted()]
        self.queries: list[Act] = [lambda _: feed()]
        self.posts: list[httpx.Request] = []
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        is_paid = request.url.path in PAID
        (self.posts if is_paid else self.asked).append(request)
        acts = self.acts if is_paid else self.queries
        response = (acts.pop(0) if len(acts) > 1 else acts[0])(request)
        stream = httpx.ByteStream(response.content)  # unread, as it comes from a wire
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    def answers(self, *responses: httpx.Response | Exception | type[BaseException]) -> None:
        self.acts = [act(response) for response in responses]

    def says(self, *responses: httpx.Response | Exception | type[BaseException]) -> None:
        self.queries = [act(response) for response in responses]

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.posts]


def act(response: httpx.Response | Exception | type[BaseException]) -> Act:
    def play(_: httpx.Request) -> httpx.Response:
        if isinstance(response, httpx.Response):
            return response
        raise response

    return play


@contextmanager
def playing(gateway: Gateway) -> Iterator[Gateway]:
    with override_settings(GATEWAY_TRANSPORT=lambda: httpx.MockTransport(gateway)):
        yield gateway


def begin(team: Team, person: User, connection: Connection | None = None, nonce: str = "n1", **more: Any) -> Task:
    given: dict[str, Any] = {"operation": catalog.get(OPERATION), "values": VALUES, "extras": {}} | more
    return lifecycle.begin(
        team=team,
        person=person,
        connection=connection or make_connection(team),
        nonce=nonce,
        **given,
    )


def rings() -> list[tuple[str, tuple[int, ...]]]:
    """The jobs in the queue, oldest first."""
    return [(row.task["func"], row.task["args"]) for row in OrmQ.objects.order_by("id")]


def work(only: str = "studio.tasks.") -> None:
    """Run the queued jobs of this room, and those that they queue, as a worker would."""
    while row := next((row for row in OrmQ.objects.order_by("id") if row.task["func"].startswith(only)), None):
        row.delete()
        import_string(row.task["func"])(*row.task["args"])


def let_pass(seconds: float) -> None:
    """Time goes by for every row."""
    gap = timedelta(seconds=seconds)
    moments = ("due_at", "rung_at", "lease_until", "claimed_at", "called_at", "told_at", "next_poll_at")
    Attempt.objects.update(**{name: F(name) - gap for name in moments})
    Connection.objects.update(paused_until=F("paused_until") - gap)
    Callback.objects.update(received_at=F("received_at") - gap)


def only_attempt(task: Task) -> Attempt:
    return task.attempts.select_related("task", "connection").get()


def claim(attempt_id: int) -> Claimed | None:
    """Take whatever's turn it is in the line in which this attempt stands."""
    return lifecycle.claim(Attempt.objects.get(pk=attempt_id).connection_id)


def call(attempt: Attempt, payload: object, client: Client | None = None) -> int:
    """The gateway calls back; the status of our answer."""
    path = urlsplit(callback_url(attempt)).path
    return (client or Client()).post(path, json.dumps(payload), content_type="application/json").status_code


def story(task: Task) -> list[str]:
    """The kinds of the task's events, in order."""
    return list(task.events.order_by("id").values_list("kind", flat=True))
