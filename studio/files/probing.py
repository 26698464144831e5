"""Sounds and films as PyAV reads them: these bytes, by this one reader, and nothing else in the world."""

from __future__ import annotations

from typing import BinaryIO

import av
from av.container import InputContainer

MOST_PIXELS = 36_000_000  # of a frame: 8K
COVER = 1_000_000  # pixels of a picture in a sound: it is read as soon as the sound is opened, and nobody wants it
FILMS = "matroska"


def opened(file: BinaryIO, reader: str) -> InputContainer:
    """The file for this reader of PyAV, to be closed by the caller. Raises what PyAV raises for a damaged one.

    Should a playlist or a script ever pass for a sound, there is no protocol by which to open what it names.
    """
    file.seek(0)
    most = MOST_PIXELS if reader == FILMS else COVER
    options = {"protocol_whitelist": "none", "max_pixels": str(most)}
    return av.open(file, mode="r", format=reader, options=options)
