"""The doors for machines: what strangers learn, what the token opens, and that nobody is kept waiting."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from pytest_django import Settings

from studio.asgi import application
from studio.health import doors
from studio.health.findings import BAD, GOOD, ODD, Check, Finding, Lookout

TOKEN = "a-token-of-a-machine"
SECRET = "the sentence of a finding"


def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://10.1.2.3:9000") as client:
            return await client.request(method, path, headers=headers)

    with ThreadPoolExecutor(1) as apart:  # a browser's loop may live in this thread
        return apart.submit(lambda: asyncio.run(asking())).result()


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Lookout]:
    """Makes the checks answer with these levels."""

    def make(**levels: str) -> Lookout:
        checks = (Check(name, lambda level=level: Finding(level, SECRET, "Help.")) for name, level in levels.items())  # type: ignore[misc]
        lookout = Lookout(tuple(checks))
        monkeypatch.setattr(doors, "lookout", lookout)
        return lookout

    return make


def test_a_process_that_answers_lives() -> None:
    answer = ask("/livez")
    assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (200, "ok", "no-store")
    assert ask("/livez", "HEAD").content == b""
    assert ask("/livez", "POST").status_code == 405


def test_ready_is_when_no_check_is_bad(found: Callable[..., Lookout]) -> None:
    found(database=GOOD, disk=ODD)
    answer = ask("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": "ok", "disk": "ok"}}


def test_strangers_learn_which_check_fails_and_nothing_more(found: Callable[..., Lookout], settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    found(database=GOOD, clock=BAD)
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": TOKEN}):
        answer = ask("/readyz", **header)
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "checks": {"database": "ok", "clock": "failing"}}
    answer = ask("/readyz", Authorization=f"Bearer {TOKEN}")
    assert answer.json()["checks"]["clock"] == {"state": "failing", "says": SECRET, "help": "Help."}


def test_without_a_token_in_the_settings_none_opens(found: Callable[..., Lookout], settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    found(clock=BAD)
    for header in ("Bearer ", "Bearer", "Bearer None"):
        assert SECRET not in ask("/readyz", Authorization=header).text


def test_a_look_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang() -> Finding:
        released.wait(20)
        return Finding(GOOD, "Late.")

    monkeypatch.setattr(doors, "lookout", Lookout((Check("disk", lambda: Finding(GOOD, "")), Check("database", hang))))
    monkeypatch.setattr(doors, "PATIENCE", 0.1)
    monkeypatch.setattr(doors, "DOORS", {**doors.DOORS, "/readyz": doors.Ready()})
    began = time.monotonic()
    try:
        answer = ask("/readyz")
    finally:
        released.set()
    assert time.monotonic() - began < 5
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"disk": "ok", "database": "failing"}


def test_the_figures_are_for_who_brings_the_token(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "measure", lambda: "studio_tasks 1\n")
    settings.METRICS_TOKEN = ""
    assert ask("/metrics", Authorization="Bearer ").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    refused = ask("/metrics")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert ask("/metrics", Authorization=f"Bearer {TOKEN[:-1]}").status_code == 401
    answer = ask("/metrics", Authorization=f"Bearer {TOKEN}")
    assert (answer.status_code, answer.text) == (200, "studio_tasks 1\n")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
