"""What is small to send and large to read is refused before anybody reads it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from studio.files import inside, slides, sniff
from studio.files.floods import MOST_BLOCKS, MOST_FRAMES, MOST_PASSES, MOST_PIECES
from studio.files.measure import Measured, Unfit, measure
from tests.files import floods
from tests.files.samples import film, picture, slideshow

T = TypeVar("T")
SECONDS = 2.0
MEGABYTES = 64


def told(data: bytes, kind: sniff.Type) -> Measured:
    """The measures, by bytes that are what they are said to be, within two seconds and a little memory."""
    file = io.BytesIO(data)
    assert sniff.sniff(file, text_allowed=True) == kind
    return bounded(lambda: measure(file, kind))


def bounded(work: Callable[[], T]) -> T:
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
    before, began = memory("VmRSS"), time.thread_time()
    try:
        return work()
    finally:
        assert time.thread_time() - began < SECONDS
        assert memory("VmHWM") - before < MEGABYTES


def memory(name: str) -> int:
    """Megabytes of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) // 1024


def refused(data: bytes, kind: sniff.Type, why: str) -> None:
    with pytest.raises(Unfit, match=why) as fault:
        told(data, kind)
    assert fault.value.permanent


def test_a_picture_of_too_many_pixels_is_refused_by_its_head() -> None:
    for width, height in ((60_000, 60_000), (30_000, 30_000), (1, 2_000_000_000), (9_000, 9_000)):
        refused(floods.png_head(width, height) + floods.chunk(b"IDAT") + floods.chunk(b"IEND"), sniff.PNG, "pixels")
    for width, height in ((60_000, 60_000), (65_500, 800), (9_000, 9_000)):
        refused(floods.jpeg_head(width, height), sniff.JPEG, "pixels")
        refused(floods.gif_of(width, height, 1), sniff.GIF, "pixels")
    refused(floods.webp_with(1, 16_383, 16_383), sniff.WEBP, "pixels")


def test_an_animation_without_measure_is_refused() -> None:
    refused(floods.gif_of(100, 100, 10_000), sniff.GIF, "frames")
    refused(floods.gif_of(1, 1, 400_000), sniff.GIF, "frames")
    refused(floods.gif_of(3000, 3000, 300), sniff.GIF, "frames")
    refused(floods.png_with(floods.chunk(b"fcTL", bytes(26)) * (MOST_FRAMES + 1)), sniff.PNG, "frames")
    refused(floods.webp_with(MOST_FRAMES + 1), sniff.WEBP, "frames")
    assert told(floods.gif_of(480, 270, 1500), sniff.GIF).width == 480
    assert told(floods.webp_with(300), sniff.WEBP).width == 64


def test_a_picture_of_too_many_parts_is_refused() -> None:
    refused(floods.png_with(floods.chunk(b"quIt") * MOST_BLOCKS), sniff.PNG, "parts")
    refused(floods.jpeg_with_segments(MOST_BLOCKS), sniff.JPEG, "parts")
    refused(floods.jpeg_of_passes(64, MOST_PASSES), sniff.JPEG, "parts")
    refused(floods.gif_of(9, 9, 1, b"!\xfe" + b"\x01a" * MOST_PIECES + b"\x00"), sniff.GIF, "parts")
    refused(floods.webp_with(1) + b"JUNK\x00\x00\x00\x00" * MOST_BLOCKS, sniff.WEBP, "parts")
    assert told(floods.png_with(floods.chunk(b"quIt") * 100), sniff.PNG).width == 64
    assert told(floods.jpeg_with_segments(100), sniff.JPEG).width == 64
    assert told(floods.jpeg_of_passes(64, 5), sniff.JPEG).width == 64
    assert told(floods.gif_of(9, 9, 1, b"!\xfe" + b"\x01a" * 100 + b"\x00"), sniff.GIF).width == 9


def test_no_cut_or_changed_picture_makes_the_counters_fail() -> None:
    whole = [(floods.gif_of(9, 9, 3), sniff.GIF), (floods.webp_with(3), sniff.WEBP)]
    for data, kind in [*whole, (picture("PNG"), sniff.PNG), (picture("JPEG"), sniff.JPEG)]:
        for place in range(12, len(data), max(1, len(data) // 60)):
            for changed in (data[:place], data[:place] + b"\xff\xff\xff\xff" + data[place + 4 :]):
                try:
                    measure(io.BytesIO(changed), kind)
                except Unfit:
                    continue


def test_a_picture_in_a_sound_is_not_read() -> None:
    """It would be at once, when the sound is opened: 70 KB of it became 75 MB."""
    data = floods.mp3_with_picture(floods.png_of(5000, 5000))
    assert told(data, sniff.MP3).duration == pytest.approx(1, abs=0.2)
    assert len(bounded(lambda: inside.look(io.BytesIO(data), sniff.MP3))["peaks"]) > 40


def test_a_film_of_too_many_pixels_is_refused() -> None:
    data = film(320, 320, ending="webm", codec="libvpx", frames=2)
    said, more = b"\xb0\x82\x01\x40\xba\x82\x01\x40", b"\xb0\x82\x40\x00\xba\x82\x40\x00"
    frame, larger = b"\x9d\x01\x2a\x40\x01\x40\x01", b"\x9d\x01\x2a\xff\x3f\xff\x3f"
    assert said in data
    assert frame in data
    refused(data.replace(said, more).replace(frame, larger), sniff.WEBM, "pixels")


def test_a_list_of_names_without_end_is_not_read() -> None:
    assert bounded(lambda: sniff.sniff(io.BytesIO(floods.zip_of(20)), text_allowed=True)) == sniff.DOCX
    data = floods.zip_of(12_000)
    assert bounded(lambda: sniff.sniff(io.BytesIO(data), text_allowed=True)) is None
    # The same, hidden from who reads the last record only: the record for large archives says more.
    small = floods.zip_of(1)
    at = small.rindex(b"PK\x05\x06")
    large = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(16)
    assert sniff.sniff(io.BytesIO(small[:at] + large + small[at:]), text_allowed=True) is None


def test_the_cover_of_slides_is_counted_too() -> None:
    for image in (floods.jpeg_with_segments(MOST_BLOCKS), floods.jpeg_of_passes(64, MOST_PASSES), b"<svg>" * 99):
        show = io.BytesIO(slideshow({slides.PICTURE: image}))
        assert bounded(lambda show=show: inside.cover(show, sniff.PPTX)) == b""  # type: ignore[misc]


def test_a_text_is_read_piece_by_piece() -> None:
    """One expression over a text of nothing but line ends once took time by the square of its length."""
    for data, kind in [
        (b"a" * 100_000_000, sniff.TEXT),
        (b"[" + b"1," * 20_000_000 + b"1]", sniff.TEXT),  # too long to be read as JSON
        (b"[" * 5_000_000, sniff.TEXT),
        (b"1a" + b"\n" * 9_000_000, sniff.TEXT),
        (b"1\n" + b"\n" * 9_000_000 + b"x", sniff.TEXT),
        (b"9" * 9_000_000, sniff.TEXT),
    ]:
        file = io.BytesIO(data)
        found = bounded(lambda file=file: sniff.sniff(file, text_allowed=True))  # type: ignore[misc]
        assert found == kind
    late = b"a" * 3_000_000 + b"\xff"
    assert sniff.sniff(io.BytesIO(late), text_allowed=True) is None
    cut = ("a" * (1024 * 1024 - 1) + "纸" * 100).encode()  # a sign that stands across two pieces
    assert sniff.sniff(io.BytesIO(cut), text_allowed=True) == sniff.TEXT
