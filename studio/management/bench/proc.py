"""What Linux tells of running processes: memory, threads, CPU."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def is_told() -> bool:
    return Path("/proc/self/smaps_rollup").exists()


def memory(*processes: int) -> int:
    """Bytes of memory; what several processes share counts once, in shares."""
    return sum(field(process, "smaps_rollup", "Pss:") * 1024 for process in processes)


def threads(process: int) -> int:
    return field(process, "status", "Threads:")


def field(process: int, file: str, name: str) -> int:
    """0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{process}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def cpu_seconds(process: int) -> float:
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def family_of(process: int) -> list[int]:
    """This process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [process]
    for one in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == one]
    return found
