"""The stand-in's Suno: two clips that stream and then are whole, sounds that play, and every continuation."""

from __future__ import annotations

import io
from typing import Any

import av
import httpx
import pytest

from studio.sandbox.app import make_app
from tests.sandbox.rig import Rig

SONG = {"prompt": "[Verse]\nRain on the tin roof", "tags": "acoustic folk", "mv": "chirp-v4", "title": "Tin Roof"}
GENERATE, CONCAT, UPLOAD = "/suno/v2/generate", "/suno/v2/generate/concat", "/suno/v2/uploads/audio"
HUM = "https://files.example.com/hum.mp3"


def begin(rig: Rig, **changes: Any) -> list[str]:
    return [clip["id"] for clip in rig.post(GENERATE, SONG | changes).json()["clips"]]


def ask(rig: Rig, *ids: str) -> list[dict[str, Any]]:
    clips: list[dict[str, Any]] = rig.ask(f"/suno/v2/feed?ids={','.join(ids)}").json()["clips"]
    return clips


def made(rig: Rig, **changes: Any) -> list[dict[str, Any]]:
    ids = begin(rig, **changes)
    rig.step(30)
    return ask(rig, *ids)


def sound(rig: Rig, url: str) -> tuple[float, bytes]:
    """Its length in seconds, and its samples."""
    answer = rig.client.get(url)
    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content), "r") as opened:
        frames = list(opened.decode(audio=0))
    return sum(frame.samples for frame in frames) / frames[0].sample_rate, b"".join(bytes(f.planes[0]) for f in frames)


def test_one_request_makes_two_clips_and_its_own_state_says_nothing_of_them(rig: Rig) -> None:
    told = rig.post(GENERATE, SONG).json()
    assert told["status"] == "complete"
    assert [clip["status"] for clip in told["clips"]] == ["submitted", "submitted"]
    assert rig.ask(f"/suno/v2/feed?ids={told['id']}").json()["clips"] == []
    assert rig.ledger()["posts"][0]["charged"] == "10"


def test_a_clip_streams_before_it_is_whole(rig: Rig) -> None:
    ids = begin(rig)
    rig.step(2)
    streaming = ask(rig, *ids)[0]
    assert (streaming["status"], streaming["metadata"]["duration"]) == ("streaming", None)
    rig.step(30)
    first, second = ask(rig, *ids)
    assert (first["status"], first["metadata"]["duration"]) == ("complete", 12.0)
    early, _ = sound(rig, streaming["audio_url"])
    length, heard = sound(rig, first["audio_url"])
    assert early < 5
    assert length == pytest.approx(12, abs=0.2)
    assert heard != sound(rig, second["audio_url"])[1]
    assert max(heard) > 0


def test_a_clip_has_a_video_and_pictures(rig: Rig) -> None:
    clip = made(rig)[0]
    with av.open(io.BytesIO(rig.client.get(clip["video_url"]).content), "r") as opened:
        assert {stream.type for stream in opened.streams} == {"audio", "video"}
        assert float(opened.duration or 0) / 1_000_000 == pytest.approx(12, abs=1)
    assert rig.client.get(clip["image_url"]).headers["content-type"] == "image/jpeg"
    assert rig.client.get(clip["image_large_url"]).headers["content-type"] == "image/png"


def test_described_songs_get_their_lyrics_and_instrumentals_none(rig: Rig) -> None:
    described = {"prompt": "", "gpt_description_prompt": "a lullaby for a ship's cat", "tags": "", "title": ""}
    assert "lullaby" in made(rig, **described, make_instrumental=False)[0]["metadata"]["prompt"]
    assert made(rig, **described, make_instrumental=True)[0]["metadata"]["prompt"] == ""


