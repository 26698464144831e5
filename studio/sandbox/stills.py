"""Pictures of an exact size in an exact kind of file, painted from a prompt or over a picture that came in.

Those that are fetched by address have all of it in there: their ratio is the size in pixels (1312:736), and of the
picture that came in a few bytes, enough for its colours to show through.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, replace

from PIL import Image, ImageFilter

from studio.sandbox.film import Film, link
from studio.sandbox.painting import Painter

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
STILLS = {f"still.{kind}": kind for kind in MEDIA_TYPES}  # what an address ends with, and the kind of its file
LARGEST = 4096 * 4096
OVER = "over"
COPIES = (40, 28, 20, 12)  # pixels of the longer side of what is kept of a picture that came in
LONGEST_COPY = 500  # letters; a whole address of more than 2000 is followed by nobody


class NoPicture(ValueError):
    """The bytes are no picture that can be read."""


@dataclass(frozen=True)
class Still(Film):
    """A picture of `width` by `height` pixels, whatever its ratio would make of it."""

    width: int = 1024
    height: int = 1024

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


def opened(content: bytes) -> Image.Image:
    """A JPEG, PNG or WebP as RGB. Raises NoPicture."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > LARGEST:
                raise NoPicture("too many pixels")
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
        raise NoPicture("no JPEG, PNG or WebP") from fault


def paint(still: Still, *, over: Image.Image | None = None, share: float = 1.0, blurred: bool = False) -> Image.Image:
    """The picture; `over` shows through by what `share` (0 to 1) leaves of it. A filtered one comes `blurred`."""
    picture = Painter(still).frame(0)
    if over is not None:
        picture = Image.blend(over.resize(still.size, Image.Resampling.BICUBIC), picture, share)
    return picture.filter(ImageFilter.GaussianBlur(still.width // 24)) if blurred else picture


def copy_of(picture: Image.Image) -> str:
    """A picture as an address can carry it, the more in it the smaller; what is transparent stays so."""
    whole, text = picture.convert("RGBA"), ""
    for side in COPIES:
        small, out = whole.copy(), io.BytesIO()
        small.thumbnail((side, side))
        small.save(out, "WEBP", quality=30, method=6)
        text = base64.b64encode(out.getvalue()).decode()
        if len(text) <= LONGEST_COPY:
            break
    return text


def hint(picture: Image.Image, share: float) -> str:
    """A picture that came in as the `source` of a film; `share` (0 to 1) is by how much it is painted over."""
    return f"{OVER}:{share:.2f}:{copy_of(picture)}"


def address(base: str, film: Film, kind: str, expires: float) -> str:
    """Where the picture of a film can be fetched, whose ratio is its size in pixels; `expires` is a unix time."""
    return link(base, film, f"still.{kind}", int(expires))


def served(film: Film, kind: str) -> bytes:
    """The file behind an address. Raises ValueError for one that this gateway never wrote."""
    width, height = (int(side) for side in film.ratio.split(":"))
    if width * height > LARGEST:
        raise ValueError("too many pixels")
    came, _, rest = film.source.partition(":")
    if came != OVER:
        return saved(paint(Still(**vars(film), width=width, height=height)), kind)
    share, _, seen = rest.partition(":")
    still = Still(**vars(replace(film, source="image")), width=width, height=height)
    return saved(paint(still, over=opened(base64.b64decode(seen)), share=float(share)), kind)


def saved(picture: Image.Image, kind: str, *, light: bool = False) -> bytes:
    """The file, `kind` being png, jpeg or webp; a `light` PNG has 256 colours, for answers that hold many."""
    out = io.BytesIO()
    if light:
        picture = picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    picture.save(out, kind.upper(), **({"compress_level": 3} if kind == "png" else {"quality": 88}))
    return out.getvalue()
