"""The sandbox speaks and listens: real sounds in every format, and transcripts in every shape."""

from __future__ import annotations

import io
import json
import math
import re
import struct
from functools import cache
from typing import Any

import av
import httpx
import pytest

from studio.sandbox import openai_voice as voices
from tests.sandbox.rig import Rig

SPEECH, HEAR, TRANSLATE = "/v1/audio/speech", "/v1/audio/transcriptions", "/v1/audio/translations"
SAY: dict[str, Any] = {"model": "tts-1", "input": "Welcome to the team.", "voice": "nova"}


@cache
def recording() -> bytes:
    return voices.speak("Good morning, this is a recording of some sentences. " * 2, "nova", 1, "mp3")[0]


def loudness(sound: bytes, container: str | None = None) -> tuple[float, float]:
    """Seconds, and how loud it is on the whole, from 0 to 1."""
    with av.open(io.BytesIO(sound), "r", format=container) as file:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=24_000)
        frames = [ready for frame in file.decode(audio=0) for ready in resampler.resample(frame)]
    samples = b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)
    values = struct.unpack(f"<{len(samples) // 2}h", samples)
    return len(values) / 24_000, math.sqrt(sum(v * v for v in values) / len(values)) / 32768


@pytest.mark.parametrize("format_", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_a_spoken_text_can_be_heard_in_every_format(rig: Rig, format_: str) -> None:
    answer = rig.post(SPEECH, SAY | {"response_format": format_})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == voices.FORMATS[format_][-1]
    sound = answer.content
    if format_ == "pcm":
        seconds, values = len(sound) / 48_000, struct.unpack(f"<{len(sound) // 2}h", sound)
        assert max(values) > 5000
    else:
        seconds, loud = loudness(sound)
        assert loud > 0.03
    assert 1.3 < seconds < 1.7
    assert rig.ledger()["charged"] != "0"


def test_speed_voice_and_text_are_heard(rig: Rig) -> None:
    def spoken(**changes: Any) -> bytes:
        return rig.post(SPEECH, SAY | {"response_format": "wav"} | changes).content

    slow, usual = loudness(spoken(speed=0.5))[0], loudness(spoken())[0]
    assert slow == pytest.approx(2 * usual, rel=0.02)
    assert len({spoken(), spoken(voice="onyx"), spoken(input="Welcome to the club.")}) == 3
    assert spoken() == spoken()
    assert loudness(spoken(input="欢迎"))[0] > 0.3


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"input": "茶" * 1366}, 400, "text_too_long"),
        ({"input": ""}, 400, "input is required"),
        ({"voice": None}, 400, "voice"),
        ({"voice": "marin"}, 400, "marin is not supported"),
        ({"instructions": "softly"}, 400, "instructions"),
        ({"speed": 5}, 400, "speed"),
        ({"response_format": "ogg"}, 400, "response_format"),
        ({"model": "tts-9"}, 503, "model_not_found"),
    ],
)
def test_what_cannot_be_spoken_is_refused_and_free(rig: Rig, changes: dict[str, Any], status: int, words: str) -> None:
    answer = rig.post(SPEECH, SAY | changes)
    assert answer.status_code == status
    assert words in answer.text
    assert rig.ledger()["charged"] == "0"


def test_the_longest_text_is_spoken(rig: Rig) -> None:
    assert rig.post(SPEECH, SAY | {"input": "茶" * 1365, "speed": 4}).status_code == 200


def hear(
    rig: Rig, path: str = HEAR, name: str = "talk.mp3", sound: bytes | None = None, **texts: Any
) -> httpx.Response:
    form = {"model": "whisper-1"} | {key.replace("__", "[]"): value for key, value in texts.items()}
    files = {"file": (name, recording() if sound is None else sound, "audio/mpeg")}
    return rig.client.post(path, data=form, files=files, headers={"Authorization": f"Bearer {rig.key}"})


