"""Flux's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

IMAGE, QUERY, OPENAI = (catalog.get(f"flux.{name}") for name in ("image", "get-result", "openai-image"))
BODIES = {
    IMAGE.slug: """{"prompt":"red bicycle in a glass house","width":1024,"height":768,"steps":28}""",
    OPENAI.slug: """{"model":"flux-schnell","prompt":"red bicycle in a glass house","size":"1024x768","n":1}""",
}
ID = "11111111-2222-4333-8444-555555555555"
SAMPLE = "https://files.example.com/flux/sample.jpg?se=2026-01-01"
READY = {
    "id": ID,
    "status": "Ready",
    "result": {"sample": SAMPLE, "seed": 77, "prompt": "red bicycle in a glass house", "duration": 4.9},
}
PREDICTION = {"id": "abcdefghijklmnopqrstuvwx01", "status": "succeeded", "error": None}


def read(status: int = 200, /, **told: Any) -> dict[str, Any]:
    return IMAGE.read(told, "poll", status).plain()


# Bodies


@pytest.mark.parametrize("slug", BODIES)
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(slug: str) -> None:
    bodies.assert_is_the_example(catalog.get(slug), BODIES[slug])


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (IMAGE, {}, ("prompt", "required", "error")),
        (IMAGE, {"prompt": "x"}, ("width", "required", "warning")),
        (IMAGE, {"prompt": "x"}, ("height", "required", "warning")),
        (IMAGE, {"width": 224}, ("width", "minimum", "error")),
        (IMAGE, {"width": 1472}, ("width", "maximum", "error")),
        (IMAGE, {"height": 1000}, ("height", "multiple", "error")),
        (IMAGE, {"height": "768"}, ("height", "type", "error")),
        (IMAGE, {"steps": 51}, ("steps", "maximum", "error")),
        (IMAGE, {"guidance": 1.4}, ("guidance", "minimum", "error")),
        (IMAGE, {"interval": 4.5}, ("interval", "maximum", "error")),
        (IMAGE, {"safety_tolerance": 7}, ("safety_tolerance", "maximum", "error")),
        (IMAGE, {"prompt_upsampling": "yes"}, ("prompt_upsampling", "type", "error")),
        (IMAGE, {"variant": "flux.2"}, ("variant", "choice", "warning")),
        (IMAGE, {"webhook_url": "https://a.b/c"}, ("webhook_url", "unknown", "warning")),
        (OPENAI, {"prompt": "x"}, ("model", "required", "error")),
        (OPENAI, {"model": "flux"}, ("prompt", "required", "error")),
        (OPENAI, {"prompt": "x" * 1001}, ("prompt", "length", "error")),
        (OPENAI, {"model": "flux-2"}, ("model", "choice", "warning")),
        (OPENAI, {"size": "800x800"}, ("size", "choice", "warning")),
        (OPENAI, {"n": 0}, ("n", "minimum", "error")),
        (OPENAI, {"response_format": "png"}, ("response_format", "choice", "error")),
        (OPENAI, {"model": "flux-dev", "aspect_ratio": "16:9"}, ("aspect_ratio", "applies", "warning")),
        (OPENAI, {"model": "flux-kontext-pro", "aspect_ratio": "wide"}, ("aspect_ratio", "usual", "warning")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


def test_the_limits_themselves_are_fine() -> None:
    assert (
        found(IMAGE, {"prompt": "x", "width": 256, "height": 1440, "steps": 50, "guidance": 1.5, "interval": 4}) == []
    )
    assert found(OPENAI, {"model": "flux-kontext-max", "prompt": "x" * 1000, "aspect_ratio": "16:9"}) == []


def test_a_fresh_form_has_the_size_and_a_model() -> None:
    assert IMAGE.defaults() == {"width": 1024, "height": 768}
    assert OPENAI.defaults() == {"model": "flux-schnell"}


def test_a_model_of_flux_tells_the_call_from_others_of_its_path() -> None:
    def called(body: dict[str, Any]) -> catalog.Operation | None:
        return catalog.recognise("POST", "/v1/images/generations", body)

    assert called({"model": "flux-2-pro", "prompt": "x"}) is OPENAI
    assert called({"model": "dall-e-3", "prompt": "x"}) is not OPENAI
    assert called({"prompt": "x"}) is not OPENAI


def test_the_task_is_asked_for_by_both_names_at_once_and_never_called_back() -> None:
    assert (IMAGE.poll, IMAGE.callback) == (QUERY.slug, "")
    address = QUERY.address(IMAGE.poll_values([ID]))
    assert address == f"/flux/v1/get_result?id={ID}&request_id={ID}"
    assert QUERY.is_query


def test_a_size_is_carried_there_and_back() -> None:
    ultra = catalog.get("stable-diffusion.ultra")
    wide = catalog.port(ultra, {"prompt": "a fox", "aspect_ratio": "16:9", "seed": 7}, {}, IMAGE).values
    assert wide["prompt"] == "a fox"
    assert wide["seed"] == 7
    assert wide["width"] / wide["height"] == pytest.approx(16 / 9, rel=0.05)
    assert wide["width"] % 32 == wide["height"] % 32 == 0
    assert catalog.port(IMAGE, {"prompt": "x", "width": 1024, "height": 768}, {}, OPENAI).values["size"] == "1024x768"
    assert catalog.port(OPENAI, {"size": "768x512", "n": 2}, {}, ultra).values["aspect_ratio"] == "3:2"


# Payloads of the first interface


def test_an_id_alone_is_a_task_in_line() -> None:
    report = IMAGE.read({"id": ID}, "answer")
    assert (report.gateway_id, report.state, report.refused) == (ID, "queued", False)
    assert IMAGE.read({"id": ID, "polling_url": "https://x.y/z"}, "answer").results == []


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["Pending", "starting", "queued"], "queued"),
        (["Reasoning", "Generating", "processing", "PENDING-SOMETHING", "Sketching"], "running"),
        (["Error", "Request Moderated", "Content Moderated", "failed", "FAILED"], "failed"),
        (["canceled"], "cancelled"),
    ],
)
def test_every_word_of_a_state_is_known_whatever_its_case(words: list[str], state: str) -> None:
    assert {read(id=ID, status=word, result=None)["state"] for word in words} == {state}
    assert {read(id=ID, status=word.lower(), result=None)["state"] for word in words} == {state}


@pytest.mark.parametrize("word", ["Ready", "ready", "succeeded", "SUCCESS"])
def test_a_picture_is_found_in_both_forms(word: str) -> None:
    ours = read(**READY | {"status": word})
    assert (ours["state"], ours["error"]) == ("succeeded", "")
    assert ours["results"] == [{"kind": "image", "url": SAMPLE, "role": ""}]
    for output in ("https://a.b/0.webp", ["https://a.b/0.webp"]):
        theirs = read(**PREDICTION | {"status": word, "output": output})
        assert (theirs["state"], theirs["gateway_id"]) == ("succeeded", PREDICTION["id"])
        assert [each["url"] for each in theirs["results"]] == ["https://a.b/0.webp"]


@pytest.mark.parametrize("nothing", [{"result": None}, {"result": {"sample": ""}}, {"output": []}, {"output": None}])
@pytest.mark.parametrize("word", ["Ready", "succeeded", "SUCCESS"])
def test_ready_without_a_picture_has_failed(word: str, nothing: dict[str, Any]) -> None:
    told = read(id=ID, status=word, **nothing)
    assert (told["state"], told["error"]) == ("failed", "The task is ready, but holds no picture.")
    assert (explained := catalog.explain(told["error"], 200, "flux"))
    assert explained.name == "no-picture"


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"details": {"Moderation Reasons": ["One", "Two"]}, "detail": "x"}, "Content Moderated · One · Two"),
        ({"detail": "no more memory", "error": "y"}, "no more memory"),
        ({"error": "CUDA out of memory", "details": None}, "CUDA out of memory"),
        ({}, "Content Moderated"),
    ],
)
def test_why_it_failed_is_found_where_it_stands(told: dict[str, Any], error: str) -> None:
    report = read(id=ID, status="Content Moderated", result=None, progress=0.0, **told)
    assert (report["state"], report["error"], report["refused"]) == ("failed", error, False)


def test_what_the_moderation_held_back_is_explained_without_a_promise_of_money() -> None:
    error = read(id=ID, status="Request Moderated", details={"Moderation Reasons": ["Safety Filter"]})["error"]
    assert (explained := catalog.explain(error, 200, "flux"))
    assert (explained.name, explained.charged) == ("moderated", "maybe")


@pytest.mark.parametrize("status", [200, 404])
def test_a_task_that_nobody_knows_yet_is_asked_for_again(status: int) -> None:
    told = read(status, id=ID, status="Task not found", result=None)
    assert (told["state"], told["error"], told["refused"]) == (None, "Task not found", True)


def test_progress_is_a_fraction_and_often_missing() -> None:
    assert read(id=ID, status="Generating", progress=0.42)["progress"] == 42
    assert read(id=ID, status="Generating", progress=None)["progress"] is None


@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"detail": [{"loc": ["body", "a"], "msg": "one"}, {"loc": ["body", "b"], "msg": "two"}]}, 422, "one; two"),
        ({"detail": "Insufficient credits."}, 402, "Insufficient credits."),
        ({"error": {"message": "no channel"}}, 503, "no channel"),
    ],
)
def test_a_refusal_is_a_failure_of_a_submit_and_says_nothing_of_a_task(
    payload: dict[str, Any], status: int, error: str
) -> None:
    submit, poll = IMAGE.read(payload, "answer", status), IMAGE.read(payload, "poll", status)
    assert (submit.state, submit.error, submit.refused, submit.gateway_id) == ("failed", error, True, "")
    assert (poll.state, poll.error) == (None, error)


def test_a_picture_goes_on_to_films_and_descriptions() -> None:
    actions = IMAGE.read(READY, "poll").actions
    assert [each.operation for each in actions] == ["kling.image2video", "runway.generate-image", "midjourney.describe"]
    assert actions[0].values == {"image": SAMPLE, "prompt": "red bicycle in a glass house"}
    assert IMAGE.read({"id": ID, "status": "Generating"}, "poll").actions == []
    several = OPENAI.read({"data": [{"url": "https://a.b/0"}, {"url": "https://a.b/1"}]}, "answer").actions
    assert [each.values["image"] for each in several if each.operation == "kling.image2video"] == [
        "https://a.b/0",
        "https://a.b/1",
    ]


# Payloads of OpenAI's form


def test_pictures_are_read_as_links_or_as_text() -> None:
    links = OPENAI.read({"created": 1, "data": [{"url": "https://a.b/0"}, {"url": "https://a.b/1"}]}, "answer")
    assert (links.state, [each.url for each in links.results]) == ("succeeded", ["https://a.b/0", "https://a.b/1"])
    texts = OPENAI.read({"created": 1, "data": [{"b64_json": "AA=="}, {"b64_json": "BB=="}]}, "answer")
    assert (texts.state, [each.data for each in texts.results]) == ("succeeded", ["AA==", "BB=="])
    both = OPENAI.read({"data": [{"url": "https://a.b/0", "b64_json": "AA=="}]}, "answer")
    assert [(each.url, each.data) for each in both.results] == [("https://a.b/0", None)]


def test_an_answer_without_a_picture_has_failed() -> None:
    assert OPENAI.read({"created": 1, "data": []}, "answer").state == "failed"
    refused = OPENAI.read({"error": {"message": "no", "type": "a", "param": "", "code": "b"}}, "answer", 400)
    assert (refused.state, refused.error, refused.code, refused.refused) == ("failed", "no", "b", True)
