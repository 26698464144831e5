"""How much is measured: every size is an option of the command."""

from __future__ import annotations

from dataclasses import dataclass, field


def size(default: int, text: str) -> int:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Sizes:
    rounds: int = size(3, "rounds of what has a floor; the medians count")
    callbacks: int = size(1500, "callbacks, and floor requests, in a round")
    paced: int = size(300, "callbacks sent at 100 a second")
    strokes: int = size(300, "key strokes in a round")
    cells: int = size(1000, "cells of a batch")
    watchers: int = size(50, "open streams that follow callbacks")
    frames: int = size(100, "callbacks they follow")
    pixels: int = size(20, "callbacks that a browser shows")
    sends: int = size(300, "tasks sent in a round")
    streams: int = size(1000, "idle streams")
    idle: int = size(10, "seconds in which they are watched")
    starts: int = size(3, "starts of the whole studio")
    small: int = size(1_000, "tasks in the small studio")
    large: int = size(100_000, "tasks in the large studio")
    views: int = size(30, "times each page is made")
