"""What MewXAI's stand-in draws: pictures that are QR codes and can be scanned, and pictures of an exact size."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw

from studio.sandbox.film import Film
from studio.sandbox.lettering import fit, font
from studio.sandbox.painting import PALETTES, WHITE, Painter
from studio.sandbox.qr_codes import LARGEST, encode

CODE = "code.png"
SHAPES = ("square", "circle", "plus", "box", "octagon", "tiny-plus")
QUIET, FINE = 3, 4  # light modules around a code; how much larger than in the end its modules are drawn
LEAST, MOST = 256, 1024  # pixels of a side that somebody asks for
SIDES = tuple(17 + 4 * size for size in range(1, LARGEST + 1))
Modules = Sequence[Sequence[bool]]


@dataclass(frozen=True)
class Asked:
    """A code that was asked for, as it stands in a film's `source`: what it says, or the modules of one brought in."""

    shape: str
    strength: float
    seed: int
    content: str = ""
    copied: str = ""  # how many modules wide, and all of them as hex digits: 21/1f3...

    @property
    def source(self) -> str:
        return f"code:{self.shape}:{self.strength}:{self.seed}:{self.copied}:{self.content}"

    @classmethod
    def read(cls, source: str) -> Asked:
        """Raises ValueError for what this program never wrote."""
        kind, shape, strength, seed, copied, content = source.split(":", 5)
        if kind != "code" or not 0 <= float(strength) <= 1:
            raise ValueError("no code")
        return cls(shape, float(strength), int(seed), content, copied)

    @property
    def modules(self) -> Modules:
        if not self.copied:
            return encode(self.content).dark
        side, _, digits = self.copied.partition("/")
        wide = int(side)
        if wide not in SIDES:
            raise ValueError("no code")
        bits = f"{int(digits, 16):0{wide * wide}b}"
        return [[bit == "1" for bit in bits[at : at + wide]] for at in range(0, wide * wide, wide)]


def copied(picture: Image.Image) -> str:
    """The modules of a code in a picture that is trimmed of its border, as digits.

    The top of its first eye, seven modules long, says how large they are.
    """
    black = picture.convert("L").point([255 if value < 128 else 0 for value in range(256)])
    black = black.crop(black.getbbox() or (0, 0, *black.size))
    row = black.crop((0, 0, black.width, 1)).tobytes()
    eye = row.find(b"\0") if b"\0" in row else len(row)
    side = min(SIDES, key=lambda each: abs(each - 7 * black.width / max(1, eye)))
    bits = "".join(
        "1" if black.getpixel((_middle(x, side, black.width), _middle(y, side, black.height))) else "0"
        for y in range(side)
        for x in range(side)
    )
    return f"{side}/{int(bits, 2):x}"


def _middle(at: int, side: int, length: int) -> int:
    return min(length - 1, int((at + 0.5) * length / side))


