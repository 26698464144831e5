"""A text comes as the document that was asked for, and the text can be read in it again."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from studio.files import sniff
from studio.files.slides import of_presentation
from studio.sandbox import documents, slides
from studio.sandbox.film import Film

FILM = Film("scan (1).pdf\nTea & cake < 5\n识别的文字", "1:1", 0, "ocr", "")
OFFICE = {"docx": sniff.DOCX, "xlsx": sniff.XLSX, "pptx": sniff.PPTX}


def texts(file: bytes) -> str:
    """All that stands between tags, in the order of the parts."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        roots = [ElementTree.fromstring(archive.read(name)) for name in archive.namelist()]
    return "\n".join(text for root in roots for text in root.itertext())


@pytest.mark.parametrize("kind", OFFICE)
def test_an_office_file_is_one_and_the_same_each_time(kind: str) -> None:
    file: bytes = getattr(documents, kind)(FILM)
    assert sniff.sniff(io.BytesIO(file), text_allowed=False) == OFFICE[kind]
    assert getattr(documents, kind)(FILM) == file


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize("film", [FILM, replace(FILM, prompt=f"a \x01{FILM.prompt}")])
def test_it_holds_the_text_but_for_what_xml_cannot_hold(film: Film, kind: str) -> None:
    assert texts(getattr(documents, kind)(film)).split("\n") == film.prompt.replace("\x01", "").split("\n")


@pytest.mark.parametrize("kind", OFFICE)
def test_every_part_of_an_office_file_is_named_and_everything_it_refers_to_is_there(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(getattr(documents, kind)(FILM))) as archive:
        names = set(archive.namelist())
        types = ElementTree.fromstring(archive.read("[Content_Types].xml"))
        told = {each.get("PartName", "")[1:] for each in types if each.get("PartName")}
        by_ending = {name for name in names if name.endswith((".rels", ".jpeg"))}
        assert told == names - by_ending - {"[Content_Types].xml"}
        for name in (name for name in names if name.endswith(".rels")):
            folder = name.partition("_rels/")[0]
            for each in ElementTree.fromstring(archive.read(name)):
                target = re.sub(r"[^/]+/\.\./", "", folder + each.get("Target", ""))
                assert target in names, (name, target)


def test_slides_have_a_title_and_the_other_lines() -> None:
    file = documents.pptx(replace(FILM, prompt=f"\x01{FILM.prompt}"))
    assert of_presentation(io.BytesIO(file)) == (1, ["scan (1).pdf"])
    title, *lines = FILM.prompt.splitlines()
    assert slides.read(file).slides == (slides.Slide(title, tuple(lines)),)


def test_a_pdf_has_a_page_whose_objects_stand_where_its_table_says() -> None:
    file = documents.pdf(FILM)
    assert sniff.sniff(io.BytesIO(file), text_allowed=False) == sniff.PDF
    assert b"(scan \\(1\\).pdf) Tj" in file
    assert b"(Tea & cake < 5) Tj" in file
    start = int(re.search(rb"startxref\n(\d+)", file)[1])  # type: ignore[index]
    places = [int(line[:10]) for line in file[start:].splitlines() if line.endswith(b" n ")]
    assert [file[place:].split(b" ", 1)[0] for place in places] == [b"1", b"2", b"3", b"4", b"5"]


def test_a_plain_text_is_the_text() -> None:
    assert documents.txt(FILM).decode() == FILM.prompt
