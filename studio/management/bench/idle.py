"""What a stream costs while nothing happens: memory, threads, CPU of the web process."""

from __future__ import annotations

import asyncio
import resource

from studio.management.bench import proc, rows, streams
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target
from studio.tasks.hub import PER_PERSON

SETTLE = 2.0  # seconds after which a process has the size that it keeps
SPARE = 200  # files that are open besides the streams


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    name = f"{sizes.streams:,} idle streams, each"
    if not proc.is_told():
        return [Row(name, None, "KB", target=Target(20), note="this system does not tell a process's memory")]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sizes.streams + SPARE
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return [Row(name, None, "KB", target=Target(20), note=f"only {hard} files may be open")]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    group = rows.group(streams.people_for(sizes.streams) + 1)
    programs.run()
    programs.run("web")  # a fresh one: what an older one had freed again would hide what streams take
    kilobytes, threads, share = asyncio.run(hold(programs, group, sizes))
    return [
        Row(name, kilobytes, "KB", target=Target(20)),
        Row("  threads more than without", threads, "", target=Target(min(20, sizes.streams - 1))),
        Row("  share of a core", share, "%", target=Target(5)),
    ]


async def hold(programs: Programs, group: rows.Group, sizes: Sizes) -> tuple[float, int, float]:
    """Kilobytes for each stream, threads more than before, CPU in percent of a core."""
    web = programs.process("web")
    last = rows.Group(group.team, group.people[-1:], group.connection)
    streams.close(await streams.open_streams(programs.host, programs.port, last, PER_PERSON))  # the first cost more
    await asyncio.sleep(SETTLE)
    memory, threads = proc.memory(web), proc.threads(web)
    open_ones = await streams.open_streams(programs.host, programs.port, group, sizes.streams)
    await asyncio.sleep(SETTLE)
    grown, more = proc.memory(web) - memory, proc.threads(web) - threads
    spent = proc.cpu_seconds(web)
    await asyncio.sleep(sizes.idle)
    spent = proc.cpu_seconds(web) - spent
    if lost := sum(stream.reader.at_eof() for stream in open_ones):
        raise RuntimeError(f"{lost} streams ended while nothing happened")
    streams.close(open_ones)
    return grown / sizes.streams / 1024, more, spent / sizes.idle * 100
