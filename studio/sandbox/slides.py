"""Slides as a PPTX file, and read back: a small whole OOXML package, written part by part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from math import gcd
from xml.sax.saxutils import escape

from studio.sandbox import slide_parts as xml
from studio.sandbox.film import Film
from studio.sandbox.painting import poster

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
POINT = 12_700  # EMU, the unit of every length in such a file
NARROWEST, WIDEST = 72, 4032  # points of a side that programs open
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
SIZE = re.compile(rb'<p:sldSz[^<>]*\bcx="(\d+)"[^<>]*\bcy="(\d+)"')
TEXT = re.compile(rb"<a:t(?: [^<>]*)?>([^<]*)</a:t>")
TITLE = re.compile(rb'<p:ph [^<>]*type="(?:title|ctrTitle)"')
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LARGEST_PART, MOST_SLIDES = 4 * 1024 * 1024, 200  # of what is read


class NoSlides(ValueError):
    """The bytes are no PPTX file that can be read."""


@dataclass(frozen=True)
class Slide:
    title: str
    lines: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Deck:
    """`width` and `height` in points; `template` gives its name and its colour to the cover."""

    slides: tuple[Slide, ...]
    template: str = ""
    colour: str = "589AFD"
    width: int = 960
    height: int = 540

    @property
    def title(self) -> str:
        return next((slide.title for slide in self.slides if slide.title), "")

    @property
    def cover(self) -> Film:
        shrink = gcd(self.width, self.height)
        return Film(self.title, f"{self.width // shrink}:{self.height // shrink}", 0, self.template, "deck")


@lru_cache(64)
def pptx(deck: Deck) -> bytes:
    """The file, with a small picture of its first slide in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(deck):
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parts(deck: Deck) -> Iterator[tuple[str, str | bytes]]:
    """Every part by its name, the list of their types first."""
    numbers = range(1, len(deck.slides) + 1)
    noted = [number for number, slide in enumerate(deck.slides, start=1) if slide.notes]
    yield "[Content_Types].xml", xml.types(numbers, noted)
    yield "_rels/.rels", xml.relations(xml.ROOT)
    yield "docProps/core.xml", xml.core(written(deck.title))
    yield "docProps/thumbnail.jpeg", poster(deck.cover)
    masters = [("slideMaster", "slideMasters/slideMaster1.xml"), ("theme", "theme/theme1.xml")]
    masters += [("notesMaster", "notesMasters/notesMaster1.xml")] if noted else []
    slides = [("slide", f"slides/slide{number}.xml") for number in numbers]
    size = (deck.width * POINT, deck.height * POINT)
    yield "ppt/presentation.xml", xml.presentation(size, len(masters), len(slides), noted=bool(noted))
    yield "ppt/_rels/presentation.xml.rels", xml.relations([*masters, *slides])
    yield from xml.look(deck.colour, noted=bool(noted))
    for number, slide in enumerate(deck.slides, start=1):
        yield f"ppt/slides/slide{number}.xml", drawn(slide, deck, first=number == 1)
        onward = [("slideLayout", "../slideLayouts/slideLayout1.xml")]
        onward += [("notesSlide", f"../notesSlides/notesSlide{number}.xml")] if slide.notes else []
        yield f"ppt/slides/_rels/slide{number}.xml.rels", xml.relations(onward)
        if slide.notes:
            yield f"ppt/notesSlides/notesSlide{number}.xml", xml.notes(paragraphs([slide.notes], 12))
            back = [("notesMaster", "../notesMasters/notesMaster1.xml"), ("slide", f"../slides/slide{number}.xml")]
            yield f"ppt/notesSlides/_rels/notesSlide{number}.xml.rels", xml.relations(back)


def drawn(slide: Slide, deck: Deck, *, first: bool) -> str:
    """A slide: its title, a bar in the template's colour, and its lines. One without lines stands in the middle."""
    width, height = deck.width * POINT, deck.height * POINT
    margin, alone = width // 16, not slide.lines
    top = height * 2 // 5 if alone else height // 12
    above = (margin, top, width - 2 * margin, height // 6)
    large = 44 if first else 36 if alone else 28
    shapes = [
        xml.shape(2, "Title", 'type="title"', above, paragraphs([slide.title], large, bold=True)),
        xml.bar(3, (margin, top + height // 6, width // 10, height // 90)),
    ]
    if slide.lines:
        box = (margin, height // 3, width - 2 * margin, height * 7 // 12)
        shapes.append(xml.shape(4, "Text", 'type="body" idx="1"', box, paragraphs(slide.lines, 18)))
    return xml.slide("".join(shapes))


def paragraphs(lines: list[str] | tuple[str, ...], size: int, *, bold: bool = False) -> str:
    """Each line as a paragraph."""
    return "".join(xml.paragraph(written(line), size, bold=bold) for line in lines)


def written(text: str) -> str:
    """A text as XML; what XML cannot hold is left out."""
    return escape(NO_XML.sub("", text))


def read(content: bytes) -> Deck:
    """The slides of a PPTX file in their order: titles and lines. Raises NoSlides."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "ppt/presentation.xml" not in names:
                raise NoSlides("no presentation")
            size = SIZE.search(_part(archive, "ppt/presentation.xml"))
            numbered = sorted((int(found[1]), name) for name in names if (found := SLIDE.fullmatch(name)))
            slides = tuple(_slide(_part(archive, name)) for _, name in numbered[:MOST_SLIDES])
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as fault:
        raise NoSlides("no ZIP archive") from fault
    width, height = (int(size[1]) // POINT, int(size[2]) // POINT) if size else (960, 540)
    return Deck(slides, width=width, height=height)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LARGEST_PART)


def _slide(content: bytes) -> Slide:
    heading, lines = "", list[str]()
    for shape in _each(b"p:sp", content):
        said = [_words(paragraph) for paragraph in _each(b"a:p", shape)]
        if TITLE.search(shape) and not heading:
            heading = " ".join(filter(None, said))
        else:
            lines += filter(None, said)
    return Slide(heading, tuple(lines))


def _each(tag: bytes, content: bytes) -> Iterator[bytes]:
    """What stands in each of these elements. A pattern would look for the end of each start that has none."""
    for piece in content.split(b"</%s>" % tag)[:-1]:
        begins = max(piece.rfind(b"<%s>" % tag), piece.rfind(b"<%s " % tag))
        if begins >= 0:
            yield piece[begins:]


def _words(paragraph: bytes) -> str:
    return unescape(b"".join(TEXT.findall(paragraph)).decode("utf-8", "replace")).strip()
