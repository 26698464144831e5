"""What a PicWish call works on: the picture in a part of the form, or the one behind an address."""

from __future__ import annotations

import io
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import Image

from studio.sandbox import looking, media
from studio.sandbox.film import from_token
from studio.sandbox.members import Refused, address
from studio.sandbox.parts import Form
from studio.sandbox.retouching import NAMED, Size, has_holes
from studio.sandbox.stills import LARGEST, copy_of

LARGEST_FILE = 15 * 1024 * 1024
KINDS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF")
NOT_THERE, TOO_LARGE = "The source could not be downloaded", "The image is too large"
PORTS = (None, 80, 443)
UNSEEN: Size = (1024, 768)  # a picture that nobody here can fetch


class Unusable(Exception):
    """The call is accepted, and the task comes to nothing: the state it ends in, and a text."""

    def __init__(self, state: int, text: str) -> None:
        super().__init__(text)
        self.state = state


class TooLarge(Exception):
    """The file is larger than the tool takes."""


@dataclass(frozen=True)
class Source:
    """`under` is the small copy of it, or its name (`Work.under`); `kind` the kind of its file, as a call names it."""

    under: str
    size: Size = UNSEEN
    kind: str = "jpg"
    has_holes: bool = True  # what was never seen is taken at its word

    @property
    def is_seen(self) -> bool:
        return not self.under.startswith(NAMED)


@dataclass(frozen=True)
class Errand:
    """A form with what else is needed to find its pictures: this gateway's own address, and whether it may fetch."""

    form: Form
    base: str
    fetches: bool

    def has(self, name: str) -> bool:
        file = self.form.files.get(name)
        return bool(file and file.content)

    def content(self, of: str, most: int, *also: str) -> tuple[str, bytes | None]:
        """Name and bytes of what is in the part `<of>_file` (or `also` in another), or else behind `<of>_url`; no bytes
        where nobody here can fetch it. Raises Refused, TooLarge and Unusable."""
        for part in (f"{of}_file", *also):
            if self.has(part):
                file = self.form.files[part]
                if len(file.content) > most:
                    raise TooLarge
                return file.name, file.content
        url = address(dict(self.form.texts), f"{of}_url")
        if not url:
            raise Refused(f"{of}_file or {of}_url is required")
        return unquote(urlsplit(url).path.rpartition("/")[2]), self._behind(url, most)

    def _behind(self, url: str, most: int) -> bytes | None:
        parts = urlsplit(url)
        if url.startswith(f"{self.base}/media/"):
            return _of_ours(url)
        if parts.hostname in looking.HERE:
            if not self.fetches:
                return None
            out = io.BytesIO()
            if not looking.read(url, out.write, most):
                large = out.tell() > most
                raise Unusable(-5, TOO_LARGE) if large else Unusable(-3, NOT_THERE)
            return out.getvalue()
        if parts.port not in PORTS:
            raise Refused("the address must be on port 80 or 443")
        return None

    def picture(self, of: str = "image") -> Source:
        """The picture to work on, or its mask. Raises Refused, TooLarge and Unusable."""
        name, content = self.content(of, LARGEST_FILE)
        if content is None:
            return Source(f"{NAMED}{name[:40]}")
        try:
            with Image.open(io.BytesIO(content), formats=KINDS) as opened:
                if opened.width * opened.height > LARGEST:
                    raise Unusable(-5, TOO_LARGE)
                kind = {"PNG": "png", "WEBP": "webp"}.get(opened.format or "", "jpg")
                picture = opened.convert("RGBA")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
            raise Unusable(-7, "Invalid image") from fault
        return Source(copy_of(picture), picture.size, kind, has_holes(picture))


def _of_ours(url: str) -> bytes:
    """A file that this gateway made, made once more. Raises Unusable for one that it never made."""
    parts = urlsplit(url)
    try:
        film = from_token(parse_qs(parts.query).get("film", [""])[0])
        return media.KINDS[parts.path.rpartition("/")[2]][1](film)
    except (ValueError, KeyError) as fault:
        raise Unusable(-3, NOT_THERE) from fault
