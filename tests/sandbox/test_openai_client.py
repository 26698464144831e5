"""OpenAI's own Python client, its base address set to the sandbox and nothing else changed."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import openai
import pytest
from openai import OpenAI

from studio.sandbox.app import make_app
from studio.sandbox.openai_voice import speak
from studio.sandbox.server import Server

ASK: list[Any] = [{"role": "user", "content": "Why is the sky blue?"}]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(make_app(speed=2000, ticking=True), "127.0.0.1", 0) as server:
        yield server


@pytest.fixture
def play(server: Server) -> Iterator[Any]:
    """Switches faults on; they are off again afterwards."""

    def turn(**shares: float) -> None:
        told = {"seed": 1, "faults": {name.replace("_", "-"): share for name, share in shares.items()}}
        httpx.post(f"{server.url}/_sandbox/faults", json=told).raise_for_status()

    yield turn
    turn()


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server.url}/v1", api_key="sk-test-1234", max_retries=0, timeout=20) as client:
        yield client


def test_chat_at_once_and_as_a_stream(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="gpt-4o-mini", messages=ASK)
    text = whole.choices[0].message.content
    assert text
    assert "sky blue" in text
    assert whole.usage
    stream = client.chat.completions.create(
        model="gpt-4o-mini", messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    events = list(stream)
    pieces = [event.choices[0].delta.content or "" for event in events if event.choices]
    assert "".join(pieces) == text
    assert len(pieces) > 10
    assert events[-1].usage == whole.usage


def test_a_tool_is_called_with_pieces_that_fit_together(client: OpenAI) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tools: list[Any] = [{"type": "function", "function": {"name": "weather", "parameters": schema}}]
    with client.chat.completions.stream(
        model="gpt-4o-mini", messages=ASK, tools=tools, tool_choice="required"
    ) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    calls = choice.message.tool_calls
    assert calls
    assert calls[0].function.name == "weather"
    assert calls[0].function.arguments == '{"city": "sky blue"}'


def test_a_text_is_continued(client: OpenAI) -> None:
    body: dict[str, Any] = {"model": "gpt-3.5-turbo-instruct", "prompt": "Slogan for a tea shop:", "max_tokens": 60}
    text = client.completions.create(**body).choices[0].text
    assert text
    assert "".join(each.choices[0].text for each in client.completions.create(**body, stream=True)) == text


def test_numbers_are_the_same_whichever_way_they_come(client: OpenAI) -> None:
    body: dict[str, Any] = {"model": "text-embedding-3-small", "input": ["green tea", "black tea"], "dimensions": 64}
    asked_as_base64 = client.embeddings.create(**body)  # which the client does by itself, and unpacks
    plain = client.embeddings.create(**body, encoding_format="float")
    for one, other in zip(asked_as_base64.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
        assert math.dist(one.embedding, [0] * 64) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("format_", ["mp3", "flac", "wav"])
def test_speech_goes_to_a_file_that_plays(client: OpenAI, tmp_path: Path, format_: Any) -> None:
    path = tmp_path / f"speech.{format_}"
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="nova", input="Welcome to the team.", response_format=format_
    ) as answer:
        answer.stream_to_file(path)
    with av.open(str(path)) as sound:
        seconds = sum(frame.samples / frame.sample_rate for frame in sound.decode(audio=0))
    assert 1.3 < seconds < 1.7
    assert client.audio.speech.create(model="tts-1", voice="nova", input="Hi.").content[:3] == b"ID3"


def test_a_recording_is_written_down_and_translated(client: OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(speak("A recording of some length, so that there is something to hear.", "nova", 1, "mp3")[0])
    text = client.audio.transcriptions.create(model="whisper-1", file=path).text
    assert text
    details = client.audio.transcriptions.create(
        model="whisper-1", file=path, response_format="verbose_json", timestamp_granularities=["word", "segment"]
    )
    assert details.words
    assert details.segments
    assert details.text == text
    listener = client.audio.translations
    srt: Any = listener.create(model="whisper-1", file=("a.mp3", path.read_bytes()), response_format="srt")
    assert srt.startswith("1\n00:00:00,000 --> ")
    events = list(client.audio.transcriptions.create(model="gpt-4o-transcribe", file=path, stream=True))
    assert events[-1].type == "transcript.text.done"
    assert events[-1].text == "".join(e.delta for e in events if e.type == "transcript.text.delta")


def test_the_models_are_listed(client: OpenAI) -> None:
    assert {"gpt-4o-mini", "whisper-1", "tts-1"} <= {model.id for model in client.models.list()}


def test_refusals_are_the_clients_own_exceptions(server: Server, client: OpenAI, play: Any) -> None:
    stranger = OpenAI(base_url=f"{server.url}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError, match="无效的令牌"):
        stranger.models.list()
    stranger.close()
    with pytest.raises(openai.BadRequestError, match="field messages is required") as bad:
        client.chat.completions.create(model="gpt-4o-mini", messages=[])
    assert bad.value.code == "invalid_request"
    with pytest.raises(openai.BadRequestError) as long:
        client.audio.speech.create(model="tts-1", voice="nova", input="茶" * 1366)
    assert long.value.code == "text_too_long"
    with pytest.raises(openai.InternalServerError, match="Invalid file format"):
        client.audio.transcriptions.create(model="whisper-1", file=("a.txt", io.BytesIO(b"x")))
    play(rate_limit=1)
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(model="gpt-4o-mini", messages=ASK)
    play(spent_balance=1)
    with pytest.raises(openai.RateLimitError) as spent:
        client.chat.completions.create(model="gpt-4o-mini", messages=ASK)
    assert spent.value.code == "insufficient_user_quota"
    play(html_before=1)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="gpt-4o-mini", messages=ASK)


def read_all(client: OpenAI, came: list[str]) -> None:
    for event in client.chat.completions.create(model="gpt-4o-mini", messages=ASK, stream=True):
        came.append(event.choices[0].delta.content or "")


def test_a_stream_that_fails_half_way_says_so_after_its_first_words(client: OpenAI, play: Any) -> None:
    play(stream_error=1)
    came: list[str] = []
    with pytest.raises(openai.APIError, match="upstream closed the connection"):
        read_all(client, came)
    assert len("".join(came)) > 20


def test_a_stream_that_is_cut_is_no_whole_answer(client: OpenAI, play: Any) -> None:
    play(stream_cut=1)
    came: list[str] = []
    with pytest.raises(openai.APIConnectionError):
        read_all(client, came)
    assert len("".join(came)) > 20


def test_a_hasty_client_is_served_when_it_tries_again(server: Server, play: Any) -> None:
    play(rate_limit=0.5)
    with OpenAI(base_url=f"{server.url}/v1", api_key="sk-test-1234", max_retries=5, timeout=20) as patient:
        assert patient.chat.completions.create(model="gpt-4o-mini", messages=ASK).choices[0].message.content
