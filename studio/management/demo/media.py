"""The files that demonstrations were made of: some thirty, drawn and rendered here, which many results share."""

from __future__ import annotations

import io
import math
import random
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageFilter

from studio.files import inside, sniff, storing
from studio.files.measure import measure
from studio.management.demo.story import STORY

SKIES = [
    ("#f7c59f", "#2a4d69", "#fff1d0"),
    ("#8fb8de", "#1f3b57", "#fdf6e3"),
    ("#e07a5f", "#3d405b", "#f4f1de"),
    ("#b8d8be", "#315659", "#fffbe6"),
    ("#c9ada7", "#22223b", "#f2e9e4"),
    ("#ffd6a5", "#6d597a", "#fffcf2"),
]
SHAPES = [(768, 768), (960, 540), (576, 1024), (832, 640)]
FRAMES, FPS, RATE = 36, 12, 16_000


@dataclass(frozen=True)
class Piece:
    """A file in the media folder, with what an asset's row says of it."""

    kind: str
    row: dict[str, Any]


class Studio:
    """Makes the pieces of one team. The same seed makes the same files."""

    def __init__(self, team: int, seed: int) -> None:
        self.team, self.chance = team, random.Random(seed)  # noqa: S311  nothing here is a secret

    def make(self, pictures: int = 14, films: int = 8, sounds: int = 5) -> dict[str, list[Piece]]:
        made = {
            "image": [self.kept(jpeg(self.landscape(*SHAPES[n % len(SHAPES)]))) for n in range(pictures)],
            "video": [],
            "poster": [],
            "audio": [self.kept(self.sound()) for _ in range(sounds)],
            "text": [self.kept(answer.encode()) for answer in STORY["answers"]],
        }
        for number in range(films):
            wide = self.landscape(*((640, 360) if number % 3 else (360, 640)))
            made["video"].append(self.kept(film(wide)))
            made["poster"].append(self.kept(jpeg(wide)))
        return made

    def kept(self, data: bytes) -> Piece:
        """Put it in place under the name of its bytes, and measure it as any result."""
        with storing.new_file() as file:
            file.write(data)
            file.flush()
            found = sniff.sniff(file, text_allowed=True) or sniff.of_words(data.decode())
            measured, digest = measure(file, found), storing.checksum(file)
            told = inside.look(file, measured.type)
            name = f"{self.team}/demo/{digest[:24]}{measured.type.ending}"
            storing.put_in_place(file, name)
        row = {
            "file": name,
            "kind": measured.type.kind,
            "media_type": measured.type.media_type,
            "size": len(data),
            "sha256": digest,
            "width": measured.width,
            "height": measured.height,
            "duration": measured.duration,
            "inside": told,
        }
        return Piece(measured.type.kind, row)

    def landscape(self, width: int, height: int) -> Image.Image:
        """A sky, a low sun, three ranges of hills, and a small boat."""
        above, below, sun = self.chance.choice(SKIES)
        slope = Image.linear_gradient("L").resize((width, height))
        picture = Image.composite(Image.new("RGB", slope.size, below), Image.new("RGB", slope.size, above), slope)
        glow, size = picture.copy(), round(min(width, height) * self.chance.uniform(0.08, 0.16))
        x, y = self.chance.uniform(0.2, 0.8) * width, self.chance.uniform(0.25, 0.5) * height
        ImageDraw.Draw(glow).ellipse((x - 2 * size, y - 2 * size, x + 2 * size, y + 2 * size), fill=sun)
        picture = Image.blend(picture, glow.filter(ImageFilter.GaussianBlur(size)), 0.6)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=sun)
        for layer in range(3):
            shade = Image.blend(Image.new("RGB", (1, 1), above), Image.new("RGB", (1, 1), below), 0.45 + layer * 0.25)
            draw.polygon(self.hills(width, height, 0.55 + layer * 0.13), fill=shade.getpixel((0, 0)))
        self.boat(draw, width, height, sun)
        return picture

    def hills(self, width: int, height: int, level: float) -> list[tuple[float, float]]:
        turns = [(self.chance.uniform(0.5, 3), self.chance.uniform(0, 6.3)) for _ in range(3)]
        edge = [
            (x, height * (level - sum(0.035 * math.sin(turn * 6.28 * x / width + start) for turn, start in turns)))
            for x in range(0, width + 8, 8)
        ]
        return [(0, height), *edge, (width, height)]

    def boat(self, draw: ImageDraw.ImageDraw, width: int, height: int, colour: str) -> None:
        x, y, size = self.chance.uniform(0.25, 0.75) * width, height * 0.9, min(width, height) * 0.06
        low = y + size * 0.45
        draw.polygon([(x - size, y), (x + size, y), (x + size * 0.6, low), (x - size * 0.6, low)], colour)
        draw.polygon([(x, y - size * 1.2), (x + size * 0.7, y - size * 0.1), (x, y - size * 0.1)], colour)

    def sound(self) -> bytes:
        """A few soft notes, as WAV."""
        notes, samples = [self.chance.choice([0, 2, 4, 7, 9, 12]) for _ in range(10)], bytearray()
        for note in notes:
            pitch, length = 220 * 2 ** (note / 12), round(RATE * self.chance.choice([0.2, 0.3, 0.4, 0.6]))
            loud = self.chance.uniform(3000, 11000)
            for at in range(length):
                fade = min(1, at / 400) * (1 - at / length) ** 1.5
                value = math.sin(6.2832 * pitch * at / RATE) + 0.4 * math.sin(12.5664 * pitch * at / RATE)
                samples += round(loud * fade * value).to_bytes(2, "little", signed=True)
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(bytes(samples))
        return out.getvalue()


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


def film(picture: Image.Image) -> bytes:
    """Three seconds of a slow way into the picture."""
    with tempfile.TemporaryDirectory() as folder:  # the index moves to the front in a second pass over a real file
        path = Path(folder, "film.mp4")
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
            choices = {"preset": "ultrafast", "crf": "25"}
            stream: VideoStream = container.add_stream("libx264", rate=FPS, options=choices)
            stream.width, stream.height = picture.size
            stream.pix_fmt = "yuv420p"
            for frame in frames(picture):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return path.read_bytes()


def frames(picture: Image.Image) -> Iterator[av.VideoFrame]:
    width, height = picture.size
    for number in range(FRAMES):
        near = 0.16 * number / FRAMES
        box = (width * near / 2, height * near / 2, width * (1 - near / 2), height * (1 - near / 2))
        moved = picture.resize(picture.size, Image.Resampling.BILINEAR, box)
        frame = av.VideoFrame.from_image(moved)  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        yield frame