class Scene(Painter):
    """A picture with a place for the code in its middle, and the prompt small beneath it."""

    @property
    def code_side(self) -> int:
        return round(min(self.width, self.height) * 0.7)

    @property
    def code_place(self) -> tuple[int, int]:
        return (self.width - self.code_side) // 2, round(self.margin * 1.8)

    def _lettering(self) -> Image.Image:
        mask = Image.new("L", (self.width, self.height), 0)
        draw = ImageDraw.Draw(mask)
        short = min(self.width, self.height)
        top = self.code_place[1] + self.code_side + self.margin // 3
        sizes = tuple(round(short * share) for share in (0.074, 0.062, 0.052, 0.042))
        room = self.height - top - self.margin // 2
        face, lines, leading = fit(self.film.prompt, self.width - 2 * self.margin, room, sizes)
        for number, line in enumerate(lines):
            draw.text((self.margin, top + number * leading), line, fill=255, font=face, anchor="lt")
        small = font(round(short * 0.042))
        draw.text((self.margin, self.margin // 2), f"{self.film.model}  ·  sandbox", fill=200, font=small, anchor="lt")
        draw.text((self.width - self.margin, self.margin // 2), self.film.ratio, fill=235, font=small, anchor="rt")
        return mask


def code(film: Film) -> bytes:
    """The picture of a code as PNG. The stronger, the plainer: what is light gets whiter and what is dark darker."""
    asked = Asked.read(film.source)
    scene = Scene(film)
    picture = scene.frame(0)
    chance = sum(film.token.encode())
    shape = asked.shape if asked.shape in SHAPES else SHAPES[chance % len(SHAPES)]
    dark = _drawn(asked.modules, shape, round_ones=asked.strength < 0.7).resize((scene.code_side,) * 2)
    light = Image.new("L", dark.size, round(255 * (0.68 + 0.32 * asked.strength)))
    foot = ImageColor.getrgb(PALETTES[chance % len(PALETTES)][1])
    picture.paste(WHITE, scene.code_place, light)
    depth = 0.82 + 0.18 * asked.strength
    picture.paste(foot[:3], scene.code_place, dark.point([round(value * depth) for value in range(256)]))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _drawn(modules: Modules, shape: str, *, round_ones: bool) -> Image.Image:
    """What is dark, as a mask; around it is as much light as a scanner needs."""
    step, wide = 4 * FINE, len(modules)
    mask = Image.new("L", ((wide + 2 * QUIET) * step,) * 2, 0)
    draw = ImageDraw.Draw(mask)
    eyes = [(0, 0), (wide - 7, 0), (0, wide - 7)]
    for y, row in enumerate(modules):
        for x, is_dark in enumerate(row):
            if is_dark and not any(left <= x < left + 7 and top <= y < top + 7 for left, top in eyes):
                at = ((x + QUIET) * step, (y + QUIET) * step)
                box = (*at, at[0] + step - 1, at[1] + step - 1)
                draw.ellipse(box, fill=255) if round_ones else draw.rectangle(box, fill=255)
    for left, top in eyes:
        _eye(draw, (left + QUIET) * step, (top + QUIET) * step, step, shape)
    return mask


def _eye(draw: ImageDraw.ImageDraw, left: int, top: int, step: int, shape: str) -> None:
    """A ring of seven modules and a heart of three: along its middle it is 1:1:3:1:1 in every shape."""
    middle = (left + 3.5 * step, top + 3.5 * step)
    ring = shape if shape in {"circle", "octagon"} else "square"
    for reach, fill in ((3.5, 255), (2.5, 0)):
        _blot(draw, middle, reach * step, ring, fill)
    if shape in {"plus", "tiny-plus"}:
        arm = (0.8 if shape == "plus" else 0.5) * step
        for across, up in ((1.5 * step, arm), (arm, 1.5 * step)):
            draw.rectangle((middle[0] - across, middle[1] - up, middle[0] + across - 1, middle[1] + up - 1), fill=255)
    elif shape == "box":
        draw.rounded_rectangle(_around(middle, 1.5 * step), radius=step * 0.6, fill=255)
    else:
        _blot(draw, middle, 1.5 * step, ring, 255)


def _blot(draw: ImageDraw.ImageDraw, middle: tuple[float, float], reach: float, shape: str, fill: int) -> None:
    if shape == "circle":
        draw.ellipse(_around(middle, reach), fill=fill)
    elif shape == "octagon":
        turns = [math.pi / 8 + math.pi / 4 * corner for corner in range(8)]
        far = reach / math.cos(math.pi / 8)
        draw.polygon([(middle[0] + far * math.cos(t), middle[1] + far * math.sin(t)) for t in turns], fill=fill)
    else:
        draw.rectangle(_around(middle, reach), fill=fill)


def _around(middle: tuple[float, float], reach: float) -> tuple[float, float, float, float]:
    return (middle[0] - reach, middle[1] - reach, middle[0] + reach - 1, middle[1] + reach - 1)
