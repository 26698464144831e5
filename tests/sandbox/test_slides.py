"""The sandbox's PPTX files: whole packages, which say what was asked for and are read back."""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree

import pytest
from PIL import Image

from studio.files import sniff
from studio.files.slides import of_presentation
from studio.sandbox.slides import Deck, NoSlides, Slide, pptx, read

DECK = Deck(
    (
        Slide("Green tea & <water>"),
        Slide("历史"),
        Slide("Origins", ("China\x00 – first records", "绿茶"), "Say hello"),
        Slide("After", ("Brewing",)),
    ),
    "Harbour 1",
    "FA920A",
)
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def opened(deck: Deck = DECK) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(pptx(deck)))


@pytest.mark.parametrize("deck", [DECK, Deck((Slide("Alone"),)), Deck(())])
def test_every_part_is_there_once_is_xml_and_has_a_type(deck: Deck) -> None:
    with opened(deck) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert archive.testzip() is None
        roots = {name: ElementTree.fromstring(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    listed = {each.attrib["PartName"].lstrip("/") for each in roots["[Content_Types].xml"].iter(f"{TYPES}Override")}
    assert listed == {name for name in names if name.endswith(".xml")} - {"[Content_Types].xml"}


@pytest.mark.parametrize("deck", [DECK, Deck((Slide("Alone"),))])
def test_every_relation_leads_to_a_part(deck: Deck) -> None:
    with opened(deck) as archive:
        names = set(archive.namelist())
        for name in (name for name in names if name.endswith(".rels")):
            folder = posixpath.dirname(posixpath.dirname(name))
            for each in ElementTree.fromstring(archive.read(name)):
                assert posixpath.normpath(posixpath.join(folder, each.attrib["Target"])) in names, name


def test_the_studio_sees_slides_with_these_titles_and_their_picture() -> None:
    file = io.BytesIO(pptx(DECK))
    assert sniff.sniff(file, text_allowed=False) == sniff.PPTX
    assert of_presentation(file) == (4, ["Green tea & <water>", "历史", "Origins", "After"])
    with opened() as archive, Image.open(io.BytesIO(archive.read("docProps/thumbnail.jpeg"))) as picture:
        assert picture.size == (640, 360)


def test_the_notes_and_the_colour_of_the_template_are_in_it() -> None:
    with opened() as archive:
        assert b"Say hello" in archive.read("ppt/notesSlides/notesSlide3.xml")
        assert b'<a:accent1><a:srgbClr val="FA920A"/>' in archive.read("ppt/theme/theme1.xml")


def test_what_was_written_is_read_back() -> None:
    slides = [(slide.title, slide.lines) for slide in read(pptx(DECK)).slides]
    assert slides == [(s.title, tuple(line.replace("\x00", "") for line in s.lines)) for s in DECK.slides]
    size = read(pptx(Deck((Slide("Tall"),), width=540, height=960)))
    assert (size.width, size.height) == (540, 960)


def empty_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no slides", empty_archive()])
def test_what_holds_no_slides_is_told(content: bytes) -> None:
    with pytest.raises(NoSlides):
        read(content)
