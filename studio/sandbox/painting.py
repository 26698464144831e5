"""Paints films and pictures: a slow dusk of drifting lights, the prompt in large type, and what runs to the end."""

from __future__ import annotations

import hashlib
import io
import math
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageChops, ImageDraw, ImageOps

from studio.sandbox.film import FPS, Film
from studio.sandbox.lettering import fit, font

SOFT = 4
WHITE = (255, 255, 255)
PALETTES = (  # the ground above and below, then three lights
    ("#2b2a6e", "#0d0b2b", "#ff7a59", "#7b5cff", "#ff4f9a"),
    ("#0b4a6f", "#061a33", "#35d0c5", "#3b82f6", "#a7f3d0"),
    ("#5b1f3a", "#1a0a1f", "#ff8a4c", "#ff4d6d", "#ffd166"),
    ("#0f3d3e", "#06191f", "#6ee7b7", "#22a699", "#f2e394"),
    ("#3b1d6e", "#120826", "#c084fc", "#60a5fa", "#f472b6"),
    ("#24344d", "#0b1020", "#93c5fd", "#818cf8", "#fda4af"),
)


class Painter:
    """Draws any frame of one film. Everything that does not move is drawn once."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self.width, self.height = film.size
        self.frames = max(1, film.seconds * FPS)
        self.margin = round(min(self.width, self.height) * 0.08)
        self._chance = hashlib.sha256(film.token.encode()).digest()
        self._top, self._foot, *colours = PALETTES[self._chance[0] % len(PALETTES)]
        self._ground = self._dusk()
        self._grain = self._noise()
        self._lights = [(self._light(number), colour) for number, colour in enumerate(colours)]
        words, split = self._lettering(), self.margin * 2
        self._words = [(0, words.crop((0, 0, self.width, split))), self._prompt_band(words, split)]
        self._counter = font(round(min(self.width, self.height) * 0.042))

    def frame(self, number: int) -> Image.Image:
        """Frame `number` of `frames`, as RGB."""
        at = number / max(1, self.frames - 1)
        picture = self._ground.copy()
        for index, (light, colour) in enumerate(self._lights):
            picture.paste(colour, self._place(index, at, light.size[0]), light)
        picture = picture.resize((self.width, self.height), Image.Resampling.BILINEAR)
        picture = ImageChops.add(picture, self._grain, scale=1, offset=-128)
        for top, band in self._words:
            picture.paste(WHITE, (0, top), band)
        if self.film.seconds:
            self._run(picture, at, number)
        return picture

    def _dusk(self) -> Image.Image:
        """The ground, small: what is soft may be drawn small and enlarged, which is what makes this quick."""
        slope = Image.linear_gradient("L").rotate(24, Image.Resampling.BICUBIC).crop((50, 50, 206, 206))
        slope = slope.resize((self.width // SOFT, self.height // SOFT), Image.Resampling.BICUBIC)
        return ImageOps.colorize(slope, self._top, self._foot)

    def _noise(self) -> Image.Image:
        """A little grain, the same at every making; without it the soft slopes show bands."""
        values = hashlib.shake_128(self._chance).digest(self.width * self.height)
        grain = Image.frombytes("L", (self.width, self.height), values)
        return grain.point([round(128 + (value - 127.5) / 48) for value in range(256)]).convert("RGB")

    def _light(self, number: int) -> Image.Image:
        size = round(max(self._ground.size) * (0.55 + self._chance[number + 1] / 255 * 0.5))
        glow = ImageOps.invert(Image.radial_gradient("L")).resize((size, size), Image.Resampling.BICUBIC)
        strength = 0.78 - number * 0.12
        return glow.point([round(max(0.0, (value - 75) / 180) ** 1.4 * 255 * strength) for value in range(256)])

    def _place(self, number: int, at: float, size: int) -> tuple[int, int]:
        """Each light goes round its own slow ellipse, so that the first frame differs from the last."""
        width, height = self._ground.size
        turn = 2 * math.pi * (self._chance[number + 8] / 255 + at * (0.45 if number % 2 else -0.35))
        x = width * (0.5 + 0.46 * math.cos(turn)) - size / 2
        y = height * (0.36 + 0.36 * math.sin(turn + number)) - size / 2
        return round(x), round(y)

    def _lettering(self) -> Image.Image:
        """All type as one mask: the prompt at the lower left, what was asked for along the top."""
        mask = Image.new("L", (self.width, self.height), 0)
        draw = ImageDraw.Draw(mask)
        short, foot = min(self.width, self.height), self.height - round(self.margin * 2.1)
        sizes = tuple(round(short * share) for share in (0.135, 0.11, 0.09, 0.074, 0.062, 0.052))
        text = self.film.prompt.strip() or f"({self.film.source})"
        face, lines, leading = fit(text, self.width - 2 * self.margin, round(self.height * 0.56), sizes)
        for index, line in enumerate(reversed(lines)):
            draw.text((self.margin, foot - index * leading), line, fill=255, font=face, anchor="ls")
        small = font(round(short * 0.042))
        asked = f"{self.film.ratio}  ·  {self.film.extent}"
        draw.text((self.margin, self.margin), f"{self.film.model}  ·  sandbox", fill=200, font=small, anchor="lt")
        draw.text((self.width - self.margin, self.margin), asked, fill=235, font=small, anchor="rt")
        return mask

    def _prompt_band(self, words: Image.Image, top: int) -> tuple[int, Image.Image]:
        """The rows that the prompt really fills: pasting less is quicker."""
        rows = words.crop((0, top, self.width, self.height)).getbbox() or (0, 0, 1, 1)
        return top + rows[1], words.crop((0, top + rows[1], self.width, top + rows[3]))

    def _run(self, picture: Image.Image, at: float, number: int) -> None:
        """The line along the foot and the seconds beside it: what a person sees move."""
        draw = ImageDraw.Draw(picture, "RGBA")
        y = self.height - round(self.margin * 0.95)
        time = f"{number / FPS:04.1f}" if number < self.frames - 1 else f"{self.film.seconds:04.1f}"
        right = self.width - self.margin - round(self._counter.getlength("00.0")) - self.margin // 2
        reach = self.margin + (right - self.margin) * at
        draw.line((self.margin, y, right, y), fill=(255, 255, 255, 70), width=2)
        draw.line((self.margin, y, reach, y), fill=(255, 255, 255, 235), width=2)
        dot = max(3, self.margin // 7)
        draw.ellipse((reach - dot, y - dot, reach + dot, y + dot), fill=(255, 255, 255, 255))
        where = (self.width - self.margin, y)
        draw.text(where, time, fill=(255, 255, 255, 235), font=self._counter, anchor="rm")


def mp4(film: Film) -> bytes:
    """The whole film: H.264, yuv420p, its index first, exactly `seconds` long."""
    painter = Painter(film)
    with tempfile.TemporaryDirectory() as folder:  # the index moves to the front in a second pass over a real file
        path = Path(folder, "film.mp4")
        _encode(painter, path)
        return path.read_bytes()


def _encode(painter: Painter, path: Path) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        show(container, stream_of(container, painter.film), painter)


def stream_of(container: OutputContainer, film: Film) -> VideoStream:
    """A stream in this container for the film's pictures."""
    choices = {"preset": "ultrafast", "crf": "23", "bf": "0"}
    stream: VideoStream = container.add_stream("libx264", rate=FPS, options=choices)
    stream.width, stream.height = film.size
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
    return stream


