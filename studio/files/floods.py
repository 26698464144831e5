"""What a picture would make its readers do, counted from its blocks before anybody reads it.

A few kilobytes can hold a million frames, a thousand passes over the same pixels, or a comment that takes minutes to
put together. Every count stops at its limit, so that counting is no flood of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO

from studio.files import sniff

MOST_FRAMES = 5_000
MOST_BLOCKS = 100_000  # of a PNG or WebP; segments of a JPEG; pieces of data in a GIF's frame
MOST_PIECES = 4_096  # pieces of 255 bytes in what a GIF says beside its frames
MOST_PASSES = 40  # of a JPEG that is drawn in passes; usual are 10


class Flood(Exception):
    """There is more in the picture than anybody should read."""


def frames(file: BinaryIO, kind: sniff.Type) -> int:
    """How many frames an animation has, 0 or 1 for a picture that stands still. Raises `Flood`; what is damaged is
    counted as far as it goes."""
    file.seek(0)
    count = COUNTERS[kind](file)
    if count > MOST_FRAMES:
        raise Flood
    return count


def in_gif(file: BinaryIO) -> int:
    pass_table(file, file.read(13)[10:11])
    count = 0
    while count <= MOST_FRAMES and (sign := file.read(1)) in {b",", b"!"}:
        if sign == b",":
            count += 1
            pass_table(file, file.read(9)[8:])
        file.seek(1, 1)
        pass_pieces(file, MOST_BLOCKS if sign == b"," else MOST_PIECES)
    return count


def pass_table(file: BinaryIO, flags: bytes) -> None:
    """The colours, where the last bit of the flags says that there are some."""
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, 1)


def pass_pieces(file: BinaryIO, most: int) -> None:
    for _ in range(most):
        length = file.read(1)
        if length in {b"", b"\x00"}:
            return
        file.seek(length[0], 1)
    raise Flood


def in_png(file: BinaryIO) -> int:
    file.seek(8)
    return count_blocks(file, ">I4s", b"fcTL", lambda length: length + 4)


def in_webp(file: BinaryIO) -> int:
    file.seek(12)
    return count_blocks(file, "<4sI", b"ANMF", lambda length: length + length % 2)


def count_blocks(file: BinaryIO, head: str, frame: bytes, rest: Callable[[int], int]) -> int:
    """Blocks with a name and a length; `rest` is how many bytes follow the head of one."""
    count = 0
    for _ in range(MOST_BLOCKS):
        read = file.read(8)
        if len(read) < 8:
            return count
        parts = struct.unpack(head, read)
        name, length = parts if isinstance(parts[0], bytes) else parts[::-1]
        count += name == frame
        file.seek(rest(length), 1)
    raise Flood


def in_jpeg(file: BinaryIO) -> int:
    """Counts nothing but raises for too many segments before the pixels, or passes over them."""
    file.seek(2)
    for _ in range(MOST_BLOCKS):
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] == 0xDA:
            break
        file.seek(max(0, int.from_bytes(head[2:]) - 2), 1)
    else:
        raise Flood
    if file.read().count(b"\xff\xda") >= MOST_PASSES:
        raise Flood
    return 1


COUNTERS = {sniff.GIF: in_gif, sniff.PNG: in_png, sniff.WEBP: in_webp, sniff.JPEG: in_jpeg}
