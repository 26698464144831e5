"""Type for pictures: a font that has the letters, and lines that fit."""

from __future__ import annotations

import functools
import re

from PIL import ImageFont

LATIN = ("Inter-Regular.ttf", "HelveticaNeue.ttc", "segoeui.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf")
ALL = ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "wqy-microhei.ttc", "PingFang.ttc", "msyh.ttc")
PIECE = re.compile(r"[⺀-鿿豈-﫿＀-￯぀-ヿ가-힯]|\s+|[^\s⺀-鿿豈-﫿＀-￯぀-ヿ가-힯]+")
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@functools.lru_cache(maxsize=64)
def font(size: int, *, latin: bool = True) -> Font:
    """A font of this machine at `size` pixels; Pillow's own where none is found."""
    for name in LATIN + ALL if latin else ALL + LATIN:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def font_for(text: str, size: int) -> Font:
    return font(size, latin=all(ord(letter) < 0x250 or 0x2010 <= ord(letter) < 0x2040 for letter in text))


def fit(text: str, width: int, height: int, sizes: tuple[int, ...]) -> tuple[Font, list[str], int]:
    """The largest of `sizes` at which the text fits; cut with … where even the smallest is too large.

    Returns the font, the lines and the pixels from line to line.
    """
    text = " ".join(text.split())
    for size in sizes:
        face, leading = font_for(text, size), round(size * 1.3)
        lines = wrap(text, face, width)
        if len(lines) * leading <= height:
            lines = balanced(lines, text, face, width)
            break
    most = max(1, height // leading)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip()[:-1] + "…"]
    return face, lines, leading


def balanced(lines: list[str], text: str, face: Font, width: int) -> list[str]:
    """The same number of lines, but no last line with a single word where that can be had."""
    for share in (0.7, 0.8, 0.9):
        narrower = wrap(text, face, round(width * share))
        if len(narrower) == len(lines):
            return narrower
    return lines


def wrap(text: str, face: Font, width: int) -> list[str]:
    """Break between words, and between any two Chinese characters; a word too long for a line breaks anywhere."""
    lines, line = [], ""
    for piece in PIECE.findall(text):
        if face.getlength(line + piece.rstrip()) > width and line.strip():
            lines.append(line.strip())
            line = ""
        if face.getlength(piece) > width:
            *full, piece = _chop(piece, face, width)
            lines += full
        line += piece
    return [*lines, line.strip()] if line.strip() else lines


def _chop(word: str, face: Font, width: int) -> list[str]:
    parts = [""]
    for letter in word:
        if face.getlength(parts[-1] + letter) > width and parts[-1]:
            parts.append("")
        parts[-1] += letter
    return parts