def test_an_extension_is_joined_with_what_it_continues(rig: Rig) -> None:
    first = made(rig)[1]
    parts = made(rig, task="extend", continue_clip_id=first["id"], continue_at=10)
    assert parts[0]["metadata"]["history"] == [{"id": first["id"], "continue_at": 10}]
    told = rig.post(CONCAT, {"clip_id": parts[0]["id"], "is_infill": False}).json()
    assert (told["status"], told["metadata"]["type"]) == ("submitted", "concat")
    rig.step(30)
    whole = ask(rig, told["id"])[0]
    assert whole["metadata"]["duration"] == 22.0
    assert [each["id"] for each in whole["metadata"]["concat_history"]] == [first["id"], parts[0]["id"]]
    assert sound(rig, whole["audio_url"])[0] == pytest.approx(22, abs=0.2)


def test_a_cover_and_an_upload_that_goes_on(rig: Rig) -> None:
    told = rig.post(UPLOAD, {"url": HUM}).json()
    assert set(told) == {"clip_id", "duration"}
    assert ask(rig, told["clip_id"])[0]["metadata"]["type"] == "upload"
    on = made(rig, task="upload_extend", continue_clip_id=told["clip_id"], continue_at=20)
    assert on[0]["metadata"]["history"] == [{"id": told["clip_id"], "continue_at": 20}]
    cover = {"mv": "chirp-v4-tau", "task": "cover", "cover_clip_id": on[0]["id"], "generation_type": "TEXT"}
    assert made(rig, **cover)[0]["status"] == "complete"


def test_an_upload_must_be_there() -> None:
    away = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(404)))
    with httpx.Client(transport=httpx.WSGITransport(make_app(client=away)), base_url="http://sandbox.test") as client:
        answer = Rig(client).post(UPLOAD, {"url": HUM})
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        (GENERATE, {"mv": "chirp-v4", "tags": "folk"}, "prompt"),
        (GENERATE, {"prompt": "x"}, "mv"),
        (GENERATE, {"prompt": "", "mv": "chirp-v4"}, "tags"),
        (GENERATE, SONG | {"task": "extend"}, "continue_clip_id"),
        (GENERATE, SONG | {"task": "extend", "continue_clip_id": "nobody", "continue_at": 1}, "not found"),
        (GENERATE, SONG | {"task": "cover"}, "cover_clip_id"),
        (CONCAT, {"clip_id": "nobody"}, "not found"),
        (UPLOAD, {"url": "hum.mp3"}, "url"),
    ],
)
def test_what_cannot_be_is_refused(rig: Rig, path: str, body: dict[str, Any], word: str) -> None:
    answer = rig.post(path, body)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert word in answer.json()["detail"]
    assert rig.ledger()["charged"] == "0"


def test_only_a_complete_clip_goes_on_and_only_within_its_length(rig: Rig) -> None:
    ids = begin(rig)
    extend = SONG | {"task": "extend", "continue_clip_id": ids[0], "continue_at": 13}
    assert "not complete" in rig.post(GENERATE, extend).json()["detail"]
    rig.step(30)
    assert "continue_at" in rig.post(GENERATE, extend).json()["detail"]
    assert "no history" in rig.post(CONCAT, {"clip_id": ids[0]}).json()["detail"]


def test_its_errors_have_three_shapes(rig: Rig) -> None:
    assert rig.post(GENERATE, SONG | {"mv": "gpt-4"}).json()["error"]["code"] == "model_not_found"
    rig.play(own_error=1)
    answers = [rig.post(GENERATE, SONG) for _ in range(24)]
    assert {answer.status_code for answer in answers} == {402, 429, 200}
    assert {tuple(answer.json()) for answer in answers} == {("detail",), ("code", "message")}
    rig.play(no_inside_200=1)
    assert rig.post(UPLOAD, {"url": HUM}).json() == {"status": "error", "error": None}


def test_one_of_two_may_fail_and_gives_its_points_back(rig: Rig) -> None:
    rig.play(fail_task=0.5, seed=3)
    clips = made(rig)
    assert sorted(clip["status"] for clip in clips) == ["complete", "error"]
    assert next(clip for clip in clips if clip["status"] == "error")["metadata"]["error_message"]
    assert rig.ledger()["refunded"] == "5"
