"""What the worker runs. There are no arguments: the rows say what is due."""

from __future__ import annotations

from studio.notices import sending


def send() -> None:
    sending.send()
