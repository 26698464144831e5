"""The streams of one web process, and what waits for each browser."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from contextlib import suppress

from studio.tasks.reader import FAULT, Archive, Line, Reader

WAITING = 2000  # frames that wait for one browser; beyond it the stream ends and the browser resumes by id
PER_PERSON = 8
PER_PROCESS = 1000
BEGINS = 5.0  # seconds for the reader's first look
CHECKED_EVERY = 5.0  # seconds until a removed member's stream ends
# One look at all of them every second: a timer for each frame costs as much as the frame.
LOOK = 1.0
KEEP_ALIVE = 20  # seconds; proxies cut connections that are silent for a minute
STALLED = 30  # seconds a browser may leave our bytes unread
# A comment for proxies and an event for the browser's script, which cannot see comments.
BEAT = b": keep-alive\nevent: beat\ndata: {}\n\n"


def frame(line: Line) -> bytes:
    data = {"task": line.task, "kind": line.kind, "state": line.state, "progress": line.progress}
    return f"id: {line.id}\nevent: task\ndata: {json.dumps(data)}\n\n".encode()


class Stream:
    """What waits for one browser. `life` ends it; `writing` is true while a write that began at `wrote_at` waits for
    the browser."""

    def __init__(self, person: int, team: int) -> None:
        self.person, self.team = person, team
        self.frames: deque[tuple[int, bytes]] = deque()
        self.news = asyncio.Event()
        self.over = False
        self.life: asyncio.Timeout | None = None
        self.writing, self.wrote_at = False, time.monotonic()
        self.is_silent = False

    def put(self, number: int, text: bytes) -> None:
        if len(self.frames) >= WAITING:
            self.end()
        else:
            self.frames.append((number, text))
            self.news.set()

    def end(self) -> None:
        self.over = True
        self.news.set()

    def look(self, now: float) -> None:
        """Break off where nobody reads; let something be said where nothing was for long."""
        waits = now - self.wrote_at
        if self.writing and waits >= STALLED and self.life and not self.life.expired():
            self.life.reschedule(0)
        elif not self.writing and waits >= KEEP_ALIVE:
            self.is_silent = True
            self.news.set()

    def take(self, after: int) -> tuple[int, bytes]:
        """Everything newer than that id, joined, and the id of the last of it; a beat for want of news."""
        fresh = [(number, text) for number, text in self.frames if number > after]
        text = b"".join(text for _number, text in fresh) or (BEAT if self.is_silent else b"")
        self.frames.clear()
        self.news.clear()
        self.is_silent = False
        return (fresh[-1][0] if fresh else after), text


class Hub:
    """The streams of this process. Everything here runs in the event loop."""

    def __init__(self) -> None:
        self.teams: dict[int, set[Stream]] = {}
        self.people: Counter[int] = Counter()
        self.archive = Archive()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.reader: Reader | None = None
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.reader = Reader(self.from_reader)
        self.reader.start()
        self.tasks = [self.loop.create_task(each) for each in (self.look_again_and_again(), self.check_members())]

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.reader:
            self.reader.end()
        self.archive.close()

    async def look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        for stream in self.streams():
            stream.look(now)

    def streams(self) -> list[Stream]:
        return [stream for streams in self.teams.values() for stream in streams]

    async def check_members(self) -> None:
        while True:
            await asyncio.sleep(CHECKED_EVERY)
            if self.teams:
                with suppress(FAULT):  # a database that is away removes nobody
                    self.end_strangers(await asyncio.to_thread(self.archive.members))

    def end_strangers(self, members: set[tuple[int, int]]) -> None:
        """A token outlives a membership; a stream does not."""
        for stream in self.streams():
            if (stream.person, stream.team) not in members:
                stream.end()

    def from_reader(self, lines: list[Line]) -> None:
        if self.loop and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.hand, lines)

    def hand(self, lines: list[Line]) -> None:
        for line in lines:
            if streams := self.teams.get(line.team):
                text = frame(line)
                for stream in streams:
                    if line.only in {None, stream.person}:
                        stream.put(line.id, text)

    def has_room(self, person: int) -> bool:
        return self.people[person] < PER_PERSON and self.people.total() < PER_PROCESS

    async def follows(self) -> bool:
        """Whether the reader hands over all that happens from now on. What happens before its first look it does not,
        and a stream that has caught up until then would miss it."""
        begun = self.reader.begun if self.reader else None
        return begun is None or begun.is_set() or await asyncio.to_thread(begun.wait, BEGINS)

    def join(self, person: int, team: int) -> Stream:
        stream = Stream(person, team)
        self.teams.setdefault(team, set()).add(stream)
        self.people[person] += 1
        return stream

    def leave(self, stream: Stream) -> None:
        self.teams[stream.team].discard(stream)
        if not self.teams[stream.team]:
            del self.teams[stream.team]
        self.people[stream.person] -= 1
        self.people += Counter()  # drops those at zero
