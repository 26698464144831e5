"""OpenAI's live conversation over a web socket as its fact sheet tells it: one turn in writing, answered in speech."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from studio.sandbox import members
from studio.sandbox import openai_voice as voices
from studio.sandbox import openai_words as words
from studio.sandbox.members import Body, Refused
from studio.sandbox.openai import STREAM_SECONDS, no_model
from studio.sandbox.routes import Route
from studio.sandbox.wire import CLOSED, Answer, Broken, Request, error
from studio.sandbox.world import Post, World

REALTIME = "/v1/realtime"
MODELS = re.compile(r"gpt-(4o-(mini-)?realtime-preview[\w.-]{0,40}|realtime[\w.-]{0,40})")
NEWER = "gpt-realtime"
VOICES = ("alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
SOUNDS = ("pcm16", "g711_ulaw", "g711_alaw")
POINTS = Decimal("0.05")  # for each token
PIECE = 10_000  # bytes of sound in one event: no multiple of three, so that each is filled up by itself
FAULTS = ("hang", "no-answer", "cut-answer", "stream-cut", "stream-error", "error-after")
Event = dict[str, Any]


def realtime(world: World, request: Request, post: Post) -> Answer:
    model = request.query.get("model", "")
    if not MODELS.fullmatch(model):
        return no_model(model)
    if request.headers.get("upgrade", "").lower() != "websocket":
        return error(400, "a websocket upgrade is required", "invalid_request_error", "websocket_required")
    return Answer(101, b"", talk=Conversation(world, post, model), pause=STREAM_SECONDS / world.clock.speed)


class Conversation:
    """One session. It answers once: who asks again while it answers, or after, is told so."""

    def __init__(self, world: World, post: Post, model: str) -> None:
        self.world, self.post, self.model = world, post, model
        self.session: Body = {"id": f"sess_{uuid.uuid4().hex[:24]}", "model": model, "voice": "alloy"}
        self.said: list[str] = []
        self.has_answered = False

    @property
    def is_newer(self) -> bool:
        """Does it use the newer names of events?"""
        return self.model.startswith(NEWER) or self.session.get("type") == "realtime"

    def opening(self) -> Iterator[Event]:
        yield {"type": "session.created", "event_id": _id("event"), "session": self.session}

    def hear(self, text: str) -> Iterator[Event]:
        try:
            frame = json.loads(text)
            if not isinstance(frame, dict):
                raise Refused("a frame must be an object")
            yield from self.take(frame)
        except (ValueError, RecursionError):
            yield _error("The frame is no JSON.", "invalid_json")
        except Refused as refusal:
            yield _error(str(refusal), "invalid_value")

    def take(self, frame: Body) -> Iterator[Event]:
        kind = members.text(frame, "type")
        if kind == "session.update":
            self.session |= _checked(members.inner(frame, "session"))
            yield {"type": "session.updated", "event_id": _id("event"), "session": self.session}
        elif kind == "conversation.item.create":
            self.said.append(_words(members.inner(frame, "item")))
            yield {"type": "conversation.item.created", "event_id": _id("event"), "item": frame["item"]}
        elif kind == "input_audio_buffer.append":
            members.text(frame, "audio")
        elif kind == "input_audio_buffer.commit":
            self.said.append("the recording")
            yield {"type": "input_audio_buffer.committed", "event_id": _id("event")}
        elif kind == "response.create":
            if self.has_answered:
                raise Refused("Conversation already has an active response")
            self.has_answered = True
            yield from self.answer()
        else:
            raise Refused(f"Invalid value: '{kind}'. It is no type of a client event.")

    def answer(self) -> Iterator[Event]:
        prompt = " ".join(self.said)
        brief = "brief" in str(self.session.get("instructions", "")).lower()
        limit = self.session.get("max_response_output_tokens")
        text, reason = words.cut(words.reply(prompt, brief=brief), limit if isinstance(limit, int) else None, [])
        speaks = "audio" in (self.session.get("output_modalities") or self.session.get("modalities") or ["audio"])
        self.world.charge(self.post, POINTS * (words.tokens(prompt) + words.tokens(text)))
        fault = self.fault()
        if fault == "error-after":
            yield {"type": "error", "error": "bad response body"}
            raise Broken("leave", Answer(200, b""))
        response: Body = {"id": _id("resp"), "object": "realtime.response"}
        yield {"type": "rate_limits.updated", "event_id": _id("event"), "rate_limits": []}
        yield {"type": "response.created", "response": response | {"status": "in_progress", "output": []}}
        if fault == "hang":
            raise Broken("hang", Answer(200, b""))
        if fault == "no-answer":
            raise Broken("close", Answer(200, b""))
        deltas = list(self.deltas(text, speaks))
        yield from deltas[: len(deltas) // 2] if fault else deltas
        if fault in {"cut-answer", "stream-cut"}:
            raise Broken("stop", Answer(200, b""))
        yield self.end(response, text, prompt, speaks=speaks, failed=bool(fault), cut=reason == "length")

    def end(self, response: Body, text: str, prompt: str, *, speaks: bool, failed: bool, cut: bool) -> Event:
        content = {"type": "audio", "transcript": text} if speaks else {"type": "text", "text": text}
        told: Body = {"status": "completed", "output": [{"type": "message", "role": "assistant", "content": [content]}]}
        if cut:
            told |= {"status": "incomplete", "status_details": {"type": "incomplete", "reason": "max_output_tokens"}}
        if failed:
            why = {"type": "server_error", "code": "bad_response", "message": CLOSED}
            told = {"status": "failed", "output": [], "status_details": {"type": "failed", "error": why}}
        asked, said = words.tokens(prompt), words.tokens(text)
        usage = {"input_tokens": asked, "output_tokens": said, "total_tokens": asked + said}
        return {"type": "response.done", "event_id": _id("event"), "response": response | told | {"usage": usage}}

    def deltas(self, text: str, speaks: bool) -> Iterator[Event]:
        """The text in pieces, and behind each as much of the sound."""
        infix = "output_" if self.is_newer else ""
        pieces = words.pieces(text)
        if not speaks:
            yield from ({"type": f"response.{infix}text.delta", "delta": piece} for piece in pieces)
            return
        sound = self.sound(text)
        chunks = [sound[at : at + PIECE] for at in range(0, len(sound), PIECE)]
        for at, piece in enumerate(pieces):
            yield {"type": f"response.{infix}audio_transcript.delta", "delta": piece}
            share = slice(len(chunks) * at // len(pieces), len(chunks) * (at + 1) // len(pieces))
            for chunk in chunks[share]:
                yield {"type": f"response.{infix}audio.delta", "delta": base64.b64encode(chunk).decode()}

    def sound(self, text: str) -> bytes:
        asked = self.session.get("output_audio_format", "pcm16")
        return voices.speak(text, str(self.session["voice"]), 1.0, "pcm" if asked == "pcm16" else asked)[0]

    def fault(self) -> str:
        with self.world.lock:
            found = next((name for name in FAULTS if self.world.dice.roll(name)), "")
        self.post.faults += [found] if found else []
        return found


def _id(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:16]}"


def _error(message: str, code: str) -> Event:
    inner = {"type": "invalid_request_error", "code": code, "message": message, "param": None}
    return {"type": "error", "event_id": _id("event"), "error": inner}


def _checked(session: Body) -> Body:
    """The settings of a session. Raises Refused for one that is none."""
    for name in ("modalities", "output_modalities"):
        asked = session.get(name, ["text"])
        if not isinstance(asked, list) or not asked or not set(map(str, asked)) <= {"text", "audio"}:
            raise Refused(f"session.{name} is invalid")
    if session.get("modalities") == ["audio"]:
        raise Refused("session.modalities: audio comes with text")
    members.choice(session, "voice", VOICES)
    members.text(session, "instructions")
    for name in ("input_audio_format", "output_audio_format"):
        members.choice(session, name, SOUNDS)
    members.choice(session, "type", ("realtime",))
    for name in ("turn_detection", "input_audio_transcription"):
        members.inner(session, name, "session.")
    if "temperature" in session:
        members.number(session, "temperature", 0.6, 1.2, "session.")
    most = session.get("max_response_output_tokens", "inf")
    if most != "inf" and (isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= 4096):
        raise Refused('session.max_response_output_tokens is a whole number from 1 to 4096, or "inf"')
    return session


def _words(item: Body) -> str:
    content = item.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    texts = [members.text(part, "text") for part in parts if part.get("type") == "input_text"]
    if members.text(item, "type") != "message" or not parts:
        raise Refused("item must be a message with content")
    return " ".join(texts)


ROUTES = (Route("GET", REALTIME, realtime, "Live conversation (web socket)", "实时对话（WebSocket）", paid=True),)
