"""What is told of a file when it is kept: loudness, vectors, titles; bounded, and never a reason to lose the file."""

from __future__ import annotations

import base64
import io
import json
import math
import struct
import wave
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.files import inside, slides, sniff, vectors, waveform
from tests.files.samples import picture, slideshow, sound

TITLED = (
    '<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>'
    "<p:sp><p:txBody><a:p><a:r><a:t>A note</a:t></a:r></a:p></p:txBody></p:sp>"
    '<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>'
    "<p:txBody><a:p><a:r><a:t>Paper </a:t></a:r><a:r><a:t>&lt;boats&gt;</a:t></a:r></a:p></p:txBody></p:sp>"
    "</p:spTree></p:cSld></p:sld>"
)


def told(data: bytes) -> dict[str, Any]:
    file = io.BytesIO(data)
    kind = sniff.sniff(file, text_allowed=True)
    assert kind
    return inside.look(file, kind)


def ramp(seconds: int = 2, rate: int = 22050) -> bytes:
    """A tone that grows from nothing to full in stereo."""
    file = io.BytesIO()
    count = seconds * rate
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(rate)
        tone = (round(30000 * at / count * math.sin(at / 9)) for at in range(count))
        written.writeframes(b"".join(struct.pack("<hh", each, each) for each in tone))
    return file.getvalue()


def recoded(data: bytes, ending: str, codec: str) -> bytes:
    made = io.BytesIO()
    with av.open(io.BytesIO(data), "r") as source, av.open(made, "w", format=ending) as target:
        stream: Any = target.add_stream(codec, rate=44100)
        resampler = av.AudioResampler(format=stream.format.name, layout="stereo", rate=44100)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                part.pts = None
                target.mux(stream.encode(part))
        target.mux(stream.encode())
    return made.getvalue()


@pytest.mark.parametrize(("ending", "codec"), [("wav", ""), ("mp3", "mp3"), ("ipod", "aac"), ("flac", "flac")])
def test_a_sound_that_grows_has_peaks_that_grow(ending: str, codec: str) -> None:
    data = recoded(ramp(), ending, codec) if codec else ramp()
    peaks = told(data)["peaks"]
    assert 90 <= len(peaks) <= waveform.BARS
    assert max(peaks) == 100
    quarters = [peaks[len(peaks) * at // 4] for at in range(4)]
    assert quarters == sorted(quarters)
    assert quarters[1] == pytest.approx(25, abs=6)


def test_silence_is_flat_and_a_long_sound_has_no_more_bars() -> None:
    assert set(told(sound(1))["peaks"]) == {0}
    assert len(told(sound(60))["peaks"]) == waveform.BARS


def test_a_sound_that_takes_too_long_or_is_cut_is_kept_without_peaks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inside.look(io.BytesIO(b"ID3" + bytes(400)), sniff.MP3) == {}
    monkeypatch.setattr(waveform, "SECONDS", -1)
    assert told(ramp()) == {}


@given(st.lists(st.integers(0, 32768), max_size=900), st.integers(1, 300))
def test_fewer_bars_never_lose_the_loudest(values: list[int], bars: int) -> None:
    found = waveform.reduced(values, bars)
    assert len(found) == min(len(values), bars)
    assert max(found, default=0) == max(values, default=0)
    assert all(0 <= each <= 100 for each in waveform.levelled(values))


def test_embeddings_are_found_in_every_shape_they_come_in() -> None:
    plain = [[float(at + shift) for at in range(8)] for shift in (0, 1)]
    packed = [{"index": 0, "embedding": base64.b64encode(struct.pack("<8f", *each)).decode()} for each in plain]
    listed = [{"embedding": each} for each in plain]
    for value in ({"object": "list", "data": listed}, listed, plain, packed, {"data": packed}):
        assert [list(each) for each in vectors.found_in(value)] == plain
    assert [list(each) for each in vectors.found_in(plain[0])] == plain[:1]


@pytest.mark.parametrize(
    "value",
    [
        *(None, {}, [], [[]], [1, 2], [[1] * 8, [1] * 9], {"data": "x"}, [True] * 8, [float("nan")] * 8),
        *([{"embedding": "!!"}], [{"embedding": "AAAA"}], [10**400] * 8, ["text"] * 8, [[[1] * 8]]),
    ],
)
def test_other_values_are_no_embeddings(value: object) -> None:
    assert vectors.found_in(value) == []


def test_likeness_tells_alike_across_and_opposite() -> None:
    one, across, back, none = [1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [0.0, 0.0]
    assert vectors.likeness([one, across, back, none])[0] == [1.0, 0.0, -1.0, 0.0]


def test_places_keep_groups_apart_along_the_first_axis() -> None:
    group = [[10.0, 1.0, 0, 0, 0, 0, 0, 0], [10.0, -1.0, 0, 0, 0, 0, 0, 0]]
    other = [[-10.0, 1.0, 0, 0, 0, 0, 0, 0], [-10.0, -1.0, 0, 0, 0, 0, 0, 0]]
    found = vectors.places([*group, *other])
    assert {(x, abs(y)) for x, y in found[:2]} == {(100, 10)}
    assert {(x, abs(y)) for x, y in found[2:]} == {(-100, 10)}


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8), min_size=3, max_size=9))
@settings(max_examples=60, deadline=None)
def test_principal_axes_hold_no_more_than_there_is(found: list[list[float]]) -> None:
    middle = vectors.centred(found)
    whole = sum(vectors.dot(each, each) for each in middle)
    first, second = vectors.principal(found)
    strengths = [vectors.dot(axis, axis) for axis in (first, second)]
    assert sum(strengths) <= whole * 1.001 + 1e-6
    assert strengths[0] >= max(vectors.dot(column, column) for column in zip(*middle, strict=True)) * 0.5 - 1e-6
    assert all(-100 <= number <= 100 for place in vectors.places(found) for number in place)


