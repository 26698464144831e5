"""A text as a document: plain, PDF, or one page of an office file. Made again from the address alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

from studio.sandbox.film import Film

TXT, PDF, DOCX, XLSX, PPTX = "document.txt", "document.pdf", "document.docx", "document.xlsx", "document.pptx"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OPEN = "application/vnd.openxmlformats-officedocument"
NS = "http://schemas.openxmlformats.org"
RELATION = f"{NS}/officeDocument/2006/relationships"
DRAWN = f'xmlns:a="{NS}/drawingml/2006/main" xmlns:r="{RELATION}" xmlns:p="{NS}/presentationml/2006/main"'
TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
    '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/>'
    "</a:xfrm></p:grpSpPr>"
)
COLOURS = {
    **{"dk1": "000000", "lt1": "FFFFFF", "dk2": "1F2A44", "lt2": "EEF1F6", "accent1": "3B5BDB", "accent2": "0CA678"},
    **{"accent3": "F59F00", "accent4": "E8590C", "accent5": "C2255C", "accent6": "7048E8"},
    **{"hlink": "1971C2", "folHlink": "862E9C"},
}


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
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in film.prompt.splitlines())
    body = f'<w:document xmlns:w="{NS}/wordprocessingml/2006/main"><w:body>{lines}</w:body></w:document>'
    return _package("word/document.xml", {"word/document.xml": ("wordprocessingml.document.main", body)})


def xlsx(film: Film) -> bytes:
    """A line is a row, in one column."""
    cells = [f'<c t="inlineStr"><is><t>{escape(line)}</t></is></c>' for line in film.prompt.splitlines()]
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
    shapes = _shape(2, "title", [title], 600_000) + _shape(3, "body", rest or [""], 2_200_000)
    slide = f"<p:cSld><p:spTree>{TREE}{shapes}</p:spTree></p:cSld>"
    empty = f"<p:cSld><p:spTree>{TREE}</p:spTree></p:cSld>"
    colours = "bg1='lt1' tx1='dk1' bg2='lt2' tx2='dk2' hlink='hlink' folHlink='folHlink' " + " ".join(
        f"accent{number}='accent{number}'" for number in range(1, 7)
    )
    show = (
        '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
        '<p:sldIdLst><p:sldId id="256" r:id="rId2"/></p:sldIdLst>'
        '<p:sldSz cx="9144000" cy="5143500"/><p:notesSz cx="6858000" cy="9144000"/>'
    )
    layouts = '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'
    main, master = "ppt/presentation.xml", "ppt/slideMasters/slideMaster1.xml"
    layout, first = "ppt/slideLayouts/slideLayout1.xml", "ppt/slides/slide1.xml"
    kind = "presentationml"
    parts = {
        main: (f"{kind}.presentation.main", f"<p:presentation {DRAWN}>{show}</p:presentation>"),
        master: (f"{kind}.slideMaster", f"<p:sldMaster {DRAWN}>{empty}<p:clrMap {colours}/>{layouts}</p:sldMaster>"),
        layout: (f"{kind}.slideLayout", f"<p:sldLayout {DRAWN}>{empty}</p:sldLayout>"),
        first: (f"{kind}.slide", f"<p:sld {DRAWN}>{slide}</p:sld>"),
        "ppt/theme/theme1.xml": ("theme", _theme()),
    }
    relations = {
        main: (("slideMaster", "slideMasters/slideMaster1.xml"), ("slide", "slides/slide1.xml")),
        master: (("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")),
        layout: (("slideMaster", "../slideMasters/slideMaster1.xml"),),
        first: (("slideLayout", "../slideLayouts/slideLayout1.xml"),),
    }
    return _package(main, parts, relations)


def _shape(number: int, place: str, lines: list[str], top: int) -> str:
    words = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{place}"/><p:cNvSpPr/><p:nvPr><p:ph type="{place}"/></p:nvPr>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="600000" y="{top}"/><a:ext cx="7900000" cy="1300000"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/>{words}</p:txBody></p:sp>'
    )


def _theme() -> str:
    """What a program that shows slides does not do without."""
    colours = "".join(f'<a:{name}><a:srgbClr val="{each}"/></a:{name}>' for name, each in COLOURS.items())
    face = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>' * 3
    line = '<a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>' * 3
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>" * 3
    return (
        f'<a:theme xmlns:a="{NS}/drawingml/2006/main" name="Plain"><a:themeElements><a:clrScheme name="Plain">{colours}'
        f'</a:clrScheme><a:fontScheme name="Plain"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>'
        f'</a:fontScheme><a:fmtScheme name="Plain"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}'
        f"</a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    )


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