def test_a_transcript_is_json_unless_something_else_is_asked_for(rig: Rig) -> None:
    told = hear(rig).json()
    assert told["text"].endswith(".")
    assert told["usage"] == {"type": "duration", "seconds": round(loudness(recording())[0])}
    assert hear(rig).json() == told
    assert re.search("[\u4e00-\u9fff]", hear(rig, language="zh").json()["text"])
    assert not re.search("[\u4e00-\u9fff]", hear(rig, TRANSLATE).json()["text"])


def test_details_tell_when_it_is_said(rig: Rig) -> None:
    told = hear(rig, response_format="verbose_json").json()
    assert (told["task"], told["language"]) == ("transcribe", "english")
    assert [set(each) for each in told["segments"]] == [{"id", "start", "end", "text"}] * len(told["segments"])
    assert told["segments"][-1]["end"] == pytest.approx(told["duration"], abs=0.1)
    assert "words" not in told
    words = hear(rig, response_format="verbose_json", timestamp_granularities__=["word"]).json()
    assert " ".join(each["word"] for each in words["words"])[:4] == told["text"][:4]
    assert "segments" not in words
    both = hear(rig, response_format="verbose_json", timestamp_granularities__=["word", "segment"]).json()
    assert both["words"]
    assert both["segments"]
    assert hear(rig, TRANSLATE, response_format="verbose_json").json()["task"] == "translate"


def test_subtitles_are_plain_text(rig: Rig) -> None:
    for format_, begins in (("srt", "1\n00:00:00,000 --> 00:00:0"), ("vtt", "WEBVTT\n\n00:00:00.000 --> ")):
        answer = hear(rig, response_format=format_)
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text.startswith(begins)
    assert hear(rig, response_format="text").text.strip() == hear(rig).json()["text"]


def test_speakers_are_told_apart_by_the_model_for_it(rig: Rig) -> None:
    told = hear(rig, model="gpt-4o-transcribe-diarize", response_format="diarized_json", known_speaker_names__="Ann")
    assert {each["speaker"] for each in told.json()["segments"]} == {"Ann"}
    two = hear(rig, model="gpt-4o-transcribe-diarize", response_format="diarized_json").json()
    assert {each["speaker"] for each in two["segments"]} == {"A", "B"}


def test_a_transcript_comes_as_a_stream_from_the_newer_models(rig: Rig) -> None:
    answer = hear(rig, model="gpt-4o-transcribe", stream="true")
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    text = "".join(event["delta"] for event in events[:-1])
    assert events[-1] == {"type": "transcript.text.done", "text": text}
    assert "event: transcript.text.delta" in answer.text
    assert "[DONE]" not in answer.text
    assert hear(rig, stream="true").json()["text"] == text


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"name": "talk.txt"}, 500, "Invalid file format"),
        ({"sound": b"no sound at all"}, 500, "corrupted"),
        ({"response_format": "xml"}, 500, "unexpected_response_format"),
        ({"response_format": "diarized_json"}, 500, "unexpected_response_format"),
        ({"model": "gpt-4o-transcribe", "response_format": "srt"}, 500, "request_error"),
        ({"model": "gpt-4o"}, 503, "model_not_found"),
        ({"path": TRANSLATE, "model": "gpt-4o-transcribe"}, 503, "model_not_found"),
        ({"sound": b"\0" * (25 * 1024 * 1024 + 1)}, 413, "size limit"),
    ],
)
def test_what_cannot_be_heard_is_refused_and_free(rig: Rig, given: dict[str, Any], status: int, words: str) -> None:
    answer = hear(rig, **given)
    assert answer.status_code == status
    assert words in answer.text
    assert rig.ledger()["charged"] == "0"


def test_a_form_without_a_file_is_refused(rig: Rig) -> None:
    no_form = rig.post(HEAR, {"model": "whisper-1"})
    assert no_form.status_code == 400
    key = {"Authorization": f"Bearer {rig.key}"}
    empty = rig.client.post(HEAR, files={"model": (None, "whisper-1")}, headers=key)
    assert (empty.status_code, "file is required" in empty.text) == (500, True)
