"""Where a stream begins: who is greeted misses nothing that happens afterwards, however slow the database is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.core import signing

from studio.tasks import hub, live
from studio.tasks.reader import Line, Reader
from tests import loops

PERSON, TEAM = 1, 1


class Table:
    """Instead of the database: events with the numbers 1 to `newest`, none of them missed by anybody."""

    newest = 7

    def members(self) -> set[tuple[int, int]]:
        return {(PERSON, TEAM)}

    def bounds(self) -> tuple[int, int]:
        return (1, self.newest)

    def read(self, team: int, after: int) -> list[Line]:
        return [line(number) for number in range(after + 1, self.newest + 1)]


def line(number: int) -> Line:
    return Line(number, TEAM, 1, "heard", "running", None, None)


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> hub.Hub:
    fresh = hub.Hub()
    monkeypatch.setattr(fresh, "archive", Table())
    monkeypatch.setattr(live, "hub", fresh)
    return fresh


async def frames(streams: hub.Hub, query: str, at_greeting: Any) -> bytes:
    """What a browser gets; `at_greeting` is called as soon as it is greeted."""
    got, gone = bytearray(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        got.extend(message.get("body", b""))
        if message.get("body") == b": hello\n\n":
            at_greeting()

    given = signing.dumps({"user": PERSON, "team": TEAM}, salt=live.SALT)
    stream = asyncio.create_task(
        live.stream({"method": "GET", "query_string": f"token={given}{query}".encode(), "headers": []}, receive, send)
    )
    for _ in range(100):
        await asyncio.sleep(0.01)
        if b"id: 8" in got:
            break
    gone.set()
    await asyncio.wait_for(stream, 20)
    return bytes(got)


@pytest.mark.parametrize("query", ["", "&since=5"])
def test_what_happens_right_after_the_greeting_is_no_news_of_the_past(streams: hub.Hub, query: str) -> None:
    def happen() -> None:
        """An event is committed, and the reader has handed it over, before the stream asks anything."""
        streams.archive.newest = 8  # type: ignore[attr-defined]
        streams.hand([line(8)])

    got = loops.run(frames(streams, query, happen))
    assert got.count(b"id: 8\n") == 1
    assert (b"id: 7\n" in got) == bool(query)


def test_a_stream_waits_for_the_readers_first_look(streams: hub.Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    streams.reader = Reader(lambda lines: None)  # it has not begun
    monkeypatch.setattr(hub, "BEGINS", 0.05)
    assert b"database does not answer" in loops.run(frames(streams, "", lambda: None))
    streams.reader.begun.set()
    assert b": hello" in loops.run(frames(streams, "", lambda: None))
