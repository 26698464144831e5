"""The stand-in's DALL·E, which answers with a list of pictures, and its chat model, which puts links into its text."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.rig import Rig

DRAW, CHAT = "/v1/images/generations", "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "dall-e-3", "prompt": "red bicycle, gouache", "n": 1}
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
WISH = "Please paint a red bicycle in wide format"


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def fetched(rig: Rig, url: str) -> Image.Image:
    answer = rig.client.get(url)
    assert answer.status_code == 200
    return opened(answer.content)


def draw(rig: Rig, **changes: Any) -> Any:
    """A member given as None is left out."""
    return rig.post(DRAW, {name: value for name, value in (BODY | changes).items() if value is not None})


def said(content: Any, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4-all", "messages": [{"role": "user", "content": content}], "stream": False} | more


def written(rig: Rig, body: dict[str, Any]) -> str:
    return str(rig.post(CHAT, body).json()["choices"][0]["message"]["content"])


# DALL·E


@pytest.mark.parametrize("size", ["1024x1024", "1792x1024", "1024x1792"])
def test_a_picture_has_the_size_asked_for_and_the_prompt_that_was_painted(rig: Rig, size: str) -> None:
    whole = draw(rig, size=size, style="natural").json()
    assert list(whole) == ["created", "data"]
    assert isinstance(whole["created"], int)
    (one,) = whole["data"]
    assert list(one) == ["revised_prompt", "url"]
    assert one["revised_prompt"].startswith("red bicycle, gouache")
    assert one["revised_prompt"] != BODY["prompt"]
    picture = fetched(rig, one["url"])
    assert (picture.format, picture.size) == ("PNG", tuple(map(int, size.split("x"))))


def test_a_picture_comes_as_text_where_asked(rig: Rig) -> None:
    (one,) = draw(rig, response_format="b64_json").json()["data"]
    assert list(one) == ["revised_prompt", "b64_json"]
    assert opened(base64.b64decode(one["b64_json"])).size == (1024, 1024)


def test_the_better_quality_costs_more(rig: Rig) -> None:
    draw(rig)
    assert rig.ledger()["charged"] == "8"
    draw(rig, quality="hd")
    assert rig.ledger()["charged"] == "24"


def test_without_a_model_it_is_the_older_one_which_makes_several(rig: Rig) -> None:
    data = draw(rig, model=None, n=3, size="256x256").json()["data"]
    assert [list(each) for each in data] == [["url"]] * 3
    pictures = [fetched(rig, each["url"]) for each in data]
    assert {each.size for each in pictures} == {(256, 256)}
    assert len({each.tobytes() for each in pictures}) == 3
    assert rig.ledger()["charged"] == "12"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"prompt": ""}, 400, "invalid_request"),
        ({"prompt": "x" * 4001}, 400, "invalid_request"),
        ({"model": "dall-e-2", "prompt": "x" * 1001}, 400, "invalid_request"),
        ({"n": 2}, 400, "invalid_request"),
        ({"model": "dall-e-2", "n": 11}, 400, "invalid_request"),
        ({"size": "256x256"}, 400, "invalid_request"),
        ({"model": "dall-e-2", "size": "1792x1024"}, 400, "invalid_request"),
        ({"quality": "best"}, 400, "invalid_request"),
        ({"style": "oil"}, 400, "invalid_request"),
        ({"response_format": "png"}, 400, "invalid_request"),
        ({"user": 7}, 400, "invalid_request"),
        ({"prompt": "nude bicycle"}, 400, "content_policy_violation"),
        ({"model": "dall-e-9"}, 503, "model_not_found"),
    ],
)
def test_a_refusal_has_the_gateways_envelope_and_costs_nothing(
    rig: Rig, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = draw(rig, **changes)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert (error["code"], set(error)) == (code, {"message", "type", "param", "code"})
    assert rig.ledger()["charged"] == "0"


def test_links_live_for_an_hour_and_may_be_dead_from_the_start(rig: Rig) -> None:
    url = draw(rig).json()["data"][0]["url"]
    rig.step(3500)
    assert rig.client.get(url).status_code == 200
    rig.step(200)
    assert rig.client.get(url).status_code == 403
    rig.play(expired_links=1)
    assert rig.client.get(draw(rig).json()["data"][0]["url"]).status_code == 403


def test_a_refusal_inside_a_200_holds_no_picture(rig: Rig) -> None:
    rig.play(no_inside_200=1)
    assert draw(rig).json()["data"] == []
    assert rig.post(CHAT, said(WISH)).json()["choices"][0]["message"]["content"] is None
    assert rig.ledger()["charged"] == "0"


# The chat model


@pytest.mark.parametrize("model", ["gpt-4-all", "gpt-4o-all"])
def test_a_picture_is_one_link_among_words(rig: Rig, model: str) -> None:
    whole = rig.post(CHAT, said(WISH, model=model)).json()
    assert (whole["object"], whole["model"], whole["choices"][0]["finish_reason"]) == (
        *("chat.completion", model),
        "stop",
    )
    content = whole["choices"][0]["message"]["content"]
    assert json.loads(content.split("```")[1].removeprefix("json"))["prompt"] == WISH
    assert "> 进度 **50%**" in content
    ((alt, url),) = PICTURE.findall(content)
    assert alt.startswith("file_")
    assert f"]({url}&download=1)" in content
    picture = fetched(rig, url)
    assert (picture.format, picture.size) == ("WEBP", (1792, 1024))
    assert whole["usage"]["total_tokens"] == whole["usage"]["prompt_tokens"] + whole["usage"]["completion_tokens"]
    assert rig.ledger()["charged"] == "10"


@pytest.mark.parametrize(
    ("wish", "size"), [("画一张竖版海报", (1024, 1792)), ("draw a fox", (1024, 1024)), ("横版的图", (1792, 1024))]
)
def test_the_shape_is_said_in_words(rig: Rig, wish: str, size: tuple[int, int]) -> None:
    assert fetched(rig, PICTURE.findall(written(rig, said(wish)))[0][1]).size == size


def test_who_asks_for_no_picture_gets_words(rig: Rig) -> None:
    content = written(rig, said("Why is the sky blue?"))
    assert content
    assert not PICTURE.search(content)


def test_the_last_message_counts_and_parts_are_read(rig: Rig) -> None:
    parts = [{"type": "text", "text": WISH}, {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}]
    assert PICTURE.search(written(rig, said(parts)))
    talk = [{"role": "user", "content": WISH}, {"role": "assistant", "content": "Done."}]
    thanks = [*talk, {"role": "user", "content": "Why is the sky blue?"}]
    assert not PICTURE.search(written(rig, said("", messages=thanks)))


def test_as_a_stream_it_is_the_same_text_and_the_link_is_cut(rig: Rig) -> None:
    whole = written(rig, said(WISH))
    answer = rig.post(CHAT, said(WISH, stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    deltas = [json.loads(line)["choices"][0]["delta"].get("content") or "" for line in lines[:-1]]
    assert "".join(deltas) == whole
    url = PICTURE.findall(whole)[0][1]
    assert not any(url in delta for delta in deltas)
    assert json.loads(lines[-2])["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"messages": []}, "invalid_request"),
        ({"messages": [{"role": "painter", "content": "x"}]}, "invalid_request"),
        ({"messages": [{"role": "user", "content": None}]}, "invalid_request"),
        ({"messages": [{"role": "user", "content": [{"type": "sound"}]}]}, "invalid_request"),
        ({"messages": [{"role": "user", "content": ["x"]}]}, "invalid_request"),
        ({"stream": "yes"}, "invalid_request"),
        ({"messages": [{"role": "user", "content": "paint a nude"}]}, "content_policy_violation"),
    ],
)
def test_what_does_not_fit_is_refused(rig: Rig, changes: dict[str, Any], code: str) -> None:
    answer = rig.post(CHAT, said(WISH) | changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert rig.ledger()["charged"] == "0"


def test_other_models_of_both_paths_are_answered_by_their_own_systems(rig: Rig) -> None:
    talk = written(rig, said("Please paint a red bicycle", model="gpt-4o-mini"))
    assert not PICTURE.search(talk)
    flux = draw(rig, model="flux-schnell").json()["data"][0]
    assert "revised_prompt" not in flux
    assert fetched(rig, flux["url"]).format == "WEBP"