def show(container: OutputContainer, stream: VideoStream, painter: Painter) -> None:
    """Write every picture of the film into its stream."""
    for picture in _pictures(painter):
        container.mux(stream.encode(picture))
    container.mux(stream.encode(None))


def _pictures(painter: Painter) -> Iterator[av.VideoFrame]:
    for number in range(painter.frames):
        picture = av.VideoFrame.from_image(painter.frame(number))  # type: ignore[no-untyped-call]
        picture.pts, picture.time_base = number, Fraction(1, FPS)
        yield picture


def poster(film: Film) -> bytes:
    """The first frame as JPEG."""
    return _saved(Painter(film).frame(0), "JPEG")


def last_frame(film: Film) -> bytes:
    """The last frame as PNG."""
    painter = Painter(film)
    return _saved(painter.frame(painter.frames - 1), "PNG")


def preview(film: Film) -> bytes:
    """One frame of each second as a small WebP that moves."""
    painter, out = Painter(film), io.BytesIO()
    half = (painter.width // 2, painter.height // 2)
    first, *rest = [painter.frame(number).resize(half) for number in range(0, painter.frames, FPS)]
    first.save(out, "WEBP", save_all=True, append_images=rest, duration=300, loop=0, quality=75, method=0)
    return out.getvalue()


def picture(film: Film) -> bytes:
    """A still picture as PNG."""
    return _saved(Painter(film).frame(0), "PNG")


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()
