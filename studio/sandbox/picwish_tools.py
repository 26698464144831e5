"""What each of PicWish's nine tools takes and what it makes of it. A wrong value is refused with a sentence.

Words decide what the review says: a description with "nude" or "gore" is accepted, and the task ends in state -10.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.sandbox import documents, members, retouching
from studio.sandbox.film import Film
from studio.sandbox.members import Refused
from studio.sandbox.picwish_sources import Errand, Source, Unusable
from studio.sandbox.retouching import Size, Work, subject_box, within

FILES = {"png": retouching.PNG, "jpg": retouching.JPG, "jpeg": retouching.JPG, "webp": retouching.WEBP}
DOCUMENTS = {
    **{"txt": documents.TXT, "pdf": documents.PDF, "docx": documents.DOCX},
    **{"xlsx": documents.XLSX, "pptx": documents.PPTX},
}
READABLE = (
    *("jpg", "jpeg", "bmp", "png", "webp", "tiff", "tif", "bitmap", "raw", "rgb", "jfif", "lzw", "gif"),
    *("pdf", "ppt", "pptx", "xls", "xlsx", "doc", "docx"),
)
COLOUR = re.compile(r"[0-9A-Fa-f]{6}")
PHOTO = re.compile(r"(\d{3,4})x(\d{3,4})")
USUAL_PHOTO: Size = (295, 413)
MOST_AREAS, MOST_LANGUAGES, LONGEST_PROMPT, LONGEST_PASSWORD = 50, 10, 1024, 32
LARGEST_DOCUMENT = 200 * 1024 * 1024
REVIEWED = ("nude", "gore")
CROPPED_AWAY = 0.06  # of each side, where the edges of a document are found
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Made:
    """The files of a result by the member that holds them, what else the result says, and the price in points."""

    files: Mapping[str, tuple[Film, str]]
    told: Mapping[str, Any] = field(default_factory=dict)
    points: int = 1

    @property
    def first(self) -> Film:
        return next(iter(self.files.values()))[0]


def whole(texts: Texts, name: str, low: int, high: int) -> int | None:
    """The number in a part; None where it is absent or empty."""
    text = texts.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
        raise Refused(f"{name} must be a whole number from {low} to {high}")
    return int(text)


def chosen(texts: Texts, name: str, known: Iterable[str], default: str = "") -> str:
    return members.choice(dict(texts), name, tuple(known), default)


def cut_out(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    kind = chosen(texts, "type", ("person", "object", "stamp"))
    wanted = chosen(texts, "output_type", "123", "2")
    cropped = chosen(texts, "crop", "01", "0") == "1"
    format_, ground = _ground(texts)
    left, top, right, bottom = subject_box(source.size)
    size = (max(1, right - left), max(1, bottom - top)) if cropped else source.size
    words = f"cut out · {kind or 'auto'}"
    more: dict[str, Any] = ({"cropped": True} if cropped else {}) | ({"ground": ground} if ground else {})
    files = {}
    if wanted != "3":
        files["image"] = (Work("cut-out", size, words, source.under, more).film, FILES[format_])
    if wanted != "2":
        mask = {"cropped": True} if cropped else {}
        files["mask"] = (Work("mask", size, words, source.under, mask).film, retouching.PNG)
    rect = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return Made(files, {"type": kind or "object", "image": "", "mask": "", "foreground_rect": rect})


def compress(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    quality, kbyte = whole(texts, "quality", 1, 100), whole(texts, "kbyte", 0, 51200)
    format_ = chosen(texts, "format", ("jpg", "png", "webp"), source.kind)
    if quality and kbyte:
        raise Refused("quality and kbyte exclude each other")
    if kbyte and format_ == "png":
        raise Refused("kbyte is not for png")
    (wide, high), width, height = source.size, whole(texts, "width", 0, 8000), whole(texts, "height", 0, 8000)
    size = (width or (height or high) * wide // high or 1, height or (width or wide) * high // wide or 1)
    how = {"quality": quality} if quality else {"kbyte": kbyte} if kbyte else {}
    work = Work("kept", within(size, 1), f"{format_} · {size[0]} × {size[1]}", source.under, how)
    return Made({"image": (work.film, FILES[format_])})


def enhance(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    kind = chosen(texts, "type", ("clean", "face"), "clean")
    chosen(texts, "fix_face_only", "1")
    side = max(source.size)
    usual = "4" if side <= 512 else "2" if side <= 1024 else "1"
    factor = int(chosen(texts, "scale_factor", "124", usual))
    size = within(source.size, factor)
    work = Work("sharpened", size, f"{factor}× · {size[0]} × {size[1]}", source.under)
    return Made({"image": (work.film, FILES[source.kind])}, {"type": kind}, points=2)


def repair(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    ways = [errand.has("mask_file"), bool(texts.get("mask_url")), bool(texts.get("rectangles"))]
    if sum(ways) != 1:
        raise Refused("exactly one of mask_file, mask_url and rectangles is required")
    options: dict[str, Any] = {"areas": areas(texts["rectangles"], source.size)} if ways[2] else _mask(errand, source)
    work = Work("erased", source.size, "erased", source.under, options)
    return Made({"image": (work.film, FILES[source.kind])}, points=2)


def _mask(errand: Errand, source: Source) -> dict[str, Any]:
    mask = errand.picture("mask")
    if mask.is_seen and source.is_seen and mask.size != source.size:
        raise Refused("the mask must have the size of the image")
    return {"mask": mask.under} if mask.is_seen else {}


def areas(text: str, size: Size) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each area, within the picture."""
    try:
        given = json.loads(text)
        boxes = [tuple(int(each[name]) for name in ("x", "y", "width", "height")) for each in given]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused("rectangles must be a JSON list of x, y, width and height") from None
    if not 1 <= len(boxes) <= MOST_AREAS:
        raise Refused(f"rectangles must hold 1 to {MOST_AREAS} areas")
    if any(x < 0 or y < 0 or wide < 1 or high < 1 for x, y, wide, high in boxes):
        raise Refused("rectangles must lie within the image")
    return [(x, y, min(x + wide, size[0]), min(y + high, size[1])) for x, y, wide, high in boxes]


