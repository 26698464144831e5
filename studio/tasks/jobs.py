"""What the worker runs. The arguments are row ids; whether there is anything to do is for the row to say."""

from __future__ import annotations

from studio.tasks import lifecycle


def send(attempt_id: int) -> None:
    lifecycle.send(attempt_id)


def poll(attempt_id: int) -> None:
    lifecycle.poll(attempt_id)


def sweep() -> None:
    lifecycle.sweep()


def tidy() -> None:
    lifecycle.tidy()


def hear_callback(callback_id: int) -> None:
    lifecycle.hear_callback(callback_id)


def heartbeat() -> None:
    """Comes back, which is all that the clock wants to know: workers can be frozen while their status looks healthy."""
