"""Small real files, made on the spot."""

from __future__ import annotations

import io
import wave
import zipfile
from typing import cast

import av
from av.video.stream import VideoStream
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 36)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 30, 60)).save(file, kind)
    return file.getvalue()


def film(width: int = 64, height: int = 36, frames: int = 24, ending: str = "mp4", codec: str = "libx264") -> bytes:
    """One second is 12 frames."""
    file = io.BytesIO()
    with av.open(file, "w", format=ending) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=12))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _ in range(frames):
            frame = av.VideoFrame(width, height, "yuv420p")
            for plane in frame.planes:  # otherwise each film would show, and weigh, what the memory happens to hold
                plane.update(bytes(plane.buffer_size))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def sound(seconds: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(8000)
        written.writeframes(bytes(16000 * seconds))
    return file.getvalue()


def slides(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names or ("[Content_Types].xml", "ppt/presentation.xml"):
            archive.writestr(name, "<x/>")
    return file.getvalue()


def slideshow(parts: dict[str, bytes | str]) -> bytes:
    """A presentation with these parts in its zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in ({"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"} | parts).items():
            archive.writestr(name, part)
    return file.getvalue()
