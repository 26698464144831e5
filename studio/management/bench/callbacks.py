"""Callbacks accepted per second: kept, committed, heard, answered 200."""

from __future__ import annotations

import asyncio

from studio.management.bench import load, rows
from studio.management.bench.doors import make_table
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against, percentile
from studio.tasks.models import Callback
from studio.teams.scope import across_teams

WARM = 64


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    make_table()
    programs.run("web")
    asyncio.run(load.fire(programs.host, programs.port, news(WARM)))
    rounds = [one_round(programs, sizes.callbacks) for _ in range(sizes.rounds)]
    at_100 = asyncio.run(load.paced(programs.host, programs.port, news(sizes.paced), 100))
    with across_teams():
        unheard = Callback.objects.filter(heard_at=None).count()
    note = f"{unheard} NOT HEARD" if unheard else ""
    return [
        against("callbacks per second, kept, heard, answered", rounds, "/s", Target(0.5, of="ratio", most=False), note),
        Row("  p99 at 100 a second", percentile(at_100.each, 99) * 1000, "ms", target=Target(100)),
    ]


def one_round(programs: Programs, count: int) -> tuple[float, float]:
    told = news(count)
    body = told[0].partition(b"\r\n\r\n")[2]
    plain = load.post(programs.host, programs.port, "/bench/insert/", body)
    floor = asyncio.run(load.fire(programs.host, programs.port, [plain] * count))
    heard = asyncio.run(load.fire(programs.host, programs.port, told))
    return heard.rate, floor.rate


def news(count: int) -> list[bytes]:
    """As a gateway calls: each task is first told to be running, later to have succeeded."""
    group = rows.group()
    attempts = rows.accepted(group, (count + 1) // 2)
    return [*rows.callbacks(attempts, "running"), *rows.callbacks(attempts, "succeeded")][:count]
