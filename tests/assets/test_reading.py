"""Kept files as pages show them: read within bounds, told apart, and never markup."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from studio.assets import reading
from studio.assets.models import Asset, Keeping
from studio.assets.templatetags.media import role_name
from studio.files import sniff, vectors
from studio.teams.models import Team, User
from tests.factories import make_asset, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
Keep = Callable[..., Asset]
SRT = "1\n00:00:00,500 --> 00:00:02,000\nHello\nyou\n\n2\n00:01:02,000 --> 00:01:03,000\n<b>再见</b>\n"


@pytest.fixture
def keep(team: Team, alice: User, settings: Settings, tmp_path: Path) -> Keep:
    """Keeps these bytes as the one result of a task."""
    settings.MEDIA_ROOT = tmp_path

    def make(data: bytes, kind: sniff.Type, inside: dict[str, Any] | None = None, **task: Any) -> Asset:
        given: dict[str, Any] = {"keeping": Keeping.KEPT, "sha256": "ab" * 32, "kept_at": timezone.now()}
        given |= {"kind": kind.kind, "media_type": kind.media_type, "size": len(data), "inside": inside or {}}
        asset = make_asset(make_task(team, alice, state="succeeded", **task), **given)
        asset.file.save(f"1{kind.ending}", ContentFile(data))
        return asset

    return make


def shown(asset: Asset) -> str:
    return render_to_string("assets/_media.html", {"assets": [asset]})


def test_a_text_is_read_as_it_is_and_is_no_markup(keep: Keep) -> None:
    page = shown(keep(b"a <b>boat</b> & more", sniff.TEXT))
    assert "a &lt;b&gt;boat&lt;/b&gt; &amp; more" in page
    assert "Show all" not in page
    assert "20 characters" in page


def test_a_long_text_is_folded_and_a_huge_one_is_cut(keep: Keep) -> None:
    assert "Show all" in shown(keep(b"line\n" * 40, sniff.TEXT))
    words = reading.words(keep(("汉" * reading.SHOWN).encode(), sniff.TEXT))
    assert words
    assert (words.cut, set(words.text)) == (True, {"汉"})


def test_a_file_that_is_gone_or_empty_says_so(keep: Keep) -> None:
    asset = keep(b"text", sniff.TEXT)
    Path(asset.file.path).unlink()
    assert "not in the media folder any more" in shown(asset)
    assert "The text is empty" in shown(keep(b"", sniff.TEXT))


def test_subtitles_are_shown_by_their_times(keep: Keep) -> None:
    assert reading.cues(SRT) == [reading.Cue("00:00:00", "Hello\nyou"), reading.Cue("00:01:02", "<b>再见</b>")]
    assert reading.cues("WEBVTT\r\n\r\nNOTE x\r\n\r\n01:02.000 --> 01:03.000 align:start\r\nHi") == [
        reading.Cue("01:02", "Hi")
    ]
    page = shown(keep(SRT.encode(), sniff.SRT))
    assert "2 subtitles" in page
    assert "<b>再见" not in page


def test_json_is_laid_out_with_its_numbers_as_they_came(keep: Keep) -> None:
    words = reading.words(keep(b'{"a":1.0,"b":["\xe6\xb1\x89"]}', sniff.JSON))
    assert words
    assert words.text == '{\n  "a": 1.0,\n  "b": [\n    "汉"\n  ]\n}'
    broken = reading.words(keep(b'{"a":NaN}', sniff.JSON))
    assert broken
    assert broken.text == '{"a":NaN}'


@pytest.mark.parametrize(
    ("values", "prompt", "texts"),
    [
        ({"input": ["a boat", "a ship"]}, "", ["a boat", "a ship"]),
        ({"input": ["a boat"]}, "", ["", ""]),
        ({"input": ["a", "b"], "other": ["c", "d"]}, "", ["", ""]),
        ({"input": [[1, 2], [3]]}, "a boat", ["", ""]),
    ],
)
def test_embeddings_stand_beside_the_texts_they_were_made_of(
    keep: Keep, values: dict[str, Any], prompt: str, texts: list[str]
) -> None:
    told = {"vectors": vectors.about([[1.0] + [0.0] * 7, [0.6, 0.8] + [0.0] * 6])}
    asset = keep(b"[]", sniff.JSON, told, values=values, prompt=prompt)
    found = reading.embeddings(asset)
    assert [row.text for row in found.rows] == texts
    assert found.likeness[0].cells == [(1.0, 10), (0.6, 6)]
    assert "2 embeddings of 8 dimensions each" in shown(asset)


def test_a_single_embedding_is_a_strip(keep: Keep) -> None:
    asset = keep(b"[]", sniff.JSON, {"vectors": vectors.about([[0.5, -1.0] * 4])}, values={"input": "x"}, prompt="x")
    found = reading.embeddings(asset)
    assert found.stripes[:2] == [(0, 0.5, False), (1, 1.0, True)]
    assert found.rows[0].text == "x"
    assert shown(asset).count("<rect") == 8


def test_a_sound_is_drawn_where_its_loudness_is_known(keep: Keep) -> None:
    drawn = reading.wave(keep(b"x", sniff.WAV, {"peaks": [0, 50, 100]}))
    assert drawn == reading.Wave("M0.5 49V51M1.5 26V74M2.5 2V98", 3)
    assert "data-sound" not in shown(keep(b"x", sniff.WAV))


def test_the_wall_shows_a_glimpse_of_every_kind(keep: Keep, signed_in: Callable[[User], Client], alice: User) -> None:
    keep(b"words", sniff.TEXT, {"begins": "It <begins> so", "characters": 5})
    keep(b"x", sniff.WAV, {"peaks": [9] * 20})
    keep(b"[]", sniff.JSON, {"vectors": vectors.about([[float(a == b) for a in range(8)] for b in range(4)])})
    keep(b"x", sniff.PPTX, {"pages": 3, "titles": [], "cover": True})
    keep(b"x", sniff.PDF)
    page = signed_in(alice).get("/results/").content.decode()
    for part in ("It &lt;begins&gt; so", "data-sound", "<circle", "cover.jpg", ".pdf"):
        assert part in page


@pytest.mark.parametrize(
    ("role", "en", "zh"),
    [("mask", "Mask", "蒙版"), ("thumbnail", "Thumbnail", "缩略图"), ("depth_map", "depth map", "depth map")],
)
def test_what_comes_beside_a_result_is_named_in_both_languages(role: str, en: str, zh: str) -> None:
    beside = Asset(role=role)
    assert role_name(beside) == en
    with override("zh-hans"):
        assert role_name(beside) == zh
