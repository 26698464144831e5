"""What a file is, told by its bytes. Names and content types are claims; only listed kinds of file are kept."""

from __future__ import annotations

import codecs
import json
import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 4096
PIECE = 1024 * 1024
MOST_JSON = 10 * 1024 * 1024  # bytes; reading it takes twenty times as much memory
BEGINS = 200  # characters by which subtitles are told
MOST_DIRECTORY = 1024 * 1024  # bytes of a ZIP archive's list of names
WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|<!--|<[a-z][a-z0-9:._-]*[\s>/])",
    re.IGNORECASE,
)
MPEG_LAYERS = {0x02, 0x04}  # layer bits of an MPEG audio frame: III and II; 0 is AAC
SUBTITLES = re.compile(r"\s*\d+\s*\n\s*\d{2}:\d{2}:\d{2},\d{3} --> \d{2}:\d{2}:\d{2},\d{3}")
NOT_TEXT = bytes({*range(32), 0x7F} - {*b"\t\n\v\f\r\x1b"})


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
AAC = Type("audio/aac", "audio", ".aac")
WAV = Type("audio/wav", "audio", ".wav")
OGG = Type("audio/ogg", "audio", ".ogg")
FLAC = Type("audio/flac", "audio", ".flac")
PDF = Type("application/pdf", "file", ".pdf")
PPTX = Type("application/vnd.openxmlformats-officedocument.presentationml.presentation", "file", ".pptx")
DOCX = Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file", ".docx")
XLSX = Type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "file", ".xlsx")
JSON = Type("application/json", "text", ".json")
TEXT = Type("text/plain", "text", ".txt")
SRT = Type("text/plain", "text", ".srt")  # subtitles are plain text to a browser
VTT = Type("text/plain", "text", ".vtt")
INLINE = {t.media_type for t in (MP4, MOV, M4A, WEBM, PNG, JPEG, GIF, WEBP, MP3, AAC, WAV, OGG, FLAC, TEXT)}

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
        return office(file)
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
    if is_aac(head):
        return AAC
    return MP3 if is_mpeg_audio(head) else None


def is_aac(head: bytes) -> bool:
    """An ADTS frame: its sign, a layer of zero, and a length that leads to the next frame, or to the end."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return False
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length > 7 and head[length : length + 1] in {b"", b"\xff"}


def is_mpeg_audio(head: bytes) -> bool:
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x06 in MPEG_LAYERS
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )


def office(file: BinaryIO) -> Type | None:
    """A ZIP archive is only kept where its contents say that it is a document."""
    if size_of_directory(file) > MOST_DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    mains = {"ppt/presentation.xml": PPTX, "word/document.xml": DOCX, "xl/workbook.xml": XLSX}
    found = next((kind for main, kind in mains.items() if main in names), None)
    return found if "[Content_Types].xml" in names else None


def size_of_directory(file: BinaryIO) -> int:
    """Bytes of the list of names, as the archive's last record says; its readers hold all of it in memory. What has no
    such record, or one for archives beyond 4 GB, counts as endless."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_600))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        return size + MOST_DIRECTORY
    return int.from_bytes(tail[at + 12 : at + 16], "little")


def text(file: BinaryIO) -> Type | None:
    """Read piece by piece: a text of a gigabyte is brought as easily as a film. JSON is only told up to `MOST_JSON`."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    begins = ""
    try:
        while True:
            data = file.read(PIECE)
            written = decoder.decode(data, final=not data)
            if len(data.translate(None, NOT_TEXT)) < len(data):
                return None
            begins = begins or written
            if not data:
                break
    except UnicodeDecodeError:
        return None
    return JSON if file.tell() <= MOST_JSON and is_json(file) else of_words(begins)


def is_json(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def of_words(written: str) -> Type:
    """Which kind of plain text this is: subtitles, or any other. Told by how it begins."""
    written = written[:BEGINS]
    if re.match(r"WEBVTT(\s|$)", written):
        return VTT
    return SRT if SUBTITLES.match(written) else TEXT
