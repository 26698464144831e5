"""A stream in which nothing is said, and one whose browser reads nothing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from studio.tasks import hub, live
from studio.tasks.reader import Line
from tests import loops
from tests.tasks.test_stream_caps import TEAM, Browser, streams

__all__ = ["streams"]  # a fixture


def line(number: int) -> Line:
    return Line(number, TEAM, 1, "heard", "running", None, None)


class Watcher(Browser):
    async def send(self, message: dict[str, Any]) -> None:
        await super().send(message)
        await asyncio.sleep(0)

    async def greeted(self) -> None:
        while b": hello\n\n" not in self.bodies():
            await asyncio.sleep(0.01)
        self.answers.clear()

    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.answers if "body" in message]

    async def heard(self) -> list[bytes]:
        """What has come in the meantime."""
        for _ in range(10):
            await asyncio.sleep(0)
        bodies = self.bodies()
        self.answers.clear()
        return bodies


class Deaf(Watcher):
    """One that takes no bytes any more after the first news."""

    async def send(self, message: dict[str, Any]) -> None:
        await super().send(message)
        if message.get("body", b"").startswith(b"id: "):
            await asyncio.Event().wait()


def test_where_nothing_is_said_for_long_a_beat_is(streams: hub.Hub) -> None:
    async def walk() -> None:
        browser = Watcher(1)
        await browser.greeted()
        now = time.monotonic()
        streams.look(now + hub.KEEP_ALIVE - 1)
        assert await browser.heard() == []
        streams.look(now + hub.KEEP_ALIVE + 1)
        streams.look(now + hub.KEEP_ALIVE + 1)
        assert await browser.heard() == [hub.BEAT]
        streams.look(now + hub.KEEP_ALIVE + 1)
        streams.hand([line(8)])
        [told] = await browser.heard()
        assert told.startswith(b"id: 8\n")
        assert b"beat" not in told
        streams.look(now + hub.KEEP_ALIVE - 1)
        assert await browser.heard() == []
        await browser.leave()

    loops.run(walk())


def test_who_reads_nothing_is_let_go_and_the_others_stay(streams: hub.Hub) -> None:
    async def walk() -> None:
        deaf, other = Deaf(1), Watcher(2)
        await deaf.greeted()
        await other.greeted()
        streams.hand([line(8)])
        await other.heard()
        streams.look(time.monotonic() + hub.STALLED - 1)
        await other.heard()
        assert streams.people == {1: 1, 2: 1}
        streams.look(time.monotonic() + hub.STALLED + 1)
        await asyncio.wait_for(deaf.stream, 5)
        assert streams.people == {2: 1}
        assert [body[:5] for body in deaf.bodies()] == [b"id: 8"], "an end would wait for the same browser"
        streams.hand([line(9)])
        assert (await other.heard())[-1].startswith(b"id: 9\n")
        await other.leave()

    loops.run(walk())


def test_a_life_that_ends_while_nobody_reads_waits_for_nobody(
    streams: hub.Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LIFE", 1)

    async def walk() -> None:
        deaf, other = Deaf(1), Watcher(2)
        await deaf.greeted()
        await other.greeted()
        streams.hand([line(8)])
        await asyncio.wait_for(asyncio.gather(deaf.stream, other.stream), 10)
        assert [body[:5] for body in deaf.bodies()] == [b"id: 8"]
        assert other.bodies()[-1] == b"", "who reads is told of the end"

    loops.run(walk())


class NoReader:
    begun = None

    def __init__(self, hand: object) -> None: ...
    def start(self) -> None: ...
    def end(self) -> None: ...


def test_all_are_looked_at_again_and_again(streams: hub.Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "Reader", NoReader)

    async def walk() -> None:
        streams.start()
        browser = Watcher(1)
        await browser.greeted()
        for stream in streams.streams():
            stream.wrote_at -= hub.KEEP_ALIVE
        while hub.BEAT not in browser.bodies():
            await asyncio.sleep(0.05)
        await browser.leave()
        streams.stop()

    loops.run(asyncio.wait_for(walk(), 20))
