"""The measures of a file that is already here: pixels and seconds. Nothing in it can make us open anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

import av
from PIL import Image

from studio.files import floods, probing, sniff
from studio.files.mp4 import read_film
from studio.gateway.errors import gettext_noop
from studio.gateway.fetch import TOO_LARGE

MEGABYTE = 1024 * 1024
MOST_BYTES = {"image": 50 * MEGABYTE, "audio": 200 * MEGABYTE, "video": 1024 * MEGABYTE, "text": 10 * MEGABYTE}
MOST_PIXELS = 50_000_000
MOST_MOVING_PIXELS = 2_000_000_000  # of all frames of an animation together
# Only this one reader may look at the file, so a playlist or a script that names other files stays unread.
READERS = {
    sniff.WEBM: "matroska",
    sniff.MP3: "mp3",
    sniff.AAC: "aac",
    sniff.WAV: "wav",
    sniff.OGG: "ogg",
    sniff.FLAC: "flac",
}
DAMAGED = gettext_noop("The file is damaged or incomplete.")
TOO_MANY_PIXELS = gettext_noop("The picture has more pixels than the studio keeps.")
TOO_MANY_FRAMES = gettext_noop("The picture has more frames or parts than the studio keeps.")


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
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise Unfit(TOO_MANY_PIXELS, permanent=True) from fault
    except floods.Flood as fault:
        raise Unfit(TOO_MANY_FRAMES, permanent=True) from fault
    except Exception as fault:
        raise Unfit(DAMAGED) from fault


def measure_image(file: BinaryIO, kind: sniff.Type) -> Measured:
    if file.seek(0, 2) > MOST_BYTES["image"]:  # some readers take all of it into memory
        raise Unfit(TOO_LARGE, permanent=True)
    frames = floods.frames(file, kind)
    with Image.open(file, formats=[kind.media_type.removeprefix("image/").upper()]) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Unfit(TOO_MANY_PIXELS, permanent=True)
        if width * height * frames > MOST_MOVING_PIXELS:
            raise Unfit(TOO_MANY_FRAMES, permanent=True)
        image.verify()
    if kind == sniff.JPEG:  # which verifies nothing: only who decodes it sees that the end is missing
        with Image.open(file, formats=["JPEG"]) as image:
            image.draft("RGB", (width // 8, height // 8))
            image.load()
    return Measured(kind, width, height)


def measure_film(file: BinaryIO, kind: sniff.Type) -> Measured:
    film = read_film(file)
    if film.width is None and kind != sniff.M4A:
        kind = sniff.M4A
    return Measured(kind, film.width, film.height, film.seconds)


def measure_stream(file: BinaryIO, kind: sniff.Type) -> Measured:
    with probing.opened(file, READERS[kind]) as container:
        seconds = container.duration / av.time_base if container.duration else None
        found = Measured(kind, duration=seconds)
        for stream in container.streams.video[:1] if kind == sniff.WEBM else ():
            if stream.width * stream.height > probing.MOST_PIXELS:
                raise Unfit(TOO_MANY_PIXELS, permanent=True)
            found = replace(found, width=stream.width, height=stream.height)
        return found
