"""Pictures that came in and were worked on, made again from their address alone: a small copy of what came in is in it.

The copy is a few pixels wide, so what comes out is blurred; its size, its kind of file and its holes are exact.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from studio.sandbox.film import Film
from studio.sandbox.lettering import fit
from studio.sandbox.painting import Painter
from studio.sandbox.stills import LARGEST

PNG, JPG, WEBP = "retouched.png", "retouched.jpg", "retouched.webp"
NAMED = "name:"
LONGEST_SIDE = 8192
SUBJECT = (0.2, 0.1, 0.8, 0.95)  # where the subject of every picture stands here: left, top, right, bottom
HOLE = 250  # an alpha below this lets the ground through
SMALLEST_WORDS = 80  # pixels; a smaller picture carries none
WHITE = "FFFFFF"
Size = tuple[int, int]


@dataclass(frozen=True)
class Work:
    """What is done with a picture: by which tool, into which size. `words` stand on it.

    `under` is the small copy, or behind NAMED the name of a picture that nobody here has seen.
    """

    tool: str
    size: Size
    words: str = ""
    under: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    number: int = 1
    count: int = 1

    @property
    def film(self) -> Film:
        """As an address holds it."""
        rest = json.dumps({"under": self.under, **self.options}, separators=(",", ":"))
        return Film(self.words, f"{self.size[0]}:{self.size[1]}", 0, self.tool, rest, self.number, self.count)

    @classmethod
    def of(cls, film: Film) -> Work:
        """Raises ValueError for what this gateway never wrote."""
        width, height = (int(side) for side in film.ratio.split(":"))
        told = json.loads(film.source)
        if width * height > LARGEST or film.model not in TOOLS or not isinstance(told, dict):
            raise ValueError("no work of ours")
        if not all(isinstance(told.get(name, 0), int) for name in ("quality", "kbyte")):
            raise ValueError("no work of ours")
        return cls(film.model, (width, height), film.prompt, told.pop("under", ""), told, film.number, film.count)


def has_holes(picture: Image.Image) -> bool:
    """Does the ground show through anywhere?"""
    return "A" in picture.getbands() and any(picture.getchannel("A").histogram()[:HOLE])


def subject_box(size: Size) -> tuple[int, int, int, int]:
    """Where the subject stands, in pixels."""
    (width, height), (left, top, right, bottom) = size, SUBJECT
    return round(width * left), round(height * top), round(width * right), round(height * bottom)


def within(size: Size, factor: float) -> Size:
    """The size times the factor, as far as this gateway makes pictures so large."""
    width, height = size
    most = min(LONGEST_SIDE / max(size), (LARGEST / (width * height)) ** 0.5)
    scale = min(factor, most)
    return max(1, int(width * scale)), max(1, int(height * scale))


def _painted(work: Work, prompt: str) -> Image.Image:
    """A picture of this prompt: painted at the usual size, brought to the one that is wanted."""
    shape = Film(prompt, f"{work.size[0]}:{work.size[1]}", 0, work.tool, "text", work.number, work.count)
    return Painter(shape).frame(0).resize(work.size, Image.Resampling.BICUBIC).convert("RGBA")


def _start(work: Work) -> Image.Image:
    """What came in, at the size of what goes out."""
    if not work.under or work.under.startswith(NAMED):
        return _painted(work, work.under.removeprefix(NAMED))
    with Image.open(io.BytesIO(base64.b64decode(work.under)), formats=("WEBP",)) as small:
        small.load()
        copy = small.convert("RGBA")
    if work.options.get("cropped"):
        left, top, right, bottom = SUBJECT
        edges = (left * copy.width, top * copy.height, right * copy.width, bottom * copy.height)
        return copy.resize(work.size, Image.Resampling.BICUBIC, box=edges)
    if work.options.get("fitted"):
        return ImageOps.fit(copy, work.size, Image.Resampling.BICUBIC)
    return copy.resize(work.size, Image.Resampling.BICUBIC)


def _subject(picture: Image.Image, work: Work) -> Image.Image:
    """What of the picture is its subject, white on black: what is not transparent, else an oval in its midst."""
    if has_holes(picture):
        return picture.getchannel("A")
    mask = Image.new("L", picture.size)
    box = (0, 0, *picture.size) if work.options.get("cropped") else subject_box(picture.size)
    ImageDraw.Draw(mask).ellipse((box[0], box[1], box[2] - 1, box[3] - 1), fill=255)
    return mask


def _lettered(picture: Image.Image, work: Work) -> Image.Image:
    """Its words in the middle, where no cut takes them away."""
    if min(picture.size) < SMALLEST_WORDS or not work.words:
        return picture
    width, height = picture.width // 2, picture.height // 3
    sizes = tuple(max(10, height // share) for share in (4, 6, 9))
    face, lines, leading = fit(work.words, width, height, sizes)
    draw, top = ImageDraw.Draw(picture), (picture.height - len(lines) * leading) // 2
    for number, line in enumerate(lines):
        where = (picture.width / 2, top + number * leading)
        draw.text(where, line, fill="white", font=face, anchor="ma", stroke_width=2, stroke_fill="black")
    return picture


def _kept(picture: Image.Image, work: Work) -> Image.Image:
    return _lettered(picture, work)


def _cut_out(picture: Image.Image, work: Work) -> Image.Image:
    mask = _subject(picture, work)
    picture = _lettered(picture, work)
    picture.putalpha(mask)
    return picture


def _mask(picture: Image.Image, work: Work) -> Image.Image:
    return _subject(picture, work).convert("RGBA")


def _sharpened(picture: Image.Image, work: Work) -> Image.Image:
    return _lettered(picture.filter(ImageFilter.UnsharpMask(3, 120)), work)


def _erased(picture: Image.Image, work: Work) -> Image.Image:
    """Marked areas give way to what lies around them, blurred; `areas` are in pixels, `bits` a coarse mask."""
    mask = Image.new("L", picture.size)
    for left, top, right, bottom in work.options.get("areas", ()):
        ImageDraw.Draw(mask).rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=255)
    if bits := work.options.get("mask"):
        with Image.open(io.BytesIO(base64.b64decode(bits)), formats=("WEBP",)) as small:
            mask = small.convert("L").resize(picture.size, Image.Resampling.BICUBIC).point(lambda v: 255 * (v > 96))
    smooth = picture.filter(ImageFilter.GaussianBlur(max(4, min(picture.size) // 8)))
    return Image.composite(smooth, _lettered(picture, work), mask)


def _placed(picture: Image.Image, work: Work) -> Image.Image:
    """The subject, smaller, before a ground that is painted from the words."""
    ground = _painted(work, work.words)
    picture.putalpha(_subject(picture, work))
    small = picture.resize((max(1, work.size[0] * 3 // 5), max(1, work.size[1] * 3 // 5)))
    ground.alpha_composite(small, (work.size[0] // 5, work.size[1] // 10))
    return ground


def _coloured(picture: Image.Image, work: Work) -> Image.Image:
    colours = ImageOps.colorize(picture.convert("L"), "#1d2b53", "#ffe8c2", mid="#b5654a").convert("RGBA")
    colours.putalpha(picture.getchannel("A"))
    return _lettered(colours, work)


def _clearer(picture: Image.Image, work: Work) -> Image.Image:
    """Text on white: all contrast there is."""
    plain = ImageOps.autocontrast(picture.convert("L"), cutoff=2).convert("RGBA")
    return _lettered(ImageChops.lighter(plain, picture), work)


TOOLS: dict[str, Callable[[Image.Image, Work], Image.Image]] = {
    **{"kept": _kept, "cut-out": _cut_out, "mask": _mask, "sharpened": _sharpened, "erased": _erased},
    **{"placed": _placed, "coloured": _coloured, "clearer": _clearer},
}


def picture(film: Film) -> Image.Image:
    """The picture of an address. Raises ValueError for what this gateway never wrote."""
    try:
        work = Work.of(film)
        return TOOLS[work.tool](_start(work), work)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise ValueError("no work of ours") from fault


def png(film: Film) -> bytes:
    made = picture(film)
    options = Work.of(film).options
    return _saved(_grounded(made, options["ground"]) if options.get("ground") else made, "PNG", compress_level=3)


def jpg(film: Film) -> bytes:
    options = Work.of(film).options
    return _small_enough(_grounded(picture(film), options.get("ground") or WHITE), "JPEG", options)


def webp(film: Film) -> bytes:
    return _small_enough(picture(film), "WEBP", Work.of(film).options)


def _grounded(picture: Image.Image, colour: str) -> Image.Image:
    ground = Image.new("RGBA", picture.size, f"#{colour}")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def _small_enough(picture: Image.Image, kind: str, options: Mapping[str, Any]) -> bytes:
    """Of the quality that was asked for, or of the best that stays below `kbyte`."""
    most = int(options.get("kbyte", 0)) * 1024
    made = b""
    for quality in range(90, 0, -8) if most else (int(options.get("quality", 88)),):
        made = _saved(picture, kind, quality=quality)
        if len(made) <= most:
            break
    return made


def _saved(picture: Image.Image, kind: str, **how: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()
