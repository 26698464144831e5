"""A text as a document: plain, PDF, or one page of an office file. Made again from the address alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from studio.sandbox import slides
from studio.sandbox.film import Film

TXT, PDF, DOCX, XLSX, PPTX = "document.txt", "document.pdf", "document.docx", "document.xlsx", "document.pptx"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OPEN = "application/vnd.openxmlformats-officedocument"
NS = "http://schemas.openxmlformats.org"
RELATION = f"{NS}/officeDocument/2006/relationships"


def txt(film: Film) -> bytes:
    return film.prompt.encode()


def pdf(film: Film) -> bytes:
    """One page. Its font has Latin letters only; any other is a question mark."""
    shown = [line.translate({ord(each): f"\\{each}" for each in "\\()"}) for line in film.prompt.splitlines()]
    drawn = "BT /F1 14 Tf 20 TL 60 780 Td " + " ".join(f"({line}) Tj T*" for line in shown) + " ET"
    stream = drawn.encode("latin-1", "replace")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        font,
    )
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def docx(film: Film) -> bytes:
    lines = "".join(f"<w:p><w:r><w:t>{slides.written(line)}</w:t></w:r></w:p>" for line in film.prompt.splitlines())
    body = f'<w:document xmlns:w="{NS}/wordprocessingml/2006/main"><w:body>{lines}</w:body></w:document>'
    return _package("word/document.xml", {"word/document.xml": ("wordprocessingml.document.main", body)})


def xlsx(film: Film) -> bytes:
    """A line is a row, in one column."""
    cells = [f'<c t="inlineStr"><is><t>{slides.written(line)}</t></is></c>' for line in film.prompt.splitlines()]
    rows = "".join(f'<row r="{number}">{cell}</row>' for number, cell in enumerate(cells, start=1))
    main = f"{NS}/spreadsheetml/2006/main"
    book = f'<workbook xmlns="{main}" xmlns:r="{RELATION}"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets>'
    parts = {
        "xl/workbook.xml": ("spreadsheetml.sheet.main", f"{book}</workbook>"),
        "xl/worksheets/sheet1.xml": (
            "spreadsheetml.worksheet",
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        ),
    }
    return _package("xl/workbook.xml", parts, {"xl/workbook.xml": (("worksheet", "worksheets/sheet1.xml"),)})


def pptx(film: Film) -> bytes:
    """One slide: the first line is its title."""
    title, *rest = film.prompt.splitlines() or [""]
    return slides.pptx(slides.Deck((slides.Slide(title, tuple(rest)),)))


def _package(
    main: str,
    parts: Mapping[str, tuple[str, str]],
    relations: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> bytes:
    """The zip of an office file: each part with its type, and what it refers to as rId1, rId2 ..."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{OPEN}.{kind}+xml"/>' for name, (kind, _) in parts.items()
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{NS}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{types}</Types>",
        "_rels/.rels": _relations((("officeDocument", main),)),
    }
    files |= {name: xml for name, (_, xml) in parts.items()}
    for name, told in (relations or {}).items():
        folder, _, file = name.rpartition("/")
        files[f"{folder}/_rels/{file}.rels"] = _relations(told)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in files.items():
            archive.writestr(zipfile.ZipInfo(name), HEAD + xml)  # without the time: the same text, the same file
    return out.getvalue()


def _relations(told: tuple[tuple[str, str], ...]) -> str:
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(told, start=1)
    )
    return f'<Relationships xmlns="{NS}/package/2006/relationships">{each}</Relationships>'
