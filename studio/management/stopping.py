"""Signals that end a program, heard however many come at once."""

from __future__ import annotations

import signal
import threading
from queue import SimpleQueue


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
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _frame: told.put(number))
