"""A film that was asked for, and its address. The address holds all that is needed to make the film again."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import zlib
from dataclasses import astuple, dataclass

FPS = 12
AREA = 640 * 360
LONGEST_PROMPT = 240  # characters that fit on the picture
LONGEST = 60
VIDEO, POSTER, LAST, PICTURE = "video.mp4", "poster.jpg", "last-frame.png", "picture.png"
SONG, STREAM, SONG_VIDEO = "song.mp3", "stream.mp3", "song.mp4"
SOUND_VIDEO = "sound.mp4"  # a film that moves and sounds
GRID = "grid.png"  # four pictures in one
PREVIEW = "preview.webp"  # of a film: small, and it moves
DECK, SOURCE = "deck.pptx", "source.json"
LARGEST_SPEC = 4000
RATIO = re.compile(r"[1-9]\d{0,3}:[1-9]\d{0,3}")


@dataclass(frozen=True)
class Film:
    """`ratio` is width:height as text, `seconds` whole seconds, `source` what it was made from (text, image).

    A film of no seconds is a picture: `number` of `count` that were asked for together.
    """

    prompt: str
    ratio: str
    seconds: int
    model: str
    source: str
    number: int = 1
    count: int = 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height: even, of the ratio asked for (up to 4:1), and about as large as 640 by 360."""
        wide, high = (int(part) for part in self.ratio.split(":"))
        if not 0.25 <= wide / high <= 4:
            wide, high = (4, 1) if wide > high else (1, 4)
        shrink = math.gcd(wide, high)
        wide, high = wide // shrink, high // shrink
        scale = max(2, 2 * round(math.sqrt(AREA / (wide * high)) / 2))
        if wide * high * scale**2 <= 2 * AREA:
            return wide * scale, high * scale
        height = 2 * round(math.sqrt(AREA * high / wide) / 2)
        return 2 * round(height * wide / high / 2), height

    @property
    def extent(self) -> str:
        """How long, or which of how many."""
        return f"{self.seconds} s" if self.seconds else f"{self.number} / {self.count}"

    @property
    def token(self) -> str:
        prompt, *rest = astuple(self)
        spec = json.dumps([prompt[:LONGEST_PROMPT], *rest], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(zlib.compress(spec.encode(), 9)).decode().rstrip("=")


def seal(token: str) -> str:
    """The film's id in its address: a slip in the rest is found by it."""
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def from_token(token: str) -> Film:
    """Read an address back. Raises ValueError for what this gateway never wrote."""
    try:
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        prompt, ratio, seconds, model, source, number, count = json.loads(
            zlib.decompressobj().decompress(packed, LARGEST_SPEC)
        )
        film = Film(str(prompt), str(ratio), int(seconds), str(model), str(source), int(number), int(count))
    except (ValueError, zlib.error, TypeError, RecursionError) as fault:
        raise ValueError("not an address of ours") from fault
    if not 0 <= film.seconds <= LONGEST or not RATIO.fullmatch(film.ratio):
        raise ValueError("no film of ours")
    return film


def link(base: str, film: Film, name: str, expires: int) -> str:
    """The address of one file of a film; `expires` is a unix time."""
    return address(base, film.token, name, expires)


def address(base: str, token: str, name: str, expires: int) -> str:
    return f"{base}/media/{seal(token)}/{name}?film={token}&expires={expires}"
