"""OpenAI's calls for sound: speech as a binary answer, transcription and translation of an uploaded file."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import av

from studio.sandbox import members, parts
from studio.sandbox import openai_voice as voices
from studio.sandbox import openai_words as words
from studio.sandbox.members import Body, Refused
from studio.sandbox.openai import no, no_model, refused
from studio.sandbox.routes import Route
from studio.sandbox.wire import Answer, Request, as_events, as_json, as_text, error
from studio.sandbox.world import Post, World

SPEECH, HEAR, TRANSLATE = "/v1/audio/speech", "/v1/audio/transcriptions", "/v1/audio/translations"
MOST_BYTES = 4096  # of a text to speak: bytes, not characters
LARGEST_FILE = 25 * 1024 * 1024
POINTS = Decimal("0.1")  # for each second of sound
SPEAKERS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
OLD_VOICES = ("alloy", "echo", "fable", "onyx", "nova", "shimmer", "ash", "coral", "sage")
VOICES = (*OLD_VOICES, "ballad", "verse", "marin", "cedar")
LISTENERS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize")
WHISPER, DIARIZE = LISTENERS[0], LISTENERS[-1]
ENDINGS = (".flac", ".mp3", ".mp4", ".mpeg", ".mpga", ".m4a", ".ogg", ".wav", ".webm")
FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
LANGUAGES = {"en": "english", "zh": "chinese", "fr": "french", "de": "german", "ja": "japanese", "es": "spanish"}
STOCK = (
    "Good morning, and welcome to the team.",
    "Today we listen to a short recording.",
    "The tea is ready, and the boats leave at noon.",
    "Please note the last sentence as well.",
    "That is all for now.",
)
CHINESE_STOCK = (
    "早上好，欢迎加入团队。",
    "今天我们听一段简短的录音。",
    "茶已经泡好，船中午出发。",
    "请把最后一句也记下来。",
    "今天就到这里。",
)
SENTENCE = 2.5  # seconds of sound for each sentence that is heard


def speech(world: World, request: Request, post: Post) -> Answer:
    body = request.json()
    try:
        model, text, voice = (members.text(body, name) for name in ("model", "input", "voice"))
        if model not in SPEAKERS:
            return no_model(model)
        if len(text.encode()) > MOST_BYTES:
            return error(400, "input is too long (over 4096 characters)", code="text_too_long")
        _check_speech(body, model, text, voice)
        format_ = members.choice(body, "response_format", tuple(voices.FORMATS), "mp3")
        speed = members.number(body, "speed", 0.25, 4) if body.get("speed") is not None else 1.0
    except Refused as refusal:
        return refused(refusal)
    spoken, media_type = voices.speak(text, voice, speed, format_)
    world.charge(post, POINTS * (1 + len(text) // 15))
    return Answer(200, spoken, media_type)


def _check_speech(body: Body, model: str, text: str, voice: str) -> None:
    if not text.strip():
        raise Refused("field input is required")
    if voice not in (VOICES if model == SPEAKERS[-1] else OLD_VOICES):
        raise Refused(f"voice {voice or '(none)'} is not supported by {model}")
    if model != SPEAKERS[-1] and members.text(body, "instructions"):
        raise Refused(f"instructions is not supported by {model}")
    if members.choice(body, "stream_format", ("audio", "sse"), "audio") == "sse":
        raise Refused("stream_format sse is not offered here")


def hearing(*, translates: bool) -> Callable[[World, Request, Post], Answer]:
    """The handler of a transcription, or of a translation into English."""

    def handle(world: World, request: Request, post: Post) -> Answer:
        form = parts.form(request)
        file, texts = form.files.get("file"), dict(form.texts)
        model = texts.get("model") or WHISPER
        if file is None:
            return _upstream("file is required")
        if len(file.content) > LARGEST_FILE:
            return error(413, "Maximum content size limit (26214400) exceeded", "invalid_request_error")
        if model not in ((WHISPER,) if translates else LISTENERS):
            return no_model(model)
        try:
            seconds = _length(file)
            format_ = _format(texts, model)
        except Refused as refusal:
            return _upstream(str(refusal))
        if not format_:
            return error(500, "unexpected_response_format", code="unexpected_response_format")
        world.charge(post, POINTS * max(1, round(seconds)))
        language = "en" if translates else texts.get("language", "").lower()[:2] or "en"
        lines = _heard(file.content, seconds, language)
        if texts.get("stream") == "true" and model != WHISPER:
            return _streamed(lines, world.clock.speed)
        return _written(lines, format_, seconds, language, form, translates=translates)

    return handle


def _upstream(sentence: str) -> Answer:
    """What the service behind the gateway refuses, as this gateway tells it."""
    return error(500, sentence, "one_api_error", "request_error")


def _length(file: parts.Upload) -> float:
    """Seconds of sound in a file. Raises Refused for what is none, or is called by a name that hides its format."""
    if PurePosixPath(file.name).suffix.lower() not in ENDINGS:
        known = ", ".join(ending[1:] for ending in ENDINGS)
        raise Refused(f"Invalid file format. Supported formats: [{known}]")
    try:
        with av.open(io.BytesIO(file.content), "r") as container:
            if not container.streams.audio:
                raise Refused("Audio file holds no sound")
            return max(0.1, (container.duration or 0) / av.time_base)
    except (av.error.FFmpegError, ValueError) as fault:
        raise Refused("Audio file might be corrupted or unsupported") from fault


def _format(texts: Body, model: str) -> str:
    """The output format; "" for one that this gateway does not know."""
    asked = texts.get("response_format") or "json"
    if asked == "diarized_json" and model == DIARIZE:
        return "diarized_json"
    if asked not in FORMATS:
        return ""
    if model != WHISPER and asked not in ("json", "text"):
        raise Refused(f"response_format '{asked}' is not compatible with model '{model}'")
    return str(asked)


Line = tuple[float, float, str]  # when it begins and ends, in seconds, and what is said


def _heard(content: bytes, seconds: float, language: str) -> list[Line]:
    stock = CHINESE_STOCK if language == "zh" else STOCK
    count = max(1, min(200, int(seconds / SENTENCE)))
    first, each = words.number(content[:4096], len(content)), seconds / count
    return [
        (round(n * each, 2), round((n + 1) * each, 2), stock[(first + n) % len(stock) if count > 1 else 0])
        for n in range(count)
    ]


def _whole(lines: list[Line]) -> str:
    return " ".join(text for _, _, text in lines)


def _streamed(lines: list[Line], speed: float) -> Answer:
    text = _whole(lines)
    deltas = [{"type": "transcript.text.delta", "delta": piece} for piece in words.pieces(text)]
    return as_events([*deltas, {"type": "transcript.text.done", "text": text}], pause=1 / speed, done=False, named=True)


def _written(
    lines: list[Line], format_: str, seconds: float, language: str, form: parts.Form, *, translates: bool
) -> Answer:
    text, length = _whole(lines), round(seconds, 2)
    if format_ in {"text", "srt", "vtt"}:
        made = {"text": f"{text}\n", "srt": _srt(lines), "vtt": _vtt(lines)}[format_]
        return as_text(made, "text/plain")
    told: dict[str, Any] = {"text": text}
    if format_ == "json":
        told["usage"] = {"type": "duration", "seconds": max(1, round(seconds))}
    elif format_ == "diarized_json":
        names = form.every.get("known_speaker_names[]") or ("A", "B")
        told["segments"] = [
            {"id": f"seg_{n}", "start": start, "end": end, "text": said, "speaker": names[n % len(names)]}
            for n, (start, end, said) in enumerate(lines)
        ]
    else:
        about = {"task": "translate" if translates else "transcribe"}
        about |= {"language": LANGUAGES.get(language, language)}
        told = {**about, "duration": length, **told} | _details(lines, form)
    return as_json(told)


def _details(lines: list[Line], form: parts.Form) -> dict[str, Any]:
    """Segments unless only words were asked for, words where they were."""
    asked = form.every.get("timestamp_granularities[]") or ("segment",)
    told: dict[str, Any] = {}
    if "segment" in asked:
        told["segments"] = [
            {"id": n, "start": start, "end": end, "text": f" {said}"} for n, (start, end, said) in enumerate(lines)
        ]
    if "word" in asked:
        told["words"] = []
        for start, end, said in lines:
            spoken = said.split() or [said]
            step = (end - start) / len(spoken)
            for n, word in enumerate(spoken):
                at = start + n * step
                told["words"].append({"word": word.strip(",."), "start": round(at, 2), "end": round(at + step, 2)})
    return told


def _srt(lines: list[Line]) -> str:
    return "\n".join(
        f"{n}\n{_stamp(start, ',')} --> {_stamp(end, ',')}\n{said}\n" for n, (start, end, said) in enumerate(lines, 1)
    )


def _vtt(lines: list[Line]) -> str:
    cues = (f"{_stamp(start, '.')} --> {_stamp(end, '.')}\n{said}\n" for start, end, said in lines)
    return "WEBVTT\n\n" + "\n".join(cues)


def _stamp(seconds: float, point: str) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{round(seconds % 1 * 1000) % 1000:03}"


ROUTES = (
    Route("POST", SPEECH, speech, "Text to speech", "文本转语音", paid=True, no=no),
    Route("POST", HEAR, hearing(translates=False), "Speech to text", "语音转文字", paid=True, no=no),
    Route("POST", TRANSLATE, hearing(translates=True), "Speech to English text", "语音译为英文", paid=True, no=no),
)
