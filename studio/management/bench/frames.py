"""From a callback to its frame in every open stream; never lost, never twice."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter

from django.conf import settings
from django.db import transaction

from studio.management.bench import load, rows, streams
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against, percentile
from studio.tasks import events
from studio.tasks.models import Attempt
from studio.tasks.reader import Line, Reader
from studio.tasks.states import Kind, Source
from studio.teams.scope import across_teams

PATIENCE = 20.0  # seconds for a frame
APART = 0.06  # seconds, at most, between two: they must not fall into step with the reader
WARM = 5


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    group = rows.group(streams.people_for(sizes.watchers))
    attempts = rows.accepted(group, sizes.frames + WARM)
    programs.run("web")
    took, faults = asyncio.run(follow(programs, group, attempts, sizes.watchers))
    floor = alone(rows.accepted(group, sizes.frames + WARM))
    limit = 10 if settings.POSTGRESQL else 30
    pair = [(percentile(took, 50), percentile(floor, 50))]
    name = f"callback sent, its frame in {sizes.watchers} streams, p50"
    return [
        against(name, pair, "ms", Target(limit)),
        against("  p99", [(percentile(took, 99), percentile(floor, 99))], "ms", None),
        Row("  frames lost or twice", faults, "", target=Target(0)),
    ]


async def follow(
    programs: Programs, group: rows.Group, attempts: list[Attempt], watchers: int
) -> tuple[list[float], int]:
    """Milliseconds from sending each callback until the last stream has its frame; how many came never or twice."""
    left, whole = Counter({each.task_id: watchers for each in attempts}), asyncio.Event()

    def told(seen: streams.Seen) -> None:
        left[seen.task] -= 1
        if left[seen.task] == 0:
            whole.set()

    open_ones = await streams.open_streams(programs.host, programs.port, group, watchers, told)
    line = await load.Line.to(programs.host, programs.port)
    took = []
    for attempt, request in zip(attempts, rows.callbacks(attempts, "running"), strict=True):
        await asyncio.sleep(random.uniform(0, APART))  # noqa: S311
        whole.clear()
        began = time.perf_counter()
        await line.ask(request)
        try:
            if left[attempt.task_id]:
                await asyncio.wait_for(whole.wait(), PATIENCE)
        except TimeoutError:
            continue
        last = max(stream.frames[-1].at for stream in open_ones)
        took.append((last - began) * 1000)
    await asyncio.sleep(APART)  # what comes twice comes now
    streams.close(open_ones)
    line.close()
    return took[WARM:], sum(abs(count) for count in left.values())


def alone(attempts: list[Attempt]) -> list[float]:
    """The floor: INSERT, wake-up and read (PostgreSQL's wake-up tells all), without a web server; milliseconds from the
    INSERT's begin."""
    heard = Heard()
    reader = Reader(heard.hand)
    reader.start()
    reader.begun.wait(PATIENCE)
    took = []
    try:
        for attempt in attempts:
            time.sleep(random.uniform(0, APART))  # noqa: S311
            began = time.perf_counter()
            with across_teams(), transaction.atomic():
                event = events.append(attempt.task, Kind.HEARD, Source.CALLBACK, attempt=attempt)
            took.append((heard.when(event.pk) - began) * 1000)
    finally:
        reader.end()
    return took[WARM:]


class Heard:
    """When the reader handed over each event, by its id."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}
        self.news = threading.Condition()

    def hand(self, lines: list[Line]) -> None:
        now = time.perf_counter()
        with self.news:
            self.at |= {line.id: now for line in lines}
            self.news.notify_all()

    def when(self, event: int) -> float:
        """Raises RuntimeError for an event that does not come."""
        with self.news:
            if not self.news.wait_for(lambda: event in self.at, PATIENCE):
                raise RuntimeError(f"event {event} never came")
            return self.at[event]
