"""Open event streams, as browsers hold them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.management.bench.rows import Group
from studio.tasks.hub import PER_PERSON
from studio.tasks.live import PATH, token

AT_ONCE = 50  # streams opened together


class Seen(NamedTuple):
    """A frame: its event's id, its task, and when it was here."""

    event: int
    task: int
    at: float


class Stream:
    """One open stream; what came through it, and a call for each frame."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, told: Callable[[Seen], None]
    ) -> None:
        self.reader, self.writer, self.told = reader, writer, told
        self.frames: list[Seen] = []
        self.following = asyncio.create_task(self.follow())

    async def follow(self) -> None:
        event = 0
        while line := await self.reader.readline():
            if line.startswith(b"id: "):
                event = int(line[4:])
            elif line.startswith(b'data: {"task"'):
                self.frames.append(Seen(event, json.loads(line[6:])["task"], time.perf_counter()))
                self.told(self.frames[-1])

    def close(self) -> None:
        self.following.cancel()
        self.writer.close()


def people_for(streams: int) -> int:
    """How many people so many streams take: one may not have more than some."""
    return -(-streams // PER_PERSON)


async def open_streams(
    host: str, port: int, group: Group, count: int, told: Callable[[Seen], None] = lambda _seen: None
) -> list[Stream]:
    """Streams of a team, all of them greeted. The team needs `people_for(count)` people."""
    tokens = [token(user, group.team) for user in group.people]
    asked = [tokens[number // PER_PERSON] for number in range(count)]
    found: list[Stream] = []
    for start in range(0, count, AT_ONCE):
        found += await asyncio.gather(*(open_one(host, port, each, told) for each in asked[start : start + AT_ONCE]))
    return found


async def open_one(host: str, port: int, given: str, told: Callable[[Seen], None]) -> Stream:
    reader, writer = await asyncio.open_connection(host, port, limit=2**16)
    writer.write(f"GET {PATH}?token={given} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"a stream was refused: {head!r}")
    await reader.readuntil(b": hello\n\n")
    return Stream(reader, writer, told)


def close(streams: Sequence[Stream]) -> None:
    for stream in streams:
        stream.close()
