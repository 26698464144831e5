"""What a kept file holds, as far as a page shows it without opening the file: computed once, when it is kept.

Small plain JSON: `peaks` of a sound, `begins` and `characters` of a text, `vectors` of embeddings, `pages`, `titles`
and `cover` of slides. Nothing here ever makes a file unfit: what cannot be read is not told.
"""

from __future__ import annotations

import json
import logging
from typing import Any, BinaryIO

from studio.catalog.storable import storable
from studio.files import slides, sniff, vectors, waveform
from studio.files.measure import READERS

logger = logging.getLogger(__name__)
BEGINS = 600  # characters of a text that lists show
MOST_TEXT = 32 * 1024 * 1024  # bytes
SOUNDS = {**READERS, sniff.M4A: "mp4"}
Told = dict[str, Any]


def look(file: BinaryIO, kind: sniff.Type) -> Told:
    """What is told of a whole file of this type; {} where nothing is."""
    try:
        return dict(storable(told_of(file, kind)))
    except Exception:
        logger.warning("nothing is told of a %s", kind.media_type, exc_info=True)
        return {}


def told_of(file: BinaryIO, kind: sniff.Type) -> Told:
    if kind.kind == "audio":
        return told_of_sound(file, kind)
    if kind.kind == "text":
        return told_of_text(file, kind)
    if kind == sniff.PPTX:
        return told_of_slides(file)
    pages = slides.pages_of_pdf(file) if kind == sniff.PDF else None
    return {"pages": pages} if pages else {}


def told_of_sound(file: BinaryIO, kind: sniff.Type) -> Told:
    found = waveform.peaks(file, SOUNDS[kind])
    return {"peaks": found} if found else {}


def told_of_text(file: BinaryIO, kind: sniff.Type) -> Told:
    file.seek(0)
    data = file.read(MOST_TEXT + 1)
    if len(data) > MOST_TEXT:
        return {}
    text = data.decode("utf-8-sig", "replace")
    told: Told = {"begins": text[:BEGINS], "characters": len(text)}
    if kind == sniff.JSON and (found := vectors.found_in(json.loads(text))):
        return {"vectors": vectors.about(found)}
    return told


def told_of_slides(file: BinaryIO) -> Told:
    count, titles = slides.of_presentation(file)
    return {"pages": count, "titles": titles}


def cover(file: BinaryIO, kind: sniff.Type) -> bytes:
    """A small JPEG that stands for the file, where it brings one; else b""."""
    try:
        return slides.cover(file) if kind == sniff.PPTX else b""
    except Exception:
        logger.warning("the picture in a %s cannot be read", kind.media_type, exc_info=True)
        return b""
