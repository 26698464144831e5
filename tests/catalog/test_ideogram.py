"""Ideogram's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies

GENERATE, REMIX, UPSCALE, DESCRIBE = (
    catalog.get(f"ideogram.{name}") for name in ("generate", "remix", "upscale", "describe")
)
IN_PARTS = [REMIX, UPSCALE, DESCRIBE]
BODIES = {
    GENERATE.slug: """{"image_request":{"prompt":"red bicycle leaning on a wall","model":"V_2",
        "aspect_ratio":"ASPECT_16_9","magic_prompt_option":"ON","style_type":"REALISTIC","num_images":2}}""",
    REMIX.slug: """{"image_file":"@image.png","image_request":{"prompt":"the same bicycle in winter",
        "model":"V_2_TURBO","aspect_ratio":"ASPECT_3_2","image_weight":65,"magic_prompt_option":"OFF"}}""",
    UPSCALE.slug: """{"image_file":"@image.png","image_request":{"resemblance":60,"detail":75,
        "prompt":"red bicycle, crisp paint"}}""",
    DESCRIBE.slug: """{"image_file":"@image.png"}""",
}
URL, OTHER = "https://files.example.com/ephemeral/aaa.png?exp=1738663872&sig=bbb", "https://files.example.com/b.png"
ENTRY: dict[str, Any] = {
    "url": URL,
    "prompt": "A red bicycle leaning on a wall, soft light",
    "resolution": "1312x736",
    "is_image_safe": True,
    "seed": 4242,
    "style_type": "REALISTIC",
}


def wrapped(**asked: Any) -> dict[str, Any]:
    return {"image_request": {"prompt": "x"} | asked}


def found(operation: catalog.Operation, body: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p.path.removeprefix("image_request."), p.rule, p.level) for p in operation.check(body)]


def read(*entries: dict[str, Any], operation: catalog.Operation = GENERATE) -> catalog.Report:
    return operation.read({"created": "2025-02-03T10:11:12.000000+00:00", "data": list(entries)}, "answer")


# Bodies


@pytest.mark.parametrize("slug", BODIES)
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(slug: str) -> None:
    bodies.assert_is_the_example(catalog.get(slug), BODIES[slug])


@pytest.mark.parametrize("operation", IN_PARTS, ids=lambda each: each.slug)
def test_a_picture_goes_as_a_part_of_a_form_and_its_settings_as_json_text(operation: catalog.Operation) -> None:
    assert operation.transport == "multipart-answer"
    file = operation.field("image_file")
    assert file
    assert (file.type, file.takes, file.sent, file.required) == ("file", ("image",), ("part",), "yes")
    parts = dict(catalog.form_parts(operation.example))
    assert parts["image_file"] == "@image.png"
    if operation is not DESCRIBE:
        assert catalog.loads(parts["image_request"]) == operation.example["image_request"]
        assert found(operation, {"image_file": "@image.png", "image_request": parts["image_request"]}) == []


def test_every_call_answers_at_once() -> None:
    for operation in (GENERATE, *IN_PARTS):
        assert (operation.answers_at_once, operation.poll, operation.callback) == (True, "", "")
        assert operation.patience == 120


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (GENERATE, {}, ("prompt", "required", "error")),
        (GENERATE, {"prompt": "x"}, ("prompt", "required", "error")),
        (GENERATE, {"image_request": '{"prompt":"x"}'}, ("image_request", "type", "error")),
        (GENERATE, {"image_request": {}}, ("prompt", "required", "error")),
        (GENERATE, wrapped(model="V_9"), ("model", "choice", "warning")),
        (GENERATE, wrapped(aspect_ratio="16:9"), ("aspect_ratio", "choice", "error")),
        (GENERATE, wrapped(resolution="RESOLUTION_100_100"), ("resolution", "choice", "warning")),
        (GENERATE, wrapped(magic_prompt_option="MAYBE"), ("magic_prompt_option", "choice", "error")),
        (GENERATE, wrapped(magic_prompt_version="V_9"), ("magic_prompt_version", "choice", "warning")),
        (GENERATE, wrapped(style_type="NOIR"), ("style_type", "choice", "warning")),
        (GENERATE, wrapped(seed=2147483648), ("seed", "maximum", "error")),
        (GENERATE, wrapped(num_images=9), ("num_images", "maximum", "error")),
        (GENERATE, wrapped(image_weight=50), ("image_weight", "unknown", "warning")),
        (GENERATE, wrapped(color_palette={"name": "SMOKE"}), ("color_palette.name", "choice", "error")),
        (GENERATE, wrapped(color_palette={"members": []}), ("color_palette.members", "items", "error")),
        (
            GENERATE,
            wrapped(color_palette={"members": [{"color_weight": 0.5}]}),
            ("color_palette.members[0].color_hex", "required", "error"),
        ),
        (
            GENERATE,
            wrapped(color_palette={"members": [{"color_hex": "FF8800"}]}),
            ("color_palette.members[0].color_hex", "pattern", "error"),
        ),
        (
            GENERATE,
            wrapped(color_palette={"members": [{"color_hex": "#FF8800", "color_weight": 0.01}]}),
            ("color_palette.members[0].color_weight", "minimum", "error"),
        ),
        (REMIX, wrapped(), ("image_file", "required", "error")),
        (REMIX, {"image_file": "@a.png"}, ("prompt", "required", "error")),
        (REMIX, wrapped(image_weight=0), ("image_weight", "minimum", "error")),
        (REMIX, wrapped(detail=50), ("detail", "unknown", "warning")),
        (UPSCALE, {"image_file": "@a.png"}, ("image_request", "required", "error")),
        (UPSCALE, wrapped(resemblance=101), ("resemblance", "maximum", "error")),
        (UPSCALE, wrapped(model="V_2"), ("model", "unknown", "warning")),
        (DESCRIBE, {}, ("image_file", "required", "error")),
        (DESCRIBE, {"describe_model_version": "V_4"}, ("describe_model_version", "choice", "warning")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


def test_an_upscale_needs_no_more_than_an_empty_request() -> None:
    assert found(UPSCALE, {"image_file": "@a.png", "image_request": {}}) == []
    assert UPSCALE.body(UPSCALE.start() | {"image_file": "@a.png"}).body == {
        "image_file": "@a.png",
        "image_request": {},
    }


@pytest.mark.parametrize("value", ["#F80", "#FF8800", "#ff8800"])
def test_a_colour_is_written_in_three_or_six_digits(value: str) -> None:
    assert found(GENERATE, wrapped(color_palette={"members": [{"color_hex": value, "color_weight": 1}]})) == []


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"aspect_ratio": "ASPECT_1_1", "resolution": "RESOLUTION_1024_1024"}, "resolution"),
        ({"color_palette": {"name": "EMBER", "members": [{"color_hex": "#F80"}]}}, "color_palette"),
    ],
)
@pytest.mark.parametrize("operation", [GENERATE, REMIX], ids=lambda each: each.slug)
def test_two_ways_to_say_the_same_are_warned_about(
    operation: catalog.Operation, asked: dict[str, Any], path: str
) -> None:
    problems = found(operation, {"image_file": "@a.png"} | wrapped(**asked))
    assert any(path in at and rule == "exclusive" and level == "warning" for at, rule, level in problems)


@pytest.mark.parametrize(
    ("model", "field", "value", "applies"),
    [
        (None, "resolution", "RESOLUTION_1280_720", True),
        ("V_2_TURBO", "resolution", "RESOLUTION_1280_720", True),
        ("V_1", "resolution", "RESOLUTION_1280_720", False),
        ("V_1_TURBO", "style_type", "ANIME", False),
        ("V_2A", "style_type", "ANIME", True),
        ("V_2A", "negative_prompt", "fog", False),
        ("V_1", "negative_prompt", "fog", True),
        ("V_2", "color_palette", {"name": "EMBER"}, True),
        ("V_2A_TURBO", "color_palette", {"name": "EMBER"}, False),
    ],
)
def test_what_a_model_knows(model: str | None, field: str, value: Any, *, applies: bool) -> None:
    body = wrapped(**({"model": model} if model else {}), **{field: value})
    assert (any(rule == "applies" for _, rule, _ in found(GENERATE, body))) is not applies


def test_there_are_78_exact_sizes_each_once() -> None:
    field = GENERATE.field("image_request.resolution")
    assert field
    assert len(set(field.choices)) == len(field.choices) == 78


def test_a_prompt_and_a_shape_are_carried_there_and_back() -> None:
    wide = {"prompt": "a fox", "aspect_ratio": "16:9", "seed": 7, "negative_prompt": "fog"}
    ultra = catalog.get("stable-diffusion.ultra")
    there = catalog.port(ultra, wide, {}, GENERATE).values
    assert there["image_request.prompt"] == "a fox"
    assert there["image_request.aspect_ratio"] == "ASPECT_16_9"
    assert (there["image_request.seed"], there["image_request.negative_prompt"]) == (7, "fog")
    back = catalog.port(GENERATE, {"image_request.resolution": "RESOLUTION_768_1344"}, {}, ultra).values
    assert back["aspect_ratio"] == "9:16"


# Payloads


@pytest.mark.parametrize("operation", [GENERATE, REMIX, UPSCALE], ids=lambda each: each.slug)
def test_a_picture_comes_with_the_prompt_that_was_used(operation: catalog.Operation) -> None:
    report = read(ENTRY, operation=operation).plain()
    assert (report["state"], report["error"], report["gateway_id"]) == ("succeeded", "", "")
    assert report["results"] == [
        {"kind": "image", "url": URL, "role": ""},
        {"kind": "text", "text": ENTRY["prompt"], "role": "details"},
    ]


def test_a_prompt_that_several_pictures_share_is_kept_once() -> None:
    kinds = [each.kind for each in read(ENTRY, ENTRY | {"url": OTHER}).results]
    assert kinds == ["image", "image", "text"]


@pytest.mark.parametrize("held", [{"url": None}, {"url": ""}, {"url": OTHER}])
def test_a_picture_that_is_not_safe_is_none(held: dict[str, Any]) -> None:
    unsafe = ENTRY | {"is_image_safe": False, "prompt": "what was held back"} | held
    rest = read(unsafe, ENTRY)
    assert rest.state == "succeeded"
    assert [each.url or each.text for each in rest.results] == [URL, ENTRY["prompt"]]
    assert {action.values["image_file"] for action in rest.actions if action.operation == "ideogram.remix"} == {URL}
    none = read(unsafe)
    assert (none.state, none.results, none.refused) == ("failed", [], False)
    assert (explained := catalog.explain(none.said, 200, "ideogram"))
    assert (explained.name, explained.charged) == ("held-back", "maybe")


def test_no_picture_at_all_has_failed() -> None:
    assert (read().state, read().error) == ("failed", "The pictures were held back by the safety check.")
    unsaid = {name: value for name, value in ENTRY.items() if name not in {"is_image_safe", "style_type"}}
    assert read(unsaid).state == "succeeded", "what is not called unsafe counts"


@pytest.mark.parametrize("operation", [GENERATE, DESCRIBE], ids=lambda each: each.slug)
@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"error": "Prompt failed the check."}, 422, "Prompt failed the check."),
        ({"error": {"message": "no channel", "type": "a", "code": "b"}}, 503, "no channel"),
        ({"detail": "one"}, 400, "one"),
        ({"message": "two"}, 403, "two"),
        ("", 429, "HTTP 429 Too Many Requests"),
    ],
)
def test_a_refusal_is_told_in_its_own_words(
    operation: catalog.Operation, payload: object, status: int, error: str
) -> None:
    report = operation.read(payload, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)


def test_a_failed_check_is_known_by_its_status() -> None:
    assert (explained := catalog.explain("whatever it says", 422, "ideogram"))
    assert explained.name == "safety"


def test_descriptions_are_texts_and_lead_on_to_pictures() -> None:
    told = DESCRIBE.read({"descriptions": [{"text": "A red bicycle."}, {"text": "A vintage bicycle."}]}, "answer")
    assert (told.state, [each.text for each in told.results]) == ("succeeded", ["A red bicycle.", "A vintage bicycle."])
    assert [(each.operation, *each.values.items()) for each in told.actions] == [
        ("ideogram.generate", ("image_request.prompt", "A red bicycle.")),
        ("ideogram.generate", ("image_request.prompt", "A vintage bicycle.")),
        ("midjourney.imagine", ("prompt", "A red bicycle.")),
        ("midjourney.imagine", ("prompt", "A vintage bicycle.")),
    ]
    assert DESCRIBE.read({"descriptions": []}, "answer").state == "failed"


def test_a_picture_goes_on_with_the_prompt_it_was_made_from() -> None:
    actions = {each.operation: each.values for each in read(ENTRY).actions}
    assert actions["ideogram.remix"] == {"image_file": URL, "image_request.prompt": ENTRY["prompt"]}
    assert actions["ideogram.upscale"] == {"image_file": URL, "image_request.prompt": ENTRY["prompt"]}
    assert actions["ideogram.describe"] == {"image_file": URL}


@pytest.mark.parametrize(
    ("slug", "text", "problems"),
    [
        ("remix", '{"prompt":"x","image_weight":65}', []),
        ("remix", "{}", [("prompt", "required", "error")]),
        ("remix", '{"prompt":"x","image_weight":0}', [("image_weight", "minimum", "error")]),
        ("remix", '{"prompt":"x","detail":5}', [("image_request.detail", "unknown", "warning")]),
        ("remix", "not json", [("image_request", "json", "error")]),
        ("remix", '["x"]', [("image_request", "json", "error")]),
        ("remix", '{"prompt":"x"', [("image_request", "json", "error")]),
        ("upscale", "{}", []),
        ("upscale", "not json", [("image_request", "json", "error")]),
    ],
)
def test_settings_as_json_text_are_looked_at_as_the_object_they_are(
    slug: str, text: str, problems: list[tuple[str, str, str]]
) -> None:
    operation, body = catalog.get(f"ideogram.{slug}"), {"image_file": "@a.png", "image_request": text}
    told = [(path.removeprefix("image_request."), rule, level) for path, rule, level in problems]
    assert found(operation, body) == told
    built = operation.body(*operation.values(body))
    assert built.body == body, "the text itself is sent"
    assert [(p.path.removeprefix("image_request."), p.rule, p.level) for p in built.problems] == told
    assert [line.at for line in built.trace] == ["image_file", "image_request"]