def test_many_long_vectors_are_told_in_bounded_time_and_space() -> None:
    found = [[math.sin(row * 7 + at) for at in range(256)] for row in range(vectors.MOST + 40)]
    about = vectors.about(found)
    assert about["count"] == vectors.MOST + 40
    assert len(about["rows"]) == len(about["places"]) == vectors.MOST
    assert len(json.dumps(about)) < 40_000


def test_json_without_vectors_and_text_tell_how_they_begin() -> None:
    assert told(b'{"a": 1}') == {"begins": '{"a": 1}', "characters": 8}
    assert told(("汉" * 900).encode()) == {"begins": "汉" * inside.BEGINS, "characters": 900}
    assert told(json.dumps([[0.5] * 8]).encode())["vectors"]["dimensions"] == 8


def test_what_is_told_is_json_that_any_database_keeps_however_large_the_numbers_are() -> None:
    found = told(json.dumps([[1e200] * 8, [-1e300] * 8]).encode())
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["vectors"]["rows"][0] == [None, [1e200] * vectors.NUMBERS]


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("1\n00:00:00,000 --> 00:00:02,500\nHello\n", ".srt"),
        ("WEBVTT\n\n00:00.000 --> 00:02.500\nHello\n", ".vtt"),
        ("WEBVTTX", ".txt"),
        ("1\nHello", ".txt"),
    ],
)
def test_subtitles_are_told_from_other_texts(text: str, ending: str) -> None:
    found = sniff.sniff(io.BytesIO(text.encode()), text_allowed=True)
    assert found
    assert (found.ending, found.media_type) == (ending, "text/plain")


def test_slides_tell_their_titles_in_order() -> None:
    parts: dict[str, bytes | str] = {f"ppt/slides/slide{at}.xml": f"<a>{at}</a>" for at in (10, 2)}
    show = slideshow(parts | {"ppt/slides/slide1.xml": TITLED, "docProps/thumbnail.jpeg": picture("JPEG", (900, 500))})
    assert told(show) == {"pages": 3, "titles": ["Paper <boats>", "", ""]}
    cover = inside.cover(io.BytesIO(show), sniff.PPTX)
    assert cover.startswith(b"\xff\xd8\xff")
    assert len(cover) < 40_000


def test_slides_that_are_bombs_tell_nothing_of_themselves() -> None:
    entities = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><p:sp xmlns:p="p"><p:t>&c;</p:t></p:sp>'
    flood = "<a>" + " " * (slides.MOST_XML + 1) + "</a>"
    show = slideshow({"ppt/slides/slide1.xml": entities, "ppt/slides/slide2.xml": flood})
    assert len(show) < 20_000
    assert told(show) == {"pages": 2, "titles": ["", ""]}
    huge = slideshow({"docProps/thumbnail.jpeg": bytes(slides.MOST_PICTURE + 1)})
    assert inside.cover(io.BytesIO(huge), sniff.PPTX) == b""
    assert inside.cover(io.BytesIO(slideshow({"docProps/thumbnail.jpeg": b"<svg/>"})), sniff.PPTX) == b""


def test_a_pdf_tells_its_pages_where_it_says_so() -> None:
    page = b"<< /Type /Page /Parent 1 0 R >>"
    assert told(b"%PDF-1.4\n<< /Type /Pages /Count 2 >>" + page * 2) == {"pages": 2}
    assert told(b"%PDF-1.7 packed") == {}
