"""Two times at once: seconds on the wall, and the gateway's own, which run `speed` times as fast."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """A clock that runs by itself when `ticking`, and otherwise stands still until it is moved."""

    def __init__(self, speed: float, *, ticking: bool) -> None:
        self.ticking = ticking
        self._speed = speed
        self._wall = time.time()
        self._gateway = 0.0
        self._seen = time.monotonic()

    def _settle(self) -> None:
        now = time.monotonic()
        elapsed, self._seen = now - self._seen, now
        if self.ticking:
            self.move(elapsed)

    def move(self, seconds: float) -> None:
        """Let so many seconds of the wall pass at once."""
        self._wall += seconds
        self._gateway += seconds * self._speed

    @property
    def wall(self) -> float:
        """Unix time as this gateway believes it."""
        self._settle()
        return self._wall

    @property
    def gateway(self) -> float:
        """Seconds of work since the start."""
        self._settle()
        return self._gateway

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._settle()
        self._speed = value


def iso(seconds: float) -> str:
    """A unix time as 2024-10-01T00:00:00.000Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
