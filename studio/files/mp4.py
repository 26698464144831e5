"""The size and length of an MP4 or MOV file, read from its boxes (ISO 14496-12). Follows no reference to anywhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BOXES = 2000
NESTED = {b"moov", b"trak", b"mdia", b"mvex"}
SIDEWAYS = {(0, 0x10000), (0, -0x10000)}  # the first two numbers of a matrix that turns by 90 degrees


@dataclass(frozen=True)
class Film:
    """`seconds` is None where the file does not say; `width` and `height` are pixels, None without a picture."""

    seconds: float | None
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Box:
    name: bytes
    start: int  # of its content
    end: int


def read_film(file: BinaryIO) -> Film:
    """Raises ValueError for a file that has no index of its content, or ends before its boxes do."""
    seconds: float | None = None
    frame: tuple[int, int] | None = None
    boxes = list(walk(file))
    if not any(box.name == b"moov" for box in boxes):
        raise ValueError("no moov box")
    for box in boxes:
        if box.name in {b"mvhd", b"mehd"}:
            scale = time_scale(file, next(b for b in boxes if b.name == b"mvhd"))
            length = duration(file, box)
            seconds = max(seconds or 0.0, length / scale) if length and scale else seconds
        elif box.name == b"tkhd" and frame is None:
            frame = picture(content(file, box, 104))
    return Film(seconds, *(frame or (None, None)))


def walk(file: BinaryIO) -> Iterator[Box]:
    """Every box, and those inside the ones that lead to what we want; in the order of the file."""
    size = file.seek(0, 2)
    todo = [(0, size)]
    for _ in range(MOST_BOXES):
        if not todo:
            return
        at, end = todo.pop()
        if at + 8 > end:
            continue
        box = read_box(file, at, end)
        todo.append((box.end, end))
        if box.name in NESTED:
            todo.append((box.start, box.end))
        yield box
    raise ValueError("too many boxes")


def read_box(file: BinaryIO, at: int, end: int) -> Box:
    file.seek(at)
    length, name = struct.unpack(">I4s", file.read(8))
    start = at + 8
    if length == 1:
        (length,) = struct.unpack(">Q", exactly(file.read(8), 8))
        start = at + 16
    elif length == 0:
        length = end - at
    if at + length > end or at + length < start:
        raise ValueError("a box ends outside its place")
    return Box(name, start, at + length)


def content(file: BinaryIO, box: Box, at_most: int) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, at_most))


def exactly(data: bytes, length: int) -> bytes:
    if len(data) < length:
        raise ValueError("a box is cut")
    return data[:length]


def time_scale(file: BinaryIO, mvhd: Box) -> int:
    data = content(file, mvhd, 32)
    at = 20 if data[:1] == b"\x01" else 12
    return int(struct.unpack(">I", exactly(data[at:], 4))[0])


def duration(file: BinaryIO, box: Box) -> int:
    """Of a movie header, or of the header that a film in fragments has beside it; in units of the time scale."""
    data = content(file, box, 40)
    long = data[:1] == b"\x01"
    at = {b"mvhd": 24 if long else 16, b"mehd": 4}[box.name]
    value = int(struct.unpack(">Q" if long else ">I", exactly(data[at:], 8 if long else 4))[0])
    return 0 if value in (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF) else value


def picture(tkhd: bytes) -> tuple[int, int] | None:
    """Width and height as shown: a telephone's film may be stored lying on its side."""
    at = 52 if tkhd[:1] == b"\x01" else 40
    a, b = struct.unpack(">ii", exactly(tkhd[at:], 8))
    width, height = (value >> 16 for value in struct.unpack(">II", exactly(tkhd[at + 36 :], 8)))
    if not width or not height:
        return None
    return (height, width) if (a, b) in SIDEWAYS else (width, height)
