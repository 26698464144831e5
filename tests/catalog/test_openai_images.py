"""The sheet of OpenAI's pictures as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

import time
from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

DALL_E, CHAT = catalog.get("openai-images.dall-e-3"), catalog.get("openai-images.gpt-4-all")
BODIES = {
    DALL_E.slug: """{"model":"dall-e-3","prompt":"red bicycle, gouache","n":1,"size":"1792x1024","quality":"hd",
        "style":"natural"}""",
    CHAT.slug: """{"model":"gpt-4-all",
        "messages":[{"role":"user","content":"Please paint a red bicycle in wide format"}],"stream":false}""",
}
URL = "https://files.example.com/cdn/20250101/x.webp"
DOWN = "https://files.example.com/cdn/download/20250101/x.webp"


def drawn(**entry: Any) -> catalog.Report:
    return DALL_E.read({"created": 1760000000, "data": [entry]}, "answer")


def said(content: str | None, status: int = 200) -> catalog.Report:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return CHAT.read({"id": "chatcmpl-abc", "object": "chat.completion", "choices": [choice]}, "answer", status)


ERROR = 'data: {"error":{"message":"closed","code":"bad_response"}}\n\n'


def streamed(*pieces: str, end: str = "data: [DONE]\n\n") -> str:
    chunks = [{"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]} for piece in pieces]
    return "".join(f"data: {catalog.dumps(chunk)}\n\n" for chunk in chunks) + end


# Bodies


@pytest.mark.parametrize("slug", BODIES)
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(slug: str) -> None:
    bodies.assert_is_the_example(catalog.get(slug), BODIES[slug])


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (DALL_E, {"model": "dall-e-3"}, ("prompt", "required", "error")),
        (DALL_E, {"prompt": "x"}, ("model", "required", "warning")),
        (DALL_E, {"model": "gpt-image-1"}, ("model", "choice", "warning")),
        (DALL_E, {"prompt": "x" * 4001}, ("prompt", "length", "error")),
        (DALL_E, {"model": "dall-e-3", "n": 2}, ("n", "choice", "warning")),
        (DALL_E, {"model": "dall-e-2", "n": 11}, ("n", "choice", "error")),
        (DALL_E, {"model": "dall-e-3", "size": "256x256"}, ("size", "choice", "warning")),
        (DALL_E, {"model": "dall-e-2", "size": "1792x1024"}, ("size", "choice", "warning")),
        (DALL_E, {"size": "1792x1024"}, ("size", "choice", "warning")),
        (DALL_E, {"model": "dall-e-2", "quality": "hd"}, ("quality", "applies", "warning")),
        (DALL_E, {"style": "natural"}, ("style", "applies", "warning")),
        (DALL_E, {"model": "dall-e-3", "style": "oil"}, ("style", "choice", "error")),
        (DALL_E, {"model": "other", "response_format": "url"}, ("response_format", "applies", "warning")),
        (DALL_E, {"user": 7}, ("user", "type", "error")),
        (CHAT, {"messages": [{"role": "user", "content": "x"}]}, ("model", "required", "error")),
        (CHAT, {"model": "gpt-4-all"}, ("messages", "required", "error")),
        (CHAT, {"messages": []}, ("messages", "items", "error")),
        (CHAT, {"messages": [{"content": "x"}]}, ("messages[0].role", "required", "error")),
        (CHAT, {"messages": [{"role": "tool", "content": "x"}]}, ("messages[0].role", "choice", "error")),
        (CHAT, {"messages": [{"role": "user"}]}, ("messages[0].content", "required", "error")),
        (
            CHAT,
            {"messages": [{"role": "user", "content": [{"type": "file"}]}]},
            ("messages[0].content[0].type", "choice", "error"),
        ),
        (CHAT, {"stream": "true"}, ("stream", "type", "error")),
        (CHAT, {"size": "1024x1024"}, ("size", "unknown", "warning")),
        (CHAT, {"model": "gpt-4o-image"}, ("model", "choice", "warning")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


def test_the_older_model_makes_several_smaller_ones() -> None:
    assert found(DALL_E, {"model": "dall-e-2", "prompt": "x", "n": 10, "size": "256x256"}) == []


def test_a_fresh_form_names_the_model() -> None:
    assert DALL_E.defaults() == {"model": "dall-e-3"}
    assert CHAT.defaults() == {"model": "gpt-4-all"}


def test_a_prompt_by_chat_is_what_was_said_last() -> None:
    talk = [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]
    assert CHAT.prompt_of({"messages": [*talk, {"role": "user", "content": "three"}]}) == "three"
    parts = [{"type": "text", "text": "a fox"}, {"type": "image_url", "image_url": {"url": URL}}]
    assert CHAT.prompt_of({"messages": [{"role": "user", "content": parts}]}) == "a fox"


@pytest.mark.parametrize(
    ("path", "model", "slug"),
    [
        ("/v1/chat/completions", "gpt-4-all", "openai-images.gpt-4-all"),
        ("/v1/chat/completions", "gpt-4o-all", "openai-images.gpt-4-all"),
        ("/v1/chat/completions", "gpt-4-gizmo-g-bo0FiWLY7", "openai.gpts"),
        ("/v1/chat/completions", "gpt-4o-mini", "openai.chat"),
        ("/v1/chat/completions", None, "openai.chat"),
        ("/v1/images/generations", "dall-e-3", "openai-images.dall-e-3"),
        ("/v1/images/generations", "gpt-image-1", "openai-images.dall-e-3"),
        ("/v1/images/generations", None, "openai-images.dall-e-3"),
        ("/v1/images/generations", "flux-pro-1.1", "flux.openai-image"),
    ],
)
def test_what_shares_a_path_is_told_apart_by_its_model(path: str, model: str | None, slug: str) -> None:
    call = catalog.recognise("POST", path, {"model": model} if model else {})
    assert call
    assert call.slug == slug


@pytest.mark.parametrize(("path", "count"), [("/v1/chat/completions", 3), ("/v1/images/generations", 2)])
def test_no_body_of_a_shared_path_is_two_calls(path: str, count: int) -> None:
    content = catalog.openapi_document()["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    assert len(content["schema"]["oneOf"]) == count


def test_a_size_is_carried_there_and_back() -> None:
    ultra, flux = catalog.get("stable-diffusion.ultra"), catalog.get("flux.openai-image")
    there = catalog.port(ultra, {"prompt": "a fox", "aspect_ratio": "9:16"}, {}, DALL_E).values
    assert (there["prompt"], there["size"]) == ("a fox", "1024x1792")
    back = catalog.port(DALL_E, {"model": "dall-e-3", "prompt": "a fox", "size": "1792x1024"}, {}, flux)
    assert back.values["prompt"] == "a fox"
    assert back.values["size"] == "1024x576"


# Payloads of DALL·E


def test_a_picture_comes_with_the_prompt_that_was_painted() -> None:
    report = drawn(url=URL, revised_prompt="A red bicycle.").plain()
    assert (report["state"], report["gateway_id"]) == ("succeeded", "")
    assert report["results"] == [
        {"kind": "image", "url": URL, "role": ""},
        {"kind": "text", "text": "A red bicycle.", "role": "details"},
    ]
    assert [(each.kind, each.data) for each in drawn(b64_json="AA==").results] == [("image", "AA==")]


@pytest.mark.parametrize("payload", [{"created": 1, "data": []}, {"data": [{"revised_prompt": "no picture"}]}])
def test_an_answer_without_a_picture_has_failed(payload: dict[str, Any]) -> None:
    report = DALL_E.read(payload, "answer")
    assert (report.state, report.results, report.refused) == ("failed", [], False)


@pytest.mark.parametrize("operation", [DALL_E, CHAT], ids=lambda each: each.slug)
@pytest.mark.parametrize("status", [200, 400])
def test_a_refused_prompt_is_explained(operation: catalog.Operation, status: int) -> None:
    error = {"message": "Rejected.", "type": "invalid_request_error", "code": "content_policy_violation"}
    report = operation.read({"error": error}, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", "Rejected.", True)
    assert (explained := catalog.explain(report.said, status, "openai-images", report.code))
    assert explained.name == "prompt-refused"


def test_a_picture_goes_on_to_other_systems() -> None:
    actions = {each.operation: each.values for each in drawn(url=URL, revised_prompt="A red bicycle.").actions}
    assert actions["ideogram.upscale"] == {"image_file": URL}
    assert actions["midjourney.describe"] == {"base64": URL}
    assert actions["stable-diffusion.sd3"] == {"mode": "image-to-image", "image": URL, "prompt": "A red bicycle."}


# Payloads of the chat model


@pytest.mark.parametrize(
    ("content", "urls"),
    [
        (f"> 进度 **50%**\n\n![file_x]({URL})\n[下载⏬]({DOWN})", [URL]),
        (f'```json\n{{"prompt":"x","size":"1024x1024"}}\n```\n![{URL}]({URL})', [URL]),
        (f'{{"prompt":"x","referenced_image_ids":[]}}\n![]({URL}) and ![again]({URL})', [URL]),
        (
            "![a](https://a.b/1.png?x=1&y=2)\n![b](<https://a.b/2.png>)",
            ["https://a.b/1.png?x=1&y=2", "https://a.b/2.png"],
        ),
        (f"![1]({URL}) text ![2](https://a.b/2.png)", [URL, "https://a.b/2.png"]),
    ],
)
def test_every_markdown_picture_is_a_result_each_once_and_no_other_link(content: str, urls: list[str]) -> None:
    for report in (said(content), CHAT.read(streamed(*content), "answer")):
        assert report.state == "succeeded"
        assert [each.url for each in report.results] == urls
        assert {(each.kind, each.role) for each in report.results} == {("image", "")}
        carried = [a.values["image"] for a in report.actions if a.operation == "kling.image2video"]
        assert carried == urls


@pytest.mark.parametrize("content", ["Which bicycle?", f"[下载]({DOWN})", "![no link](picture.png)", "![open"])
def test_an_answer_in_words_has_failed_and_the_words_are_kept(content: str) -> None:
    for report in (said(content), CHAT.read(streamed(*content), "answer")):
        assert (report.state, report.results, report.refused) == ("failed", [], False)
        assert report.error == f"The model answered in words: {content}"
        assert (explained := catalog.explain(report.said, 200, "openai-images"))
        assert explained.name == "answered-in-words"


@pytest.mark.parametrize("content", [None, ""])
def test_an_empty_answer_has_failed(content: str | None) -> None:
    assert (said(content).state, said(content).error) == ("failed", "The answer holds no result.")


def test_the_text_can_be_heard_while_it_comes_and_what_broke_off_is_kept() -> None:
    begun = streamed("> 进度 **25%**\n", "![file_x](https://fi", end="")
    assert CHAT.may_stream
    assert CHAT.heard(begun) == ("> 进度 **25%**\n![file_x](https://fi", 25)
    assert CHAT.heard(streamed("> 进度 **75%**\n> 进度 **5", "0%**\n", end="")).progress == 75, "the highest"
    assert CHAT.heard(streamed("> 🎨 生成中... 40%\n", end="")).progress is None
    report = CHAT.read(begun, "answer")
    assert (report.state, [each.role for each in report.results]) == (None, ["partial"])
    assert report.error == "The answer broke off before its end."
    error = CHAT.read(begun + ERROR, "answer")
    assert (error.state, error.error, error.code) == ("failed", "closed", "bad_response")


@pytest.mark.parametrize("end", ["", ERROR])
@pytest.mark.parametrize("more", ["", "\n[下载⏬](https://fi", "\n![b](https://a.b/half", "\n![b](<https://a.b/half"])
def test_a_picture_that_had_come_is_kept_although_the_stream_broke_off(more: str, end: str) -> None:
    report = CHAT.read(streamed("> 进度 **50%**\n![file_x](", URL, ")", more, end="") + end, "answer")
    assert (report.state, report.error) == ("succeeded", "")
    assert [(each.kind, each.role) for each in report.results] == [("image", ""), ("text", "partial")]
    assert report.results[0].url == URL
    assert {each.values["image"] for each in report.actions if each.operation == "kling.image2video"} == {URL}


def test_no_text_makes_the_search_for_pictures_slow() -> None:
    began = time.thread_time()
    said("![" * 200_000)
    said("![a](" * 100_000)
    said("![a](http://b" * 10_000)
    said("![a](http://" + "b" * 1_000_000)
    assert time.thread_time() - began < 20


def test_the_older_model_takes_a_shorter_prompt() -> None:
    told = {"model": "dall-e-2", "prompt": "x" * 1001}
    assert found(DALL_E, told) == [("prompt", "length", "warning")]
    assert found(DALL_E, told | {"model": "dall-e-3"}) == found(DALL_E, told | {"prompt": "x" * 1000}) == []


def test_a_part_that_is_a_picture_has_its_address() -> None:
    said = [{"role": "user", "content": [{"type": "image_url"}]}]
    assert found(CHAT, {"model": "gpt-4-all", "messages": said}) == [("messages[0].content", "count", "warning")]
