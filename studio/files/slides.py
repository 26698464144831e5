"""What a file of slides says about itself. A zip from outside: nothing is unpacked that is larger than it may be."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO
from xml.parsers import expat

from PIL import Image

from studio.files import floods, sniff

MOST_PARTS = 10_000  # names in the zip
MOST_TITLES = 60
MOST_XML = 2 * 1024 * 1024  # bytes of one slide, unpacked
MOST_PICTURE = 4 * 1024 * 1024
MOST_PIXELS = 20_000_000
LONGEST_TITLE = 200
COVER = (640, 640)
SLIDE = re.compile(r"ppt/slides/slide(\d{1,5})\.xml")
PICTURE = "docProps/thumbnail.jpeg"
MOST_PDF = 24 * 1024 * 1024
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
COUNT = re.compile(rb"/Count\s+(\d{1,5})(?!\d)")


class Refused(Exception):
    """The slide's XML declares entities: nothing that makes slides writes those."""


def of_presentation(file: BinaryIO) -> tuple[int, list[str]]:
    """How many slides, and the titles of the first ones in order ("" for one without). Raises for a damaged file."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()[:MOST_PARTS]
        slides = sorted((int(found[1]), found[0]) for name in names if (found := SLIDE.fullmatch(name)))
        return len(slides), [title(taken(archive, name, MOST_XML)) for _, name in slides[:MOST_TITLES]]


def cover(file: BinaryIO) -> bytes:
    """The small picture that the program which wrote the slides left in them, as a JPEG of ours; b"" without one."""
    with zipfile.ZipFile(file) as archive:
        raw = taken(archive, PICTURE, MOST_PICTURE) if PICTURE in archive.namelist()[:MOST_PARTS] else b""
    kind = sniff.sniff(io.BytesIO(raw), text_allowed=False)
    if kind not in {sniff.JPEG, sniff.PNG}:
        return b""
    floods.frames(io.BytesIO(raw), kind)
    with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG"]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return b""
        made = io.BytesIO()
        small = picture.convert("RGB")
        small.thumbnail(COVER)
        small.save(made, "JPEG", quality=85)
        return made.getvalue()


def taken(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A part of the zip, unpacked; b"" for one that is larger, whatever size it claims."""
    with archive.open(name) as part:
        data = part.read(most + 1)
    return data if len(data) <= most else b""


def title(xml: bytes) -> str:
    """The text of the slide's title, or else its first text."""
    if not xml:
        return ""
    reader = Reader()
    try:
        reader.read(xml)
    except (expat.ExpatError, Refused):
        return ""
    words = next((shape for is_title, shape in reader.shapes if is_title and shape), "")
    words = words or next((shape for _, shape in reader.shapes if shape), "")
    return " ".join(words.split())[:LONGEST_TITLE]


class Reader:
    """Collects the texts of a slide's shapes; knows no entities but XML's own."""

    def __init__(self) -> None:
        self.shapes: list[tuple[bool, str]] = []
        self.is_title = self.writes = False
        self.words = ""
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.opens
        self.parser.EndElementHandler = self.closes
        self.parser.CharacterDataHandler = self.says
        self.parser.EntityDeclHandler = self.refuses

    def read(self, xml: bytes) -> None:
        self.parser.Parse(xml, True)

    def refuses(self, *_: object) -> None:
        raise Refused

    def opens(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rsplit(" ", 1)[-1]
        if plain == "sp":
            self.is_title, self.words = False, ""
        elif plain == "ph":
            self.is_title = attributes.get("type") in {"title", "ctrTitle"}
        self.writes = plain == "t"

    def closes(self, name: str) -> None:
        plain = name.rsplit(" ", 1)[-1]
        self.writes = False
        if plain == "p" and self.words:
            self.words += " "
        elif plain == "sp":
            self.shapes.append((self.is_title, self.words.strip()))

    def says(self, text: str) -> None:
        if self.writes and len(self.words) < LONGEST_TITLE:
            self.words += text


def pages_of_pdf(file: BinaryIO) -> int | None:
    """How many pages a PDF has, where its text says so without unpacking anything; else None."""
    file.seek(0)
    data = file.read(MOST_PDF + 1)
    if len(data) > MOST_PDF:
        return None
    counted = len(PAGE.findall(data))
    told = max((int(number) for number in COUNT.findall(data)), default=0)
    return max(counted, told) or None
