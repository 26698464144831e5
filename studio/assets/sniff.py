"""What a file is, told by its bytes. Names and content types are claims; only listed kinds of file are kept."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 4096
WEB_PAGE = re.compile(rb"\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|<!--|<[a-z][a-z0-9]*[\s>])", re.IGNORECASE)
MPEG_LAYERS = {0x02, 0x04}  # layer bits of an MPEG audio frame: III and II; 0 would be AAC
NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Type:
    """`kind` is what it is to a person: image, video, audio, text, file. `ending` has its dot."""

    media_type: str
    kind: str
    ending: str


MP4 = Type("video/mp4", "video", ".mp4")
MOV = Type("video/quicktime", "video", ".mov")
M4A = Type("audio/mp4", "audio", ".m4a")
WEBM = Type("video/webm", "video", ".webm")
PNG = Type("image/png", "image", ".png")
JPEG = Type("image/jpeg", "image", ".jpg")
GIF = Type("image/gif", "image", ".gif")
WEBP = Type("image/webp", "image", ".webp")
MP3 = Type("audio/mpeg", "audio", ".mp3")
WAV = Type("audio/wav", "audio", ".wav")
OGG = Type("audio/ogg", "audio", ".ogg")
FLAC = Type("audio/flac", "audio", ".flac")
PDF = Type("application/pdf", "file", ".pdf")
PPTX = Type("application/vnd.openxmlformats-officedocument.presentationml.presentation", "file", ".pptx")
JSON = Type("application/json", "text", ".json")
TEXT = Type("text/plain", "text", ".txt")
INLINE = {t.media_type for t in (MP4, MOV, M4A, WEBM, PNG, JPEG, GIF, WEBP, MP3, WAV, OGG, FLAC, TEXT)}

STARTS = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"ID3", MP3),
    (b"OggS", OGG),
    (b"fLaC", FLAC),
    (b"%PDF-", PDF),
)


def sniff(file: BinaryIO, *, text_allowed: bool) -> Type | None:
    """The type of a file, or None when it is of no listed kind. Text is only a result where text was asked for."""
    file.seek(0)
    head = file.read(HEAD)
    found = next((kind for start, kind in STARTS if head.startswith(start)), None) or in_container(head)
    if found:
        return found
    if head.startswith(b"PK\x03\x04"):
        return PPTX if is_pptx(file) else None
    return text(file) if text_allowed and not WEB_PAGE.match(head) else None


def in_container(head: bytes) -> Type | None:
    if head[4:8] == b"ftyp":
        return {b"qt  ": MOV, b"M4A ": M4A, b"M4B ": M4A, b"avif": None, b"heic": None, b"mif1": None}.get(
            head[8:12], MP4
        )
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else None
    return MP3 if is_mpeg_audio(head) else None


def is_mpeg_audio(head: bytes) -> bool:
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06 in MPEG_LAYERS
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )


def is_pptx(file: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return {"[Content_Types].xml", "ppt/presentation.xml"} <= set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def text(file: BinaryIO) -> Type | None:
    file.seek(0)
    try:
        written = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if NOT_TEXT.search(written):
        return None
    try:
        json.loads(written)
    except (ValueError, RecursionError):
        return TEXT
    return JSON
