"""What the worker runs."""

from __future__ import annotations

from studio.batches import feeding


def feed() -> None:
    feeding.feed()
