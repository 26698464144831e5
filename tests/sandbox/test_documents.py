"""A text comes as the document that was asked for, and the text can be read in it again."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from studio.files import sniff
from studio.files.slides import of_presentation
from studio.sandbox import documents
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
def test_an_office_file_is_one_and_holds_the_text(kind: str) -> None:
    file: bytes = getattr(documents, kind)(FILM)
    assert sniff.sniff(io.BytesIO(file), text_allowed=False) == OFFICE[kind]
    assert texts(file).split("\n") == FILM.prompt.split("\n")
    assert getattr(documents, kind)(FILM) == file


@pytest.mark.parametrize("kind", OFFICE)
def test_every_part_of_an_office_file_is_named_and_everything_it_refers_to_is_there(kind: str) -> None:
    with zipfile.ZipFile(io.BytesIO(getattr(documents, kind)(FILM))) as archive:
        names = set(archive.namelist())
        types = ElementTree.fromstring(archive.read("[Content_Types].xml"))
        told = {each.get("PartName", "")[1:] for each in types if each.get("PartName")}
        assert told == {name for name in names if not name.endswith(".rels")} - {"[Content_Types].xml"}
        for name in (name for name in names if name.endswith(".rels")):
            folder = name.partition("_rels/")[0]
            for each in ElementTree.fromstring(archive.read(name)):
                target = re.sub(r"[^/]+/\.\./", "", folder + each.get("Target", ""))
                assert target in names, (name, target)


def test_slides_have_a_title() -> None:
    assert of_presentation(io.BytesIO(documents.pptx(FILM))) == (1, ["scan (1).pdf"])


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
