"""The XML of a PPTX file's parts. What stands in them is escaped already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SPACES = f'xmlns:a="{DRAWING}" xmlns:r="{OFFICE}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
KIND = "application/vnd.openxmlformats-officedocument.presentationml"
THEME = "application/vnd.openxmlformats-officedocument.theme+xml"
MAP = (
    '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" '
    'accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
)
GROUP = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
ROOT = (
    ("officeDocument", "ppt/presentation.xml"),
    ("metadata/core-properties", "docProps/core.xml"),
    ("metadata/thumbnail", "docProps/thumbnail.jpeg"),
)
MASTERS, PAGES = 2_147_483_648, 256  # ids of masters and layouts, and of slides, begin here
Box = tuple[int, int, int, int]  # left, top, width, height in EMU


def types(slides: Iterable[int], noted: Collection[int]) -> str:
    """Which kind each part is of."""
    parts = [("/ppt/presentation.xml", f"{KIND}.presentation.main+xml"), ("/ppt/theme/theme1.xml", THEME)]
    parts += [
        ("/ppt/slideMasters/slideMaster1.xml", f"{KIND}.slideMaster+xml"),
        ("/ppt/slideLayouts/slideLayout1.xml", f"{KIND}.slideLayout+xml"),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    ]
    parts += [(f"/ppt/slides/slide{number}.xml", f"{KIND}.slide+xml") for number in slides]
    if noted:
        parts += [("/ppt/notesMasters/notesMaster1.xml", f"{KIND}.notesMaster+xml"), ("/ppt/theme/theme2.xml", THEME)]
    parts += [(f"/ppt/notesSlides/notesSlide{number}.xml", f"{KIND}.notesSlide+xml") for number in noted]
    told = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts)
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="jpeg" ContentType="image/jpeg"/>{told}</Types>'
    )


def relations(targets: Iterable[tuple[str, str]]) -> str:
    """To which parts a part leads: rId1, rId2 and so on."""
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{f"{PACKAGE}/relationships" if "/" in kind else OFFICE}/{kind}" '
        f'Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def core(title: str) -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
    )


def presentation(size: tuple[int, int], before: int, slides: int, *, noted: bool) -> str:
    """`before` is how many relations stand before those of the slides."""
    pages = "".join(f'<p:sldId id="{PAGES + n}" r:id="rId{before + 1 + n}"/>' for n in range(slides))
    notes = '<p:notesMasterIdLst><p:notesMasterId r:id="rId3"/></p:notesMasterIdLst>' if noted else ""
    return (
        f"{HEAD}<p:presentation {SPACES}>"
        f'<p:sldMasterIdLst><p:sldMasterId id="{MASTERS}" r:id="rId1"/></p:sldMasterIdLst>{notes}'
        f'<p:sldIdLst>{pages}</p:sldIdLst><p:sldSz cx="{size[0]}" cy="{size[1]}"/>'
        '<p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )


def look(colour: str, *, noted: bool) -> Iterator[tuple[str, str]]:
    """The master, its one layout and the theme; where there are notes, their master too."""
    layouts = f'<p:sldLayoutIdLst><p:sldLayoutId id="{MASTERS + 1}" r:id="rId1"/></p:sldLayoutIdLst>'
    styles = "".join(f"<p:{name}Style/>" for name in ("title", "body", "other"))
    yield (
        "ppt/slideMasters/slideMaster1.xml",
        (f"{HEAD}<p:sldMaster {SPACES}>{ground('')}{MAP}{layouts}<p:txStyles>{styles}</p:txStyles></p:sldMaster>"),
    )
    led = [("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")]
    yield "ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(led)
    yield (
        "ppt/slideLayouts/slideLayout1.xml",
        (
            f'{HEAD}<p:sldLayout {SPACES} preserve="1">{tree("")}'
            "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
        ),
    )
    master = [("slideMaster", "../slideMasters/slideMaster1.xml")]
    yield "ppt/slideLayouts/_rels/slideLayout1.xml.rels", relations(master)
    yield "ppt/theme/theme1.xml", theme(colour)
    if noted:
        yield (
            "ppt/notesMasters/notesMaster1.xml",
            f"{HEAD}<p:notesMaster {SPACES}>{ground('')}{MAP}</p:notesMaster>",
        )
        yield "ppt/notesMasters/_rels/notesMaster1.xml.rels", relations([("theme", "../theme/theme2.xml")])
        yield "ppt/theme/theme2.xml", theme(colour)


def theme(colour: str) -> str:
    plain = ("FFFFFF", "1F2937", "F3F4F6")
    named = {"dk1": "111827", "lt1": plain[0], "dk2": plain[1], "lt2": plain[2]}
    named |= {f"accent{number}": colour for number in range(1, 7)} | {"hlink": colour, "folHlink": colour}
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in named.items())
    face = '<a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{HEAD}<a:theme xmlns:a="{DRAWING}" name="Sandbox"><a:themeElements>'
        f'<a:clrScheme name="Sandbox">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Sandbox"><a:majorFont>{face}</a:majorFont><a:minorFont>{face}</a:minorFont>'
        f'</a:fontScheme><a:fmtScheme name="Sandbox"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{effect * 3}</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst>"
        "</a:fmtScheme></a:themeElements></a:theme>"
    )


def tree(shapes: str) -> str:
    return f"<p:cSld><p:spTree>{GROUP}{shapes}</p:spTree></p:cSld>"


def ground(shapes: str) -> str:
    """The same over the theme's light ground."""
    light = '<p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
    return tree(shapes).replace("<p:cSld>", f"<p:cSld>{light}", 1)


def slide(shapes: str) -> str:
    return f"{HEAD}<p:sld {SPACES}>{tree(shapes)}<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"


def notes(text: str) -> str:
    box = shape(2, "Notes", 'type="body" idx="1"', (685_800, 4_400_550, 5_486_400, 3_600_450), text)
    return f"{HEAD}<p:notes {SPACES}>{tree(box)}<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>"


def shape(number: int, name: str, place: str, box: Box, text: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr><p:ph {place}/></p:nvPr></p:nvSpPr>'
        f"<p:spPr>{frame(box)}</p:spPr>"
        f'<p:txBody><a:bodyPr wrap="square"><a:normAutofit/></a:bodyPr><a:lstStyle/>{text}</p:txBody></p:sp>'
    )


def bar(number: int, box: Box) -> str:
    """A rectangle in the template's colour."""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Bar"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{frame(box)}'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "</p:spPr></p:sp>"
    )


def frame(box: Sequence[int]) -> str:
    left, top, width, height = box
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def paragraph(text: str, size: int, *, bold: bool) -> str:
    heavy = ' b="1"' if bold else ""
    return f'<a:p><a:r><a:rPr sz="{size * 100}"{heavy} dirty="0"/><a:t>{text}</a:t></a:r></a:p>'
