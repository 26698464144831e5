"""Only so many streams for a person and for a process: whoever comes after them is told when to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.core import signing

from studio.tasks import hub, live
from studio.tasks.reader import Line
from tests import loops

TEAM = 1
Answers = list[dict[str, Any]]


class Everybody:
    """Instead of the database: all are members, and nothing has happened yet."""

    def members(self) -> set[tuple[int, int]]:
        return {(person, TEAM) for person in range(2 * hub.PER_PROCESS)}

    def bounds(self) -> tuple[int, int]:
        return (1, 0)

    def read(self, team: int, after: int) -> list[Line]:
        return []

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> hub.Hub:
    fresh = hub.Hub()
    monkeypatch.setattr(fresh, "archive", Everybody())
    monkeypatch.setattr(live, "hub", fresh)
    monkeypatch.setattr(hub, "PER_PROCESS", 100)
    return fresh


class Browser:
    """One that opens a stream and stays until `leave`."""

    def __init__(self, person: int, method: str = "GET") -> None:
        self.method = method
        self.token = signing.dumps({"user": person, "team": TEAM}, salt=live.SALT)
        self.answers: Answers = []
        self.gone, self.answered = asyncio.Event(), asyncio.Event()
        self.stream = asyncio.create_task(self.open())

    async def open(self) -> None:
        scope = {"method": self.method, "query_string": f"token={self.token}".encode(), "headers": []}
        await live.stream(scope, self.receive, self.send)

    async def receive(self) -> MutableMapping[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)
        self.answered.set()

    async def status(self) -> int:
        await asyncio.wait_for(self.answered.wait(), 20)
        return int(self.answers[0]["status"])

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.stream, 20)


@asynccontextmanager
async def browsers(people: list[int]) -> AsyncIterator[list[Browser]]:
    opened = [Browser(person) for person in people]
    try:
        assert [await browser.status() for browser in opened] == [200] * len(people)
        yield opened
    finally:
        for browser in opened:
            await browser.leave()


async def refused(person: int) -> bool:
    late = Browser(person)
    status, headers = await late.status(), dict(late.answers[0]["headers"])
    await late.leave()
    return status == 503 and headers[b"retry-after"] == b"30"


def test_who_asks_for_the_head_of_a_stream_opens_none(streams: hub.Hub) -> None:
    async def walk() -> None:
        curious = Browser(1, "HEAD")
        assert await curious.status() == 200
        await asyncio.wait_for(curious.stream, 20)  # by itself
        assert not any(answer.get("body") for answer in curious.answers)

    loops.run(walk())
    assert not streams.people


def test_a_process_has_only_so_many_streams(streams: hub.Hub) -> None:
    async def walk() -> None:
        async with browsers(list(range(hub.PER_PROCESS))) as opened:
            assert streams.people.total() == hub.PER_PROCESS
            for stranger in range(hub.PER_PROCESS, hub.PER_PROCESS + 20):
                assert await refused(stranger)
            await opened.pop().leave()  # a place that comes free is free at once
            async with browsers([hub.PER_PROCESS]):
                assert await refused(hub.PER_PROCESS + 1)

    loops.run(walk())
    assert streams.people.total() == 0


def test_a_person_has_only_so_many_streams_and_takes_nobody_elses(streams: hub.Hub) -> None:
    async def walk() -> None:
        async with browsers([1] * hub.PER_PERSON):
            for _ in range(10):
                assert await refused(1)
            async with browsers([2]):
                assert streams.people == {1: hub.PER_PERSON, 2: 1}

    loops.run(walk())
    assert not streams.teams
