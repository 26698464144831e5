"""Run by `up` as a program: reads process groups from its input, line by line, and ends the last ones read when the
input ends, because then `up` is dead. Needs nothing but Python."""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 3.0


def send(groups: list[int], number: int) -> list[int]:
    """Signal each group; those that still exist."""
    left = []
    for group in groups:
        try:
            os.killpg(group, number)
            left.append(group)
        except (ProcessLookupError, PermissionError):
            continue
    return left


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    groups: list[int] = []
    for line in sys.stdin:
        groups = [int(part) for part in line.split()]
    left, until = send(groups, signal.SIGTERM), time.monotonic() + GRACE
    while left and time.monotonic() < until:
        time.sleep(0.1)
        left = send(left, 0)
    send(left, signal.SIGKILL)


if __name__ == "__main__":
    main()
