"""A file is what its bytes say; what could run, or what is on no list, is not kept."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress

import pytest

from studio.assets.models import Asset
from studio.files import sniff
from studio.files.measure import Unfit, measure
from studio.files.models import File
from studio.files.mp4 import read_film
from tests.files.samples import film, picture, slides, sound

KNOWN = [
    (picture("PNG"), sniff.PNG),
    (picture("JPEG"), sniff.JPEG),
    (picture("GIF"), sniff.GIF),
    (picture("WEBP"), sniff.WEBP),
    (film(), sniff.MP4),
    (film(ending="mov"), sniff.MOV),
    (film(ending="webm", codec="libvpx"), sniff.WEBM),
    (sound(), sniff.WAV),
    (b"ID3\x04" + bytes(50), sniff.MP3),
    (b"\xff\xfb\x90\x00" + bytes(50), sniff.MP3),
    (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9) + b"\xff\xf1", sniff.AAC),
    (b"OggS" + bytes(50), sniff.OGG),
    (b"fLaC" + bytes(50), sniff.FLAC),
    (b"%PDF-1.7\n", sniff.PDF),
    (slides(), sniff.PPTX),
    ("# 大纲".encode(), sniff.TEXT),
    (b'{"a": [1]}', sniff.JSON),
    (b"GIF89a" + b"<script>alert(1)</script>", sniff.GIF),
    (film() + b"<script>alert(1)</script>", sniff.MP4),
]
STRANGE = [
    b"<!DOCTYPE html><p>404",
    b"  \n<html>",
    b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
    b"<?xml version='1.0'?><svg/>",
    b"<script>alert(1)</script>",
    b"<p>expired</p>",
    b"MZ\x90\x00",
    b"\x7fELF",
    slides("word/document.xml"),
    b"PK\x03\x04broken",
    b"\x1a\x45\xdf\xa3" + b"matroska",
    b"RIFF\x00\x00\x00\x00AVI ",
    b"\xff\xf1\x50\x80" + bytes(50),
    b"\x00\x00\x00\x20ftypavif" + bytes(20),
    b"BM" + bytes(60),
    b"Rar!\x1a\x07",
    bytes(100),
    b"text with a \x00",
    b"\xff\xfe\x00text",
]


@pytest.mark.parametrize(("data", "kind"), KNOWN, ids=[f"{n} {kind.media_type}" for n, (_, kind) in enumerate(KNOWN)])
def test_a_listed_kind_is_known_by_its_bytes(data: bytes, kind: sniff.Type) -> None:
    assert sniff.sniff(io.BytesIO(data), text_allowed=True) == kind


@pytest.mark.parametrize("data", STRANGE)
def test_anything_else_is_nothing(data: bytes) -> None:
    assert sniff.sniff(io.BytesIO(data), text_allowed=True) is None


@pytest.mark.parametrize(
    "data", [b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd", b"ffconcat version 1.0\nfile /etc/passwd", b"{}"]
)
def test_text_is_no_video(data: bytes) -> None:
    assert sniff.sniff(io.BytesIO(data), text_allowed=False) is None


def test_nothing_active_is_shown_in_the_page() -> None:
    assert not {"text/html", "image/svg+xml", "application/pdf", "application/json"} & sniff.INLINE


def test_a_film_is_measured_from_its_boxes() -> None:
    found = measure(io.BytesIO(film(1280, 768, 60)), sniff.MP4)
    assert (found.width, found.height) == (1280, 768)
    assert found.duration == pytest.approx(5, abs=0.2)


def test_a_webm_is_measured() -> None:
    found = measure(io.BytesIO(film(ending="webm", codec="libvpx")), sniff.WEBM)
    assert (found.width, found.height) == (64, 36)
    assert found.duration == pytest.approx(2, abs=0.2)


def test_a_picture_and_a_sound_are_measured() -> None:
    image = measure(io.BytesIO(picture("JPEG", (40, 30))), sniff.JPEG)
    assert (image.width, image.height) == (40, 30)
    assert measure(io.BytesIO(sound(3)), sniff.WAV).duration == pytest.approx(3)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
def test_a_cut_film_is_damaged(part: float) -> None:
    whole = film()
    with pytest.raises(Unfit, match="damaged"):
        measure(io.BytesIO(whole[: int(len(whole) * part)]), sniff.MP4)


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_no_bytes_make_the_box_reader_raise_anything_but_unfit(place: int) -> None:
    data = bytearray(film(frames=1))
    data[-place - 8 : -place - 4 or None] = b"\xff\xff\xff\xff"
    with suppress(Unfit):
        measure(io.BytesIO(bytes(data)), sniff.MP4)


def test_a_box_inside_itself_ends() -> None:
    with pytest.raises(ValueError, match="too many"):
        read_film(io.BytesIO(b"\x00\x00\x00\x08free" * 5000))


@pytest.mark.parametrize("kind", [sniff.PNG, sniff.JPEG, sniff.GIF, sniff.WEBP, sniff.WAV, sniff.MP3, sniff.WEBM])
def test_rubbish_behind_a_true_beginning_is_damaged(kind: sniff.Type) -> None:
    with pytest.raises(Unfit):
        measure(io.BytesIO(b"rubbish" * 100), kind)


def test_a_flood_of_pixels_is_refused_without_being_decoded() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    size = (30_000).to_bytes(4)
    head = chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
    flood = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(Unfit, match="pixels") as told:
        measure(io.BytesIO(flood), sniff.PNG)
    assert told.value.permanent


def test_every_type_fits_into_the_columns_that_hold_it() -> None:
    """PostgreSQL counts; SQLite does not."""
    types = [each for each in vars(sniff).values() if isinstance(each, sniff.Type)]
    longest = max(len(each.media_type) for each in types)
    assert longest > 60
    for model in (Asset, File):
        assert longest <= (model._meta.get_field("media_type").max_length or 0)
