"""How loud a sound is from its beginning to its end, as a few numbers that a page can draw."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

import av
from av.audio.frame import AudioFrame

from studio.files import probing

RATE = 8000  # samples a second that are looked at
GRAIN = 160  # samples in one first measure: 20 ms
BARS = 240  # numbers that are kept at most
SECONDS = 15.0  # of work; a sound that takes longer has no waveform
FULL = 32768


class TooLong(Exception):
    """The sound takes longer to read than anybody waits for its picture."""


def peaks(file: BinaryIO, reader: str, bars: int = BARS) -> list[int]:
    """Up to `bars` numbers, 0 (silent) to 100 (as loud as the loudest place), in equal steps of time.

    `reader` is the one reader of PyAV that may look at the file. Empty where there is no sound in it. Raises what PyAV
    raises for a damaged file, and `TooLong`.
    """
    return levelled(reduced(list(grains(file, reader)), bars))


def grains(file: BinaryIO, reader: str) -> Iterator[int]:
    """The highest absolute sample of each 20 ms."""
    until = time.monotonic() + SECONDS
    left = array("h")
    with probing.opened(file, reader) as container:
        for sound in container.streams.audio[:1]:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in container.decode(sound):
                if time.monotonic() > until:
                    raise TooLong
                for part in resampler.resample(frame):
                    left.extend(samples(part))
                whole = len(left) - len(left) % GRAIN
                yield from (loudest(left[at : at + GRAIN]) for at in range(0, whole, GRAIN))
                del left[:whole]
    if left:
        yield loudest(left)


def samples(frame: AudioFrame) -> array[int]:
    """The samples of a mono frame; its buffer may be longer than what is in it."""
    found = array("h")
    found.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    return found


def loudest(part: array[int]) -> int:
    return max(max(part), -min(part))


def reduced(values: list[int], bars: int) -> list[int]:
    """Not more than `bars` numbers, each the highest of its share."""
    if len(values) <= bars:
        return values
    edges = [len(values) * at // bars for at in range(bars + 1)]
    return [max(values[first:last]) for first, last in pairwise(edges)]


def levelled(values: list[int]) -> list[int]:
    """0 to 100 against the loudest; a sound that is as good as silent stays flat."""
    top = max(values, default=0)
    return [round(100 * value / top) for value in values] if top > FULL // 1000 else [0 for _ in values]
