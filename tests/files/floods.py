"""Files that are small to send and large to read, made block by block."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import av
from PIL import Image

from tests.files.samples import picture

PNG_SIGN = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def png_head(width: int, height: int) -> bytes:
    return PNG_SIGN + chunk(b"IHDR", struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00")


def png_of(width: int, height: int) -> bytes:
    """A whole picture, all black."""
    packed, line = zlib.compressobj(), bytes(1 + width * 3)
    data = b"".join(packed.compress(line) for _ in range(height)) + packed.flush()
    return png_head(width, height) + chunk(b"IDAT", data) + chunk(b"IEND")


def png_with(chunks: bytes) -> bytes:
    whole = picture("PNG")
    return whole[:33] + chunks + whole[33:]


def jpeg_head(width: int, height: int) -> bytes:
    whole = picture("JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def jpeg_with_segments(count: int) -> bytes:
    whole = picture("JPEG")
    return whole[:2] + b"\xff\xfe\x00\x02" * count + whole[2:]


def jpeg_of_passes(size: int, passes: int) -> bytes:
    """Drawn in passes, the last of them again and again."""
    file = io.BytesIO()
    Image.new("RGB", (size, size), (90, 20, 200)).save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * passes + b"\xff\xd9"


def gif_of(width: int, height: int, frames: int, beside: bytes = b"") -> bytes:
    """Frames of one pixel each on a screen of this size; `beside` stands before them."""
    head = b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\x00\x00" + bytes(6)
    frame = b"!\xf9\x04\x00\x05\x00\x00\x00" + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + beside + frame * frames + b";"


def webp_with(frames: int, width: int = 64, height: int = 36) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    still = picture("WEBP")[12:]
    inside = bytes(6) + (63).to_bytes(3, "little") + (35).to_bytes(3, "little") + bytes(4) + still
    frame = b"ANMF" + len(inside).to_bytes(4, "little") + inside
    blocks = b"VP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + canvas + b"ANIM\x06\x00\x00\x00" + bytes(6) + frame * frames
    return b"RIFF" + (len(blocks) + 4).to_bytes(4, "little") + b"WEBP" + blocks


def mp3_with_picture(image: bytes) -> bytes:
    """A second of silence with a picture in its tag."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=44100)
        frame = av.AudioFrame(format="s16p", layout="mono", samples=1152)
        frame.rate = 44100
        for _ in range(40):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    inside = b"\x00image/png\x00\x03\x00" + image
    shown = b"APIC" + len(inside).to_bytes(4) + b"\x00\x00" + inside
    size = bytes(len(shown) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + shown + file.getvalue()


def zip_of(names: int) -> bytes:
    """A document with that many empty parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *(f"{n:060}" for n in range(names))):
            archive.writestr(zipfile.ZipInfo(name), "")
    return file.getvalue()
