"""A stream in which nothing is said, and one whose browser reads nothing."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from studio.tasks import hub
from studio.tasks.reader import Line
from tests import loops
from tests.tasks.test_stream_caps import TEAM, Browser, streams

__all__ = ["streams"]  # a fixture


def line(number: int) -> Line:
    return Line(number, TEAM, 1, "heard", "running", None)


class Deaf(Browser):
    """One that reads no more once it is greeted."""

    async def send(self, message: dict[str, Any]) -> None:
        await super().send(message)
        if message.get("body", b"").startswith(b"id: "):
            await asyncio.Event().wait()


async def heard(browser: Browser) -> list[bytes]:
    """What has come in the meantime."""
    for _ in range(5):
        await asyncio.sleep(0)
    bodies = [message["body"] for message in browser.answers if "body" in message]
    browser.answers.clear()
    return bodies


def test_where_nothing_is_said_for_long_a_beat_is(streams: hub.Hub) -> None:
    async def walk() -> None:
        browser = Browser(1)
        await browser.status()
        await asyncio.sleep(0.2)
        assert await heard(browser) == [b": hello\n\n"]
        now = time.monotonic()
        streams.look(now + hub.KEEP_ALIVE - 1)
        assert await heard(browser) == []
        streams.look(now + hub.KEEP_ALIVE + 1)
        streams.look(now + hub.KEEP_ALIVE + 1)
        assert await heard(browser) == [hub.BEAT]
        streams.look(now + hub.KEEP_ALIVE + 1)
        streams.hand([line(8)])
        [told] = await heard(browser)
        assert told.startswith(b"id: 8\n")
        assert b"beat" not in told
        streams.look(now + hub.KEEP_ALIVE - 1)
        assert await heard(browser) == []
        await browser.leave()

    loops.run(walk())


def test_who_reads_nothing_is_let_go_and_the_others_stay(streams: hub.Hub) -> None:
    async def walk() -> None:
        deaf, other = Deaf(1), Browser(2)
        await deaf.status(), await other.status()
        await asyncio.sleep(0.2)
        streams.hand([line(8)])
        await heard(other)
        streams.look(time.monotonic() + hub.STALLED - 1)
        await heard(other)
        assert streams.people.total() == 2
        streams.look(time.monotonic() + hub.STALLED + 1)
        await asyncio.wait_for(deaf.stream, 5)
        assert streams.people == {2: 1}
        assert deaf.answers[-1]["more_body"], "an end would wait for the same browser"
        streams.hand([line(9)])
        assert (await heard(other))[-1].startswith(b"id: 9\n")
        await other.leave()

    loops.run(walk())


def test_all_are_looked_at_again_and_again(streams: hub.Hub) -> None:
    async def walk() -> None:
        looks = asyncio.create_task(streams.look_again_and_again())
        browser = Browser(1)
        await browser.status()
        await asyncio.sleep(0.2)
        for stream in streams.streams():
            stream.wrote_at -= hub.KEEP_ALIVE
        await asyncio.sleep(hub.LOOK + 0.5)
        assert (await heard(browser))[-1] == hub.BEAT
        looks.cancel()
        await browser.leave()

    loops.run(walk())
