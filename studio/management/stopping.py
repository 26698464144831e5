"""Signals that end a program, heard however many come at once."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType


def hear_signals(ended: threading.Event) -> None:
    """From now on SIGINT, SIGTERM and SIGHUP (unless nohup has it ignored) set this event.

    Not by themselves: a handler runs in the midst of whatever the main thread does. A second signal that came while the
    first was setting the event, or one that came while the event was being looked at, would wait for a lock of the
    thread it runs in, for ever. A service manager and `uv run` together send two.
    """
    told: SimpleQueue[int] = SimpleQueue()  # its `put` may interrupt itself

    def wait() -> None:
        told.get()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    for number in (signal.SIGINT, *heard()):
        signal.signal(number, lambda number, _frame: told.put(number))


def heard() -> list[signal.Signals]:
    """SIGTERM, and SIGHUP unless nohup has it ignored."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return [signal.SIGTERM]
    return [signal.SIGTERM, signal.SIGHUP]


@contextmanager
def tidied_up() -> Iterator[None]:
    """SIGTERM and SIGHUP leave the block as SIGINT does, by an exception, so that it removes what it made."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in heard()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
