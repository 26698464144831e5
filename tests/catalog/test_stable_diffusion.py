"""Stable Diffusion's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog.sheets import found

ULTRA, CORE = catalog.get("stable-diffusion.ultra"), catalog.get("stable-diffusion.core")
SD3, SDXL = catalog.get("stable-diffusion.sd3"), catalog.get("stable-diffusion.sdxl-text-to-image")
PARTS = [ULTRA, CORE, SD3]
BODIES = {
    ULTRA.slug: """{"prompt":"red bicycle in morning fog","aspect_ratio":"3:2","seed":"0","output_format":"png"}""",
    CORE.slug: """{"prompt":"red bicycle, flat poster","style_preset":"isometric","aspect_ratio":"4:5",
        "output_format":"webp"}""",
    SD3.slug: """{"prompt":"red bicycle as a woodcut","image":"@sketch.png","mode":"image-to-image","model":"sd3-large",
        "strength":"0.65","output_format":"png"}""",
    SDXL.slug: """{"text_prompts":[{"text":"red bicycle in fog","weight":1},{"text":"text, logo","weight":-0.8}],
        "width":1216,"height":832,"cfg_scale":8,"samples":2,"steps":40,"sampler":"K_EULER"}""",
}
XL, SIX, BETA = "stable-diffusion-xl-1024-v1-0", "stable-diffusion-v1-6", "stable-diffusion-xl-beta-v2-2-2"
PICTURE = {"kind": "image", "data": "iVBORw0KGgoAAA...", "role": ""}


@pytest.mark.parametrize("slug", BODIES)
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(slug: str) -> None:
    operation, body = catalog.get(slug), catalog.loads(BODIES[slug])
    assert body == operation.example
    assert operation.check(body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == catalog.dumps(body)
    assert catalog.recognise("POST", operation.address({"engine_id": XL}), body) is operation


@pytest.mark.parametrize("operation", PARTS)
def test_a_form_in_parts_that_asks_for_json(operation: catalog.Operation) -> None:
    assert operation.transport == "multipart-answer"
    assert operation.headers["Accept"] == "application/json"
    assert not operation.poll
    assert not operation.callback


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (ULTRA, {}, ("prompt", "required", "error")),
        (CORE, {"prompt": ""}, ("prompt", "required", "error")),
        (SD3, {"prompt": "x" * 10_001}, ("prompt", "length", "error")),
        (ULTRA, {"negative_prompt": "x" * 10_001}, ("negative_prompt", "length", "error")),
        (ULTRA, {"aspect_ratio": "4:3"}, ("aspect_ratio", "choice", "error")),
        (ULTRA, {"seed": 4294967295}, ("seed", "maximum", "error")),
        (ULTRA, {"seed": "4294967295"}, ("seed", "maximum", "error")),
        (ULTRA, {"seed": "ten"}, ("seed", "type", "error")),
        (ULTRA, {"output_format": "gif"}, ("output_format", "choice", "error")),
        (ULTRA, {"style_preset": "noir"}, ("style_preset", "choice", "error")),
        (ULTRA, {"image": "@image.png"}, ("strength", "required", "error")),
        (ULTRA, {"strength": 0.5}, ("strength", "applies", "warning")),
        (CORE, {"image": "@image.png"}, ("image", "unknown", "warning")),
        (CORE, {"style": "anime"}, ("style", "unknown", "warning")),
        (SD3, {"output_format": "webp"}, ("output_format", "choice", "error")),
        (SD3, {"model": "sd4"}, ("model", "choice", "warning")),
        (SD3, {"model": "sd3-large-turbo", "negative_prompt": "fog"}, ("negative_prompt", "applies", "warning")),
        (SD3, {"mode": "image-to-image", "strength": "0.5"}, ("image", "required", "error")),
        (SD3, {"mode": "image-to-image", "image": "@a.png"}, ("strength", "required", "error")),
        (SD3, {"mode": "image-to-image", "image": "@a.png", "strength": "1.1"}, ("strength", "maximum", "error")),
        (SD3, {"image": "@a.png"}, ("image", "applies", "warning")),
        (SD3, {"cfg_scale": "0.5"}, ("cfg_scale", "minimum", "error")),
        (SDXL, {}, ("text_prompts", "required", "error")),
        (SDXL, {"text_prompts": []}, ("text_prompts", "items", "error")),
        (SDXL, {"text_prompts": [{"weight": 1}]}, ("text_prompts[0].text", "required", "error")),
        (SDXL, {"text_prompts": [{"text": "x" * 2001}]}, ("text_prompts[0].text", "length", "error")),
        (SDXL, {"width": 1000}, ("width", "multiple", "error")),
        (SDXL, {"height": 64}, ("height", "minimum", "error")),
        (SDXL, {"cfg_scale": 36}, ("cfg_scale", "maximum", "error")),
        (SDXL, {"samples": 11}, ("samples", "maximum", "error")),
        (SDXL, {"steps": 9}, ("steps", "minimum", "error")),
        (SDXL, {"sampler": "EULER"}, ("sampler", "choice", "error")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


def test_a_plain_number_is_as_good_as_its_text() -> None:
    assert found(ULTRA, {"prompt": "x", "image": "@a.png", "strength": 0.6, "seed": 10}) == []
    assert found(ULTRA, {"prompt": "x", "image": "@a.png", "strength": "0.6", "seed": "10"}) == []


def test_what_a_mode_or_a_model_does_not_know_is_left_out() -> None:
    values = {"prompt": "x", "mode": "image-to-image", "image": "@a.png", "strength": 0.5, "aspect_ratio": "1:1"}
    assert "aspect_ratio" not in SD3.body(values).body
    assert "negative_prompt" not in SD3.body({"prompt": "x", "model": "sd3-large-turbo", "negative_prompt": "y"}).body


def test_a_fresh_form_names_the_model() -> None:
    assert (ULTRA.defaults(), CORE.defaults()) == ({}, {})
    assert SD3.defaults() == {"model": "sd3-large"}
    assert SDXL.defaults() == {"engine_id": XL}


@pytest.mark.parametrize(
    ("engine", "width", "height", "fits"),
    [
        (XL, 1024, 1024, True),
        (XL, 640, 1536, True),
        (XL, 1152, 1024, False),
        (XL, 512, 512, False),
        (SIX, 512, 768, True),
        (SIX, 1536, 320, True),
        (SIX, 256, 512, False),
        (BETA, 128, 896, True),
        (BETA, 896, 512, True),
        (BETA, 576, 576, False),
    ],
)
def test_sizes_go_by_the_engine_where_it_is_known(engine: str, width: int, height: int, *, fits: bool) -> None:
    body = {"text_prompts": [{"text": "x"}], "width": width, "height": height}
    assert found(SDXL, body) == []
    problems = [(p.path, p.rule) for p in SDXL.body(body | {"engine_id": engine}).problems]
    assert (problems == []) == fits
    assert {rule for _, rule in problems} <= {"choice"}


def test_a_weighted_prompt_is_known_by_its_first_text() -> None:
    assert SDXL.prompt_of(SDXL.values(SDXL.example)[0]) == "red bicycle in fog"


def test_the_engine_stands_in_the_address_and_never_in_the_body() -> None:
    values = {"engine_id": SIX, "text_prompts": [{"text": "x"}]}
    assert SDXL.address(values) == f"/sd/v1/generation/{SIX}/text-to-image"
    assert SDXL.body(values).body == {"text_prompts": [{"text": "x"}]}


@pytest.mark.parametrize("operation", PARTS)
@pytest.mark.parametrize(
    ("payload", "status", "says"),
    [
        (
            '{"image":"iVBORw0KGgoAAA...","finish_reason":"SUCCESS","seed":343940597}',
            200,
            {"state": "succeeded", "results": [PICTURE]},
        ),
        ('{"image":"iVBORw0KGgoAAA..."}', 200, {"state": "succeeded", "results": [PICTURE]}),
        (
            '{"image":"iVBORw0KGgoAAA...","finish_reason":"CONTENT_FILTERED","seed":1}',
            200,
            {"state": "failed", "results": [], "error": "CONTENT_FILTERED"},
        ),
        ('{"finish_reason":"CONTENT_FILTERED"}', 200, {"state": "failed", "results": [], "error": "CONTENT_FILTERED"}),
        ('{"finish_reason":"SUCCESS"}', 200, {"state": "failed", "results": []}),
        (
            '{"id":"a","name":"bad_request","errors":["one","two"]}',
            400,
            {"state": "failed", "error": "one; two", "code": "bad_request", "refused": True},
        ),
        ('{"error":{"message":"no channel"}}', 503, {"state": "failed", "error": "no channel", "refused": True}),
    ],
)
def test_one_picture_is_read(operation: catalog.Operation, payload: str, status: int, says: dict[str, Any]) -> None:
    report = operation.read(payload, "answer", status).plain()
    assert {key: report[key] for key in says} == says


def test_a_picture_as_it_is_is_read_too() -> None:
    report = ULTRA.read(b"\x89PNG\r\n\x1a\n\x00", "answer")
    assert (report.state, report.results[0].kind, report.results[0].data) == (
        *("succeeded", "image"),
        b"\x89PNG\r\n\x1a\n\x00",
    )


@pytest.mark.parametrize("deep", [False, True])
def test_a_list_of_pictures_is_read_flat_or_in_a_list(*, deep: bool) -> None:
    def read(*artifacts: dict[str, Any]) -> dict[str, Any]:
        return SDXL.read({"artifacts": [list(artifacts)] if deep else list(artifacts)}, "answer").plain()

    good = {"base64": "iVBORw0KGgoAAA...", "seed": 98765, "finishReason": "SUCCESS"}
    held, broken = good | {"base64": "x", "finishReason": "CONTENT_FILTERED"}, {"finishReason": "ERROR"}
    assert (read(good)["state"], read(good)["results"]) == ("succeeded", [PICTURE])
    assert (read(held, good, broken)["state"], read(held, good, broken)["results"]) == ("succeeded", [PICTURE])
    assert (read(held, broken)["state"], read(held, broken)["results"]) == ("failed", [])
    assert read(held, broken)["error"] == "CONTENT_FILTERED; ERROR"
    assert read({"base64": "iVBORw0KGgoAAA..."})["state"] == "succeeded"
    assert read()["state"] == "failed"


def test_the_older_errors_have_one_message() -> None:
    told = {"id": "a", "name": "invalid_sdxl_v1_dimensions", "message": "the allowed dimensions are 1024x1024"}
    report = SDXL.read(told, "answer", 400)
    assert (report.error, report.refused) == ("the allowed dimensions are 1024x1024", True)
    assert (explained := catalog.explain(report.said, 400, "stable-diffusion", report.code))
    assert explained.name == "size"


@pytest.mark.parametrize(("text", "name"), [("CONTENT_FILTERED", "filtered"), ("content_moderation", "prompt-refused")])
def test_filters_are_explained(text: str, name: str) -> None:
    assert (explained := catalog.explain(text, 200, "stable-diffusion"))
    assert explained.name == name


def test_what_has_no_part_in_a_form_is_not_called_sent() -> None:
    body = {
        "prompt": "x",
        "zz": None,
        "yy": [],
        "ww": [None],
        "more": {"deep": None},
        "empty": "",
        "style_preset": None,
    }
    built = CORE.body(*CORE.values(body))
    assert [name for name, _ in catalog.form_parts(built.body)] == ["prompt", "more", "empty"]
    silent = ["zz", "yy", "ww", "style_preset"]
    assert [line.at for line in built.trace if "No part" in line.note.en] == silent
    warned = [problem for problem in built.problems if problem.rule == "unknown"]
    assert [problem.path for problem in warned if "not sent" in problem.message.en] == silent[:3]
    assert [problem.path for problem in warned if "sent as it is" in problem.message.en] == ["more", "empty"]
    assert "No part" not in str([line.note for line in SDXL.body({}, {"zz": None}).trace])
