"""The sandbox's OpenAI speaks as the fact sheet tells: answers at once, streams, refusals, and numbers for texts."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import Any

import httpx
import pytest

from tests.sandbox.rig import Rig

CHAT, COMPLETIONS, EMBEDDINGS = "/v1/chat/completions", "/v1/completions", "/v1/embeddings"
ASK: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}


def chat(rig: Rig, **changes: Any) -> dict[str, Any]:
    answer = rig.post(CHAT, ASK | changes)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def said(told: dict[str, Any]) -> list[str]:
    return [choice["message"]["content"] for choice in told["choices"]]


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def test_an_answer_is_about_what_was_asked_and_is_the_same_again(rig: Rig) -> None:
    told = chat(rig)
    assert told["object"] == "chat.completion"
    assert told["choices"][0]["finish_reason"] == "stop"
    assert "sky blue" in said(told)[0]
    assert said(chat(rig)) == said(told)
    assert told["usage"]["total_tokens"] == told["usage"]["prompt_tokens"] + told["usage"]["completion_tokens"]
    chinese = chat(rig, messages=[{"role": "user", "content": "介绍一下龙井茶"}])
    assert "龙井茶" in said(chinese)[0]


def test_the_books_hold_what_it_cost(rig: Rig) -> None:
    told = chat(rig)
    [post] = rig.ledger()["posts"]
    assert float(post["charged"]) == pytest.approx(told["usage"]["total_tokens"] / 100)


def test_several_answers_differ(rig: Rig) -> None:
    assert len(set(said(chat(rig, n=3)))) == 3


def test_instructions_length_and_stops_are_followed(rig: Rig) -> None:
    brief = [{"role": "system", "content": "Answer in one sentence."}, *ASK["messages"]]
    [text] = said(chat(rig, messages=brief))
    assert text.count(".") == 1
    short = chat(rig, max_tokens=5)
    assert short["choices"][0]["finish_reason"] == "length"
    assert len(said(short)[0].split()) <= 5
    assert "." not in said(chat(rig, stop="."))[0]


def test_a_stream_is_the_answer_in_pieces(rig: Rig) -> None:
    told = events(rig.post(CHAT, ASK | {"stream": True, "n": 2}))
    assert told[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    for index, text in enumerate(said(chat(rig, n=2))):
        mine = [event["choices"][0] for event in told if event["choices"][0]["index"] == index]
        assert len(mine) > 10
        assert "".join(choice["delta"].get("content") or "" for choice in mine) == text
        assert mine[-1]["finish_reason"] == "stop"


def test_a_stream_tells_its_usage_when_it_is_asked_to(rig: Rig) -> None:
    last = events(rig.post(CHAT, ASK | {"stream": True, "stream_options": {"include_usage": True}}))[-1]
    assert (last["choices"], last["usage"]) == ([], chat(rig)["usage"])


def test_a_tool_is_asked_for_with_arguments_that_fit(rig: Rig) -> None:
    schema = {"type": "object", "properties": {"topic": {"type": "string"}, "days": {"type": "integer"}}}
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": schema}}]
    wish = {"tools": tools, "tool_choice": "required"}
    [choice] = chat(rig, **wish)["choices"]
    call = choice["message"]["tool_calls"][0]["function"]
    assert (choice["finish_reason"], choice["message"]["content"], call["name"]) == ("tool_calls", None, "look_up")
    assert json.loads(call["arguments"]) == {"topic": "sky blue", "days": 1}
    told = events(rig.post(CHAT, ASK | wish | {"stream": True}))
    deltas = [call for event in told for call in event["choices"][0]["delta"].get("tool_calls", [])]
    assert "".join(delta["function"]["arguments"] for delta in deltas) == call["arguments"]


def test_json_that_was_asked_for_is_json(rig: Rig) -> None:
    schema = {"type": "object", "properties": {"colour": {"enum": ["blue", "red"]}, "notes": {"type": "array"}}}
    wish = {"type": "json_schema", "json_schema": {"name": "sky", "schema": schema}}
    [text] = said(chat(rig, response_format=wish))
    assert json.loads(text)["colour"] == "blue"
    assert json.loads(said(chat(rig, response_format={"type": "json_object"}))[0])["about"] == "sky blue"


def test_a_picture_among_the_parts_is_seen(rig: Rig) -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}
    told = chat(rig, messages=[{"role": "user", "content": [picture]}])
    assert "picture" in said(told)[0]


def test_a_custom_gpt_answers_with_links(rig: Rig) -> None:
    [text] = said(chat(rig, model="gpt-4-gizmo-g-bo0FiWLY7"))
    assert "](https://example.com/sky-blue/1)" in text


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (CHAT, {"model": "gpt-4o-mini", "messages": []}, 400, "field messages is required"),
        (CHAT, {"model": "gpt-4o-mini"}, 400, "field messages is required"),
        (CHAT, ASK | {"messages": [{"role": "boss", "content": "x"}]}, 400, "role"),
        (CHAT, ASK | {"messages": [{"role": "tool", "content": "x"}]}, 400, "tool_call_id"),
        (CHAT, ASK | {"max_tokens": -1}, 400, "max_tokens is invalid"),
        (CHAT, ASK | {"temperature": 3}, 400, "temperature"),
        (CHAT, ASK | {"n": 129}, 400, "n is invalid"),
        (CHAT, ASK | {"stop": list("abcde")}, 400, "stop"),
        (CHAT, ASK | {"model": "llama"}, 503, "model_not_found"),
        (COMPLETIONS, {"model": "davinci-002", "prompt": ""}, 400, "field prompt is required"),
        (COMPLETIONS, {"model": "davinci-002", "prompt": "x", "suffix": "y"}, 400, "suffix"),
        (COMPLETIONS, {"model": "davinci-002", "prompt": "x", "n": 2, "best_of": 1}, 400, "best_of"),
        (COMPLETIONS, {"model": "gpt-4o", "prompt": "x"}, 503, "model_not_found"),
        (EMBEDDINGS, {"model": "text-embedding-3-small", "input": ""}, 400, "input"),
        (EMBEDDINGS, {"model": "text-embedding-3-small", "input": []}, 400, "input"),
        (EMBEDDINGS, {"model": "text-embedding-3-small", "input": ["x"] * 2049}, 400, "2048"),
        (EMBEDDINGS, {"model": "text-embedding-ada-002", "input": "x", "dimensions": 8}, 400, "dimensions"),
        (EMBEDDINGS, {"model": "text-embedding-3-small", "input": "x", "dimensions": 0}, 400, "dimensions"),
    ],
)
def test_a_no_costs_nothing_and_says_why(rig: Rig, path: str, body: object, status: int, words: str) -> None:
    answer = rig.post(path, body)
    assert answer.status_code == status
    assert words in answer.text
    assert rig.ledger()["charged"] == "0"


def test_an_error_may_come_inside_a_200(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    answer = rig.post(CHAT, ASK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "model_not_found")


def test_a_text_is_continued(rig: Rig) -> None:
    body = {"model": "gpt-3.5-turbo-instruct", "prompt": "Slogan for a tea shop:", "max_tokens": 40}
    told = rig.post(COMPLETIONS, body).json()
    text = told["choices"][0]["text"]
    assert told["object"] == "text_completion"
    assert text.startswith(" ")
    streamed = events(rig.post(COMPLETIONS, body | {"stream": True}))
    assert "".join(event["choices"][0]["text"] for event in streamed) == text
    assert streamed[-1]["choices"][0]["finish_reason"] == told["choices"][0]["finish_reason"]
    several = rig.post(COMPLETIONS, body | {"prompt": ["a tea", "a cup"], "n": 2, "echo": True}).json()["choices"]
    assert [each["text"][:5] for each in several] == ["a tea", "a tea", "a cup", "a cup"]
    short = rig.post(COMPLETIONS, {**body, "max_tokens": None}).json()["choices"][0]
    assert short["finish_reason"] == "length"


def vectors(rig: Rig, **body: Any) -> list[Any]:
    data = rig.post(EMBEDDINGS, {"model": "text-embedding-3-small"} | body).json()["data"]
    assert [each["index"] for each in data] == list(range(len(data)))
    return [each["embedding"] for each in data]


def test_numbers_are_unit_vectors_and_texts_that_share_words_lie_closer(rig: Rig) -> None:
    green, black, ship = vectors(rig, input=["green tea", "black tea", "a sailing ship"], dimensions=256)
    assert {len(green), len(black), len(ship)} == {256}
    for one in (green, black, ship):
        assert math.sqrt(sum(number * number for number in one)) == pytest.approx(1, abs=1e-5)

    def likeness(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert likeness(green, black) > 0.4 > likeness(green, ship)


def test_numbers_come_as_base64_too(rig: Rig) -> None:
    [plain] = vectors(rig, input="green tea")
    [packed] = vectors(rig, input="green tea", encoding_format="base64")
    assert list(struct.unpack("<1536f", base64.b64decode(packed))) == pytest.approx(plain, abs=1e-6)
    assert len(vectors(rig, input="green tea", model="text-embedding-3-large")[0]) == 3072
    assert len(vectors(rig, input=[[1, 2], [3]])) == 2
    assert len(vectors(rig, input=[1, 2])) == 1
