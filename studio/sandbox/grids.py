"""Four pictures in one, and pictures of which a part was painted anew, made again from their address alone."""

from __future__ import annotations

import io
from dataclasses import replace

from PIL import Image, ImageDraw, ImageFilter

from studio.sandbox.film import Film, from_token
from studio.sandbox.painting import Painter

CELLS = 32  # of a mask, each way; an address has no room for more
REGION = "region"
LONGEST_BASE = 900


def bits_of(mask: Image.Image) -> str:
    """What is white in a mask, coarsely, as hex digits."""
    small = mask.convert("L").resize((CELLS, CELLS), Image.Resampling.BOX)
    lit = "".join("1" if value >= 96 else "0" for value in small.tobytes())
    return f"{int(lit, 2):0{CELLS * CELLS // 4}x}"


def repainted(base: Film, prompt: str, mask: Image.Image) -> Film:
    """The picture `base` with what is white in the mask painted anew from the prompt."""
    under = base if len(base.token) <= LONGEST_BASE else replace(base, source="image")
    return replace(base, prompt=prompt, source=f"{REGION}:{under.token}:{bits_of(mask)}")


def painted(film: Film) -> Image.Image:
    """The picture of a film; of one with a region, the older picture outside it."""
    new = Painter(replace(film, source=REGION) if film.source.startswith(REGION) else film).frame(0)
    kind, _, rest = film.source.partition(":")
    if kind != REGION:
        return new
    token, _, digits = rest.partition(":")
    try:
        under = painted(from_token(token)).resize(film.size)
        lit = f"{int(digits, 16):0{CELLS * CELLS}b}"[-CELLS * CELLS :]
    except (ValueError, RecursionError):
        return new
    mask = Image.frombytes("L", (CELLS, CELLS), bytes(255 if each == "1" else 0 for each in lit))
    mask = mask.resize(film.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(film.size[0] / 60))
    return Image.composite(_told_apart(new, film.number), under, mask)


def _told_apart(picture: Image.Image, number: int) -> Image.Image:
    """Colours turned round, each number in its own way: what was painted anew is seen at once."""
    red, green, blue = picture.split()
    turned = ((green, blue, red), (blue, red, green), (blue, green, red), (green, red, blue))
    return Image.merge("RGB", turned[(number - 1) % len(turned)])


def picture(film: Film) -> bytes:
    """A still picture as PNG."""
    return _png(painted(film))


def grid(film: Film) -> bytes:
    """Two by two, each of which tells its number, as PNG: twice as wide and as high as one of them."""
    width, height = film.size
    whole = Image.new("RGB", (width * 2, height * 2))
    draw = ImageDraw.Draw(whole, "RGBA")
    for number in range(1, 5):
        left, top = (number - 1) % 2 * width, (number - 1) // 2 * height
        whole.paste(painted(replace(film, number=number, count=4)), (left, top))
        draw.line((left, top, left, top + height), fill=(0, 0, 0, 160), width=2)
        draw.line((left, top, left + width, top), fill=(0, 0, 0, 160), width=2)
    return _png(whole)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()
