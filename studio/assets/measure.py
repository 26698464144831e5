"""The measures of a file that is already here: pixels and seconds. Nothing in it can make us open anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

import av
from PIL import Image

from studio.assets import sniff
from studio.assets.mp4 import read_film
from studio.gateway.errors import gettext_noop

MOST_PIXELS = 50_000_000
# Only this one reader may look at the file, so a playlist or a script that names other files stays unread.
READERS = {
    sniff.WEBM: "matroska",
    sniff.MP3: "mp3",
    sniff.WAV: "wav",
    sniff.OGG: "ogg",
    sniff.FLAC: "flac",
}
DAMAGED = gettext_noop("The file is damaged or incomplete.")
TOO_MANY_PIXELS = gettext_noop("The picture has more pixels than the studio keeps.")


class Unfit(Exception):
    """The bytes are not a file that can be kept; `permanent` when another try would bring the same."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True)
class Measured:
    """`type` may differ from what was sniffed: an MP4 without a picture is audio."""

    type: sniff.Type
    width: int | None = None
    height: int | None = None
    duration: float | None = None


def measure(file: BinaryIO, kind: sniff.Type) -> Measured:
    """Raises `Unfit` for a file that its own kind of reader cannot read, and for a flood of pixels."""
    file.seek(0)
    try:
        if kind.kind == "image":
            return measure_image(file, kind)
        if kind in {sniff.MP4, sniff.MOV, sniff.M4A}:
            return measure_film(file, kind)
        return measure_stream(file, kind) if kind in READERS else Measured(kind)
    except Unfit:
        raise
    except Image.DecompressionBombError as fault:
        raise Unfit(TOO_MANY_PIXELS, permanent=True) from fault
    except Exception as fault:
        raise Unfit(DAMAGED) from fault


def measure_image(file: BinaryIO, kind: sniff.Type) -> Measured:
    with Image.open(file, formats=[kind.media_type.removeprefix("image/").upper()]) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Unfit(TOO_MANY_PIXELS, permanent=True)
        image.verify()
    return Measured(kind, width, height)


def measure_film(file: BinaryIO, kind: sniff.Type) -> Measured:
    film = read_film(file)
    if film.width is None and kind != sniff.M4A:
        kind = sniff.M4A
    return Measured(kind, film.width, film.height, film.seconds)


def measure_stream(file: BinaryIO, kind: sniff.Type) -> Measured:
    with av.open(file, mode="r", format=READERS[kind]) as container:
        seconds = container.duration / av.time_base if container.duration else None
        found = Measured(kind, duration=seconds)
        for stream in container.streams.video[:1] if kind == sniff.WEBM else ():
            found = replace(found, width=stream.width, height=stream.height)
        return found