def background(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    prompt, scene = texts.get("prompt", "").strip(), whole(texts, "scene_type", 0, 10**8)
    if not prompt and scene is None:
        raise Refused("prompt or scene_type is required")
    if len(prompt) > LONGEST_PROMPT:
        raise Refused(f"prompt is longer than {LONGEST_PROMPT} characters")
    count = whole(texts, "batch_size", 1, 4) or 2
    if not source.has_holes:
        raise Refused("the image must be a transparent PNG")
    if any(word in prompt.lower() for word in REVIEWED):
        raise Unusable(-10, "Refused by the content review")
    words = prompt or f"scene {scene}"
    works = [Work("placed", source.size, words, source.under, {}, number, count) for number in range(1, count + 1)]
    files = {f"image_{work.number}": (work.film, retouching.PNG) for work in works}
    return Made(files, points=3 * count)


def id_photo(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    format_, ground = _ground(texts)
    size = USUAL_PHOTO
    if asked := texts.get("size", ""):
        found = PHOTO.fullmatch(asked)
        if not found or not all(100 <= int(side) <= 2000 for side in found.groups()):
            raise Refused("size must be {width}x{height}, each from 100 to 2000")
        size = int(found[1]), int(found[2])
    options: dict[str, Any] = {"fitted": True} | ({"ground": ground} if ground else {})
    work = Work("cut-out", size, f"{size[0]} × {size[1]}", source.under, options)
    return Made({"image": (work.film, FILES[format_])}, points=2)


def colorize(errand: Errand) -> Made:
    source = errand.picture()
    format_ = chosen(errand.form.texts, "format", ("jpg", "jpeg", "png", "webp"), "jpg")
    return Made({"image": (Work("coloured", source.size, "coloured", source.under).film, FILES[format_])}, points=2)


def ocr(errand: Errand) -> Made:
    """Nothing is read here: the document tells what was asked for."""
    texts = errand.form.texts
    name, _ = errand.content("image", LARGEST_DOCUMENT, "file")
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending not in READABLE:
        raise Refused(f"a file that ends in .{ending} cannot be read")
    format_ = chosen(texts, "format", DOCUMENTS, "txt")
    languages = (texts.get("language") or "ChinesePRC,English,Digits").split(",")
    if len(languages) > MOST_LANGUAGES or not all(each.strip() for each in languages):
        raise Refused(f"language must name 1 to {MOST_LANGUAGES} languages")
    if len(texts.get("password", "")) > LONGEST_PASSWORD:
        raise Refused(f"password is longer than {LONGEST_PASSWORD} characters")
    text = f"{name}\nRead by the sandbox as {', '.join(languages)}.\n沙箱不识别文字，这里只说明请求的内容。"
    return Made({"file": (Film(text, "1:1", 0, "ocr", format_), DOCUMENTS[format_])}, points=2)


def smart_crop(errand: Errand) -> Made:
    texts, source = errand.form.texts, errand.picture()
    mode = chosen(texts, "type", "01234", "1")
    size = source.size if mode == "1" else within(source.size, 1 - 2 * CROPPED_AWAY)
    tool = {"1": "clearer", "2": "clearer", "4": "cut-out"}.get(mode, "kept")
    work = Work(tool, size, f"straightened · {mode}" if mode != "1" else "clearer", source.under)
    return Made({"image": (work.film, retouching.PNG if mode == "4" else FILES[source.kind])})


def _ground(texts: Texts) -> tuple[str, str]:
    """The kind of file, and the colour behind the subject; "" for none, which in a JPG is white."""
    format_, colour = chosen(texts, "format", ("png", "jpg"), "png"), texts.get("bg_color", "")
    if colour and not COLOUR.fullmatch(colour):
        raise Refused("bg_color must be six hex digits")
    return format_, colour.upper() if format_ == "jpg" else ""


@dataclass(frozen=True)
class Tool:
    """One pair of calls. `takes` are seconds of work."""

    path: str
    make: Callable[[Errand], Made]
    en: str
    zh: str
    waits: bool = True  # a call may wait for the result
    raw: bool = False  # and get the file itself
    takes: tuple[float, float] = (24.0, 40.0)


TOOLS = (
    Tool("/api/tasks/visual/segmentation", cut_out, "Cut out a subject", "抠图", raw=True),
    Tool("/api/tasks/visual/imgcompress", compress, "Compress or resize", "图片压缩"),
    Tool("/api/tasks/visual/scale", enhance, "Sharpen and enlarge", "图片变清晰", raw=True),
    Tool("/api/tasks/visual/inpaint", repair, "Erase from a picture", "图像修复"),
    Tool("/api/tasks/visual/background", background, "New background", "背景生成", waits=False, takes=(60.0, 90.0)),
    Tool("/api/tasks/visual/idphoto", id_photo, "ID photo", "证件照制作", takes=(40.0, 60.0)),
    Tool("/api/tasks/visual/colorization", colorize, "Colour a photograph", "图像上色"),
    Tool("/api/tasks/document/ocr", ocr, "Read text", "OCR 文字识别", waits=False, takes=(30.0, 60.0)),
    Tool("/api/tasks/visual/correction", smart_crop, "Crop and straighten", "图片智能切边", raw=True),
)
