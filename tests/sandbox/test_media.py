"""The films are real: they play, last and measure what was asked for, and can be fetched in parts."""

from __future__ import annotations

import io
from array import array
from typing import Any

import av
import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from studio.sandbox.app import make_app
from studio.sandbox.film import FPS, Film, from_token
from studio.sandbox.lettering import fit, font_for, wrap
from studio.sandbox.music import film_mp4
from studio.sandbox.painting import Painter, preview
from tests.sandbox.rig import Rig

SHORT = Film("一只小猫 looks up", "16:9", 1, "gen3", "text")


@pytest.mark.parametrize(
    ("ratio", "seconds", "size"),
    [("16:9", 5, (640, 360)), ("9:16", 10, (360, 640))],
)
def test_the_film_lasts_and_measures_what_was_asked(rig: Rig, ratio: str, seconds: int, size: tuple[int, int]) -> None:
    task = rig.finished(ratio=ratio, options={"seconds": seconds}, prompt="一只小猫在雨后的街道上")
    answer = rig.client.get(task["video_url"])
    assert answer.headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(answer.content), "r") as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == size
        assert film.duration is not None
        assert abs(film.duration / av.time_base - seconds) <= 1 / FPS
        assert len(list(film.decode(video=0))) == seconds * FPS
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")


def test_the_stills_are_the_first_and_the_last_frame(rig: Rig) -> None:
    task = rig.finished(ratio="9:16")
    poster, last = (rig.client.get(task[name]) for name in ("poster", "last_frame"))
    assert (poster.headers["content-type"], last.headers["content-type"]) == ("image/jpeg", "image/png")
    pictures = [Image.open(io.BytesIO(answer.content)) for answer in (poster, last)]
    assert [(picture.format, picture.size) for picture in pictures] == [("JPEG", (360, 640)), ("PNG", (360, 640))]


def test_a_person_sees_it_move() -> None:
    painter = Painter(SHORT)
    change = ImageChops.difference(painter.frame(0), painter.frame(11)).convert("L")
    assert ImageStat.Stat(change).mean[0] > 3


def test_a_preview_is_a_small_picture_that_moves_once_for_each_second() -> None:
    with Image.open(io.BytesIO(preview(Film("x", "9:16", 3, "v3", "text")))) as moving:
        assert (moving.format, moving.size, moving.n_frames) == ("WEBP", (180, 320), 3)  # type: ignore[attr-defined]


def test_a_film_may_move_and_sound() -> None:
    with av.open(io.BytesIO(film_mp4(SHORT)), "r") as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (640, 360)
        assert len(list(film.decode(video=0))) == FPS
    with av.open(io.BytesIO(film_mp4(SHORT)), "r") as film:
        heard = [max(array("f", bytes(frame.planes[0]))) for frame in film.decode(audio=0)]
        assert max(heard) > 0.05


def test_the_picture_carries_the_prompt() -> None:
    wordless = Painter(Film(" ", "16:9", 1, "gen3", "text")).frame(0)
    worded = Painter(SHORT).frame(0)
    assert worded.convert("L").histogram()[255] > wordless.convert("L").histogram()[255] + 1000


@pytest.mark.parametrize("ratio", ["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "1280:768", "1279:767", "1:9999"])
def test_any_ratio_gives_even_sides_of_that_ratio(ratio: str) -> None:
    width, height = Film("x", ratio, 5, "gen3", "text").size
    wide, high = map(int, ratio.split(":"))
    assert width % 2 == height % 2 == 0
    assert abs(width / height - min(4, max(0.25, wide / high))) < 0.02
    assert width * height < 2 * 640 * 360


@pytest.mark.parametrize("text", ["", "x" * 240, "一只小猫" * 60, "word " * 48, "emoji 🚣 mixed 文字", "a\nb\tc"])
def test_any_prompt_fits_in_the_picture(text: str) -> None:
    face, lines, leading = fit(text, 300, 200, (40, 30, 20))
    assert len(lines) * leading <= 200
    assert all(face.getlength(line) <= 320 for line in lines)


def test_chinese_breaks_anywhere_and_english_between_words() -> None:
    latin, chinese = font_for("one", 20), font_for("一", 20)  # as wide as this machine's fonts are
    assert wrap("one two three", latin, round(latin.getlength("one two") + 1)) == ["one two", "three"]
    width = round(chinese.getlength("一只小猫") + 1)
    assert wrap("一只小猫在雨后的街道上", chinese, width) == ["一只小猫", "在雨后的", "街道上"]


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-16", 206, slice(-16, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=0-1,5-6", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("rows=1-2", 200, slice(0, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=9-3", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(rig: Rig, wanted: str, status: int, part: slice) -> None:
    link = rig.finished()["poster"]
    whole = rig.client.get(link).content
    answer = rig.client.get(link, headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (status, whole[part])
    if status == 206:
        start = part.start % len(whole) if part.start else 0
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(answer.content) - 1}/{len(whole)}"
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_part_of_another_version_is_answered_with_the_whole(rig: Rig) -> None:
    link = rig.finished()["poster"]
    whole = rig.client.get(link)
    kept = rig.client.get(link, headers={"Range": "bytes=0-1", "If-Range": whole.headers["etag"]})
    other = rig.client.get(link, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (kept.status_code, other.status_code) == (206, 200)


def test_a_link_dies_after_a_day(rig: Rig) -> None:
    link = rig.finished()["poster"]
    rig.step(23 * 3600)
    assert rig.client.get(link).status_code == 200
    rig.step(2 * 3600)
    gone = rig.client.get(link)
    assert (gone.status_code, gone.headers["content-type"]) == (403, "application/xml; charset=utf-8")


def test_a_link_outlives_a_restart(rig: Rig) -> None:
    link = rig.finished()["poster"]
    with httpx.Client(transport=httpx.WSGITransport(app=make_app())) as another:
        assert another.get(link).content == rig.client.get(link).content


@pytest.mark.parametrize("change", [("film=", "film=x"), ("/poster.jpg", "/other.jpg"), ("expires=", "ends=")])
def test_a_link_that_was_changed_leads_nowhere(rig: Rig, change: tuple[str, str]) -> None:
    assert rig.client.get(rig.finished()["poster"].replace(*change)).status_code in {403, 404}


@pytest.mark.parametrize("token", ["", "x", "!!!", "eJw", Film("x", "0:1", 5, "m", "t").token, "eNqLjgUAARUAuQ"])
def test_a_token_that_is_none_of_ours_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="of ours"):
        from_token(token)


def test_a_token_gives_the_film_back() -> None:
    assert from_token(SHORT.token) == SHORT


def test_a_long_prompt_keeps_the_link_short(rig: Rig) -> None:
    words: Any = " ".join(f"{number}th wave" for number in range(400))
    assert len(rig.finished(prompt=words)["video_url"]) < 1000
