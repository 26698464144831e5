"""Pictures of an exact size in an exact kind of file, painted from a prompt or over a picture that came in."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageFilter

from studio.sandbox.film import Film
from studio.sandbox.painting import Painter

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
LARGEST = 4096 * 4096


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


def saved(picture: Image.Image, kind: str, *, light: bool = False) -> bytes:
    """The file, `kind` being png, jpeg or webp; a `light` PNG has 256 colours, for answers that hold many."""
    out = io.BytesIO()
    if light:
        picture = picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    picture.save(out, kind.upper(), **({"compress_level": 3} if kind == "png" else {"quality": 88}))
    return out.getvalue()
