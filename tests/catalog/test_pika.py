"""Pika's sheet as data: every example body and payload, every rule of the three forms, and the web format."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

TEXT, IMAGE, VIDEO = (catalog.get(f"pika.generate-{form}") for form in ("text", "image", "video"))
FEED, WEB, WEB_FEED = catalog.get("pika.feed"), catalog.get("pika.web-generate"), catalog.get("pika.web-feed")
FORMS = [TEXT, IMAGE, VIDEO]
TASK, WEB_TASK = "22222222-3333-4444-8555-666666666666", "33333333-4444-4555-8666-777777777777"
PICTURE, FILM = "https://img.example.com/teapot.png", "https://v.example.com/lake.mp4"
TEXT_BODY = (
    '{"callback_url":"https://studio.example.com/hooks/p1/","prompt":"a lantern drifting over a lake","ratio":"9:16",'
    '"sfx":false,"model":1.5,"options":{"frameRate":24,"camera":{"zoom":"in"},"parameters":{"guidanceScale":12,'
    '"motion":1,"negativePrompt":"blurry"}}}'
)
IMAGE_BODY = (
    '{"callback_url":"https://studio.example.com/hooks/p2/","image":"https://img.example.com/teapot.png",'
    '"prompt":"Melt it","style":"Melt","sfx":true,"model":1.5}'
)
VIDEO_BODY = (
    '{"callback_url":"https://studio.example.com/hooks/p3/","video":"https://v.example.com/lake.mp4",'
    '"prompt":"the lantern goes out","sfx":false,"style":"Dissolve","options":{"frameRate":24,"parameters":'
    '{"guidanceScale":12,"motion":1,"negativePrompt":""}}}'
)
WEB_BODY = (
    '{"promptText":"rain on a tin roof","model":"2.0","pikaffect":"","options":{"aspectRatio":1,"frameRate":24,'
    '"camera":{},"parameters":{"guidanceScale":12,"motion":1,"negativePrompt":""},"extend":false}}'
)
BODIES = [(TEXT, TEXT_BODY), (IMAGE, IMAGE_BODY), (VIDEO, VIDEO_BODY), (WEB, WEB_BODY)]
DONE = catalog.loads(
    '{"code":200,"msg":"ok","data":{"task_id":"22222222-3333-4444-8555-666666666666","status":"3","prompt":"...",'
    '"video_url":"https://cdn.example.com/p.mp4","msg":null,"point":"80","refund":"0","create_time":"1730000000",'
    '"update_time":"1730000900"},"exec_time":0.02}'
)
CLIP = catalog.loads(
    '{"id":"33333333-4444-4555-8666-777777777777","status":"pending","progress":40,"seed":1,"resultUrl":"",'
    '"sharingUrl":"","videoPoster":"","imageThumb":"","duration":5,"error":""}'
)


def example(operation: catalog.Operation, **changes: Any) -> dict[str, Any]:
    """The example; a member given as None is left out."""
    return {name: value for name, value in {**operation.example, **changes}.items() if value is not None}


def with_options(operation: catalog.Operation, **options: Any) -> dict[str, Any]:
    return example(operation, options={**operation.example.get("options", {}), **options})


def task(**members: Any) -> dict[str, Any]:
    inner: dict[str, Any] = DONE["data"]
    return inner | members


def web(**clip: Any) -> dict[str, Any]:
    return {"id": WEB_TASK, "promptText": "...", "videos": [CLIP | clip]}


# Bodies


@pytest.mark.parametrize(("operation", "text"), BODIES, ids=lambda each: getattr(each, "slug", ""))
def test_the_sheets_bodies_are_the_examples_and_come_back_to_the_digit(operation: catalog.Operation, text: str) -> None:
    bodies.assert_is_the_example(operation, text)
    assert catalog.dumps(operation.body(*operation.values(catalog.loads(text))).body) == text


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        ({"prompt": "x"}, TEXT),
        ({"prompt": "x", "image": PICTURE}, IMAGE),
        ({"prompt": "x", "video": FILM}, VIDEO),
        ({"prompt": "x", "video": FILM, "image": PICTURE}, VIDEO),
    ],
)
def test_one_address_has_three_forms_and_a_video_decides_before_a_picture(
    body: dict[str, Any], operation: catalog.Operation
) -> None:
    assert catalog.recognise("POST", "/pika/v1/pro/generate", body) is operation


@pytest.mark.parametrize(("operation", "at"), [(TEXT, "style"), (WEB, "pikaffect")])
def test_each_effect_has_a_chinese_name_of_its_own(operation: catalog.Operation, at: str) -> None:
    field = operation.field(at)
    assert field
    assert list(field.choice_labels) == list(field.choices)
    names = {name.zh for name in field.choice_labels.values()}
    assert len(names) == len(field.choices)
    assert names.isdisjoint(field.choices)


def test_only_what_has_a_row_in_the_gateways_list_is_switched_on() -> None:
    assert [each.slug for each in (*FORMS, FEED, WEB, WEB_FEED) if each.enabled] == [
        "pika.generate-text",
        "pika.generate-image",
        "pika.generate-video",
        "pika.feed",
    ]


@pytest.mark.parametrize(
    ("operation", "starts"),
    [
        (TEXT, {"ratio": "16:9", "options": {"frameRate": 24}}),
        (IMAGE, {}),
        (VIDEO, {"sfx": True, "options": {"frameRate": 24}}),
    ],
)
def test_a_fresh_form_starts_with_what_its_own_form_requires(
    operation: catalog.Operation, starts: dict[str, Any]
) -> None:
    assert operation.body(operation.defaults()).body == starts


def test_a_fresh_web_form_lacks_its_prompt_alone() -> None:
    built = WEB.body(WEB.start())
    assert [(p.path, p.level) for p in built.problems] == [("promptText", "error")]
    assert list(built.body["options"]) == ["aspectRatio", "frameRate", "parameters", "extend"]


@pytest.mark.parametrize("name", ["callback_url", "prompt", "ratio", "options"])
def test_what_the_text_form_requires(name: str) -> None:
    assert found(TEXT, example(TEXT, **{name: None})) == [(name, "required", "error")]


@pytest.mark.parametrize("name", ["callback_url", "prompt", "image"])
def test_what_the_picture_form_requires(name: str) -> None:
    assert found(IMAGE, example(IMAGE, **{name: None})) == [(name, "required", "error")]


@pytest.mark.parametrize("name", ["callback_url", "prompt", "video", "sfx", "options"])
def test_what_the_video_form_requires(name: str) -> None:
    assert found(VIDEO, example(VIDEO, **{name: None})) == [(name, "required", "error")]


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (TEXT, example(TEXT, model="1.5"), ("model", "type", "error")),
        (TEXT, example(TEXT, model=2.1), ("model", "choice", "warning")),
        (TEXT, example(TEXT, ratio="7:3"), ("ratio", "choice", "warning")),
        (TEXT, example(TEXT, ratio=1.78), ("ratio", "type", "error")),
        (TEXT, example(TEXT, style="Anime"), ("style", "choice", "warning")),
        (TEXT, example(TEXT, sfx="on"), ("sfx", "type", "error")),
        (TEXT, example(TEXT, image=None, extra=1), ("extra", "unknown", "warning")),
        (TEXT, with_options(TEXT, frameRate=7), ("options.frameRate", "minimum", "error")),
        (TEXT, with_options(TEXT, frameRate=25), ("options.frameRate", "maximum", "error")),
        (TEXT, with_options(TEXT, extend=True), ("options.extend", "unknown", "warning")),
        (TEXT, with_options(TEXT, camera={"pan": "up"}), ("options.camera.pan", "choice", "error")),
        (TEXT, with_options(TEXT, camera={"tilt": "left"}), ("options.camera.tilt", "choice", "error")),
        (TEXT, with_options(TEXT, camera={"rotate": "in"}), ("options.camera.rotate", "choice", "error")),
        (TEXT, with_options(TEXT, camera={"zoom": "up"}), ("options.camera.zoom", "choice", "error")),
        (
            TEXT,
            with_options(TEXT, parameters={"guidanceScale": 4}),
            ("options.parameters.guidanceScale", "minimum", "error"),
        ),
        (
            TEXT,
            with_options(TEXT, parameters={"guidanceScale": 26}),
            ("options.parameters.guidanceScale", "maximum", "error"),
        ),
        (TEXT, with_options(TEXT, parameters={"motion": 5}), ("options.parameters.motion", "maximum", "error")),
        (TEXT, with_options(TEXT, parameters={"motion": 0.5}), ("options.parameters.motion", "type", "error")),
        (TEXT, with_options(TEXT, parameters={"seed": 0.5}), ("options.parameters.seed", "type", "error")),
        (IMAGE, example(IMAGE, image="teapot.png"), ("image", "url", "error")),
        (VIDEO, example(VIDEO, style=None), ("style", "required", "warning")),
        (VIDEO, example(VIDEO, ratio="16:9"), ("ratio", "unknown", "warning")),
        (VIDEO, example(VIDEO, image=PICTURE), ("image", "unknown", "warning")),
        (VIDEO, with_options(VIDEO, extend="yes"), ("options.extend", "type", "error")),
        (WEB, example(WEB, model=2.0), ("model", "type", "error")),
        (WEB, example(WEB, pikaffect="Anime"), ("pikaffect", "choice", "warning")),
        (WEB, example(WEB, image=PICTURE), ("options.aspectRatio", "applies", "warning")),
        (WEB, with_options(WEB, aspectRatio=1.5), ("options.aspectRatio", "choice", "error")),
        (WEB, with_options(WEB, aspectRatio="1:1"), ("options.aspectRatio", "type", "error")),
        (
            WEB,
            with_options(WEB, parameters={"guidanceScale": 12, "motion": 1}),
            ("options.parameters.negativePrompt", "required", "error"),
        ),
    ],
)
def test_what_is_wrong_is_told_once(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert found(operation, body) == [problem]


def test_an_effect_is_of_model_one_and_a_half_which_is_what_no_model_means() -> None:
    assert (
        found(TEXT, example(TEXT, style="Levitate")) == found(TEXT, example(TEXT, style="Levitate", model=None)) == []
    )
    assert ("style", "applies", "warning") in found(TEXT, example(TEXT, style="Levitate", model=2))


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (TEXT, example(TEXT, style="Cake-ify", ratio="5:2", model=catalog.loads("1.5"))),
        (TEXT, with_options(TEXT, camera={}, parameters={"seed": 7_000_000_000_000_000, "motion": 0})),
        (TEXT, example(TEXT, options={"frameRate": 8, "camera": {"pan": "left", "tilt": "down", "rotate": "ccw"}})),
        (IMAGE, example(IMAGE, ratio="1:1", options={"frameRate": 20})),
        (IMAGE, example(IMAGE, style="")),
        (VIDEO, with_options(VIDEO, extend=True)),
        (WEB, with_options(WEB, aspectRatio=catalog.loads("1.3333333333333333"))),
        (WEB, example(WEB, pikaffect="Poke", model=None)),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == catalog.dumps(body)


@pytest.mark.parametrize("name", ["image", "video"])
def test_the_web_format_leaves_an_empty_file_out_and_the_ratio_beside_one(name: str) -> None:
    values, extras = WEB.values(example(WEB, **{name: ""}))
    assert WEB.body(values, extras).body == WEB.example
    built = WEB.body(values | {name: FILM}, extras)
    assert built.body[name] == FILM
    assert "aspectRatio" not in built.body["options"]
    assert [p for p in built.problems if p.level == "error"] == []


# Queries


def test_each_format_is_asked_for_by_its_own_query() -> None:
    assert {each.poll for each in FORMS} == {"pika.feed"}
    values = TEXT.poll_values([TASK])
    assert (FEED.method, FEED.address(values), FEED.body(values).body) == ("POST", "/pika/v1/feed", {"task_id": TASK})
    values = WEB.poll_values([WEB_TASK])
    assert (WEB_FEED.method, WEB_FEED.address(values)) == ("GET", f"/pika/feed/{WEB_TASK}")
    assert catalog.recognise("GET", f"/pika/feed/{WEB_TASK}", None) is WEB_FEED


# Payloads of the three forms


@pytest.mark.parametrize("operation", FORMS, ids=lambda each: each.slug)
@pytest.mark.parametrize("code", [200, 0, 400, "success", None])
def test_an_id_says_yes_whatever_the_code(operation: catalog.Operation, code: object) -> None:
    told: dict[str, Any] = {"msg": "ok", "data": {"task_id": TASK}, "exec_time": 0.7}
    report = operation.read(told if code is None else told | {"code": code}, "answer")
    assert (report.gateway_ids, report.state, report.refused) == ((TASK,), "queued", False)


@pytest.mark.parametrize(
    ("told", "status", "error"),
    [
        ({"code": 400, "msg": "callback_url_empty", "data": None}, 200, "callback_url_empty"),
        ({"code": 0, "msg": "no more"}, 200, "no more"),
        ({"error": {"message": "无效的令牌", "type": "one_api_error"}}, 401, "无效的令牌"),
        ({"code": 200, "data": {"task_id": TASK}, "error": {"message": "late"}}, 500, "late"),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(told: object, status: int, error: str) -> None:
    report = TEXT.read(told, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)
    asked = TEXT.read(told, "poll", status)
    assert (asked.state, asked.error) == (None, error)


def test_a_task_that_is_not_known_yet_has_not_failed() -> None:
    report = FEED.read({"code": "task_not_exist", "message": "task not exist", "data": None}, "answer")
    assert (report.state, report.refused, report.code) == (None, True, "task_not_exist")
    explained = catalog.explain(report.error, 200, "pika", report.code)
    assert explained
    assert explained.name == "task-not-known"


@pytest.mark.parametrize("operation", [*FORMS, FEED], ids=lambda each: each.slug)
def test_the_sheets_finished_task_reads_the_same_wrapped_and_alone(operation: catalog.Operation) -> None:
    ways: list[tuple[Any, Any]] = [(DONE, "poll")]
    if operation is not FEED:
        ways += [(DONE["data"], "callback"), (DONE, "callback")]
    for payload, kind in ways:
        report = operation.read(payload, kind)
        assert (report.gateway_id, report.state, report.progress, report.error) == (TASK, "succeeded", None, "")
        assert (report.cost, report.refunded) == (Decimal(80), False)
        assert [(r.kind, r.url, r.role) for r in report.results] == [("video", "https://cdn.example.com/p.mp4", "")]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"status": "0"}, "queued"),
        ({"status": ""}, "queued"),
        ({"status": 1}, "running"),
        ({"status": "2"}, "failed"),
        ({"status": 3}, "succeeded"),
        ({"status": "7"}, "running"),
        ({"state": "pending", "status": "3"}, "queued"),
        ({"state": "running", "status": ""}, "running"),
        ({"state": "success", "status": "0"}, "succeeded"),
        ({"state": "succeeded"}, "succeeded"),
        ({"state": "error", "status": "0"}, "failed"),
        ({"state": "failed"}, "failed"),
        ({"state": "", "status": "2"}, "failed"),
    ],
)
def test_the_word_counts_before_the_digit(told: dict[str, Any], state: str) -> None:
    assert TEXT.read({"code": 200, "data": task(**told)}, "poll").state == state
    assert TEXT.read(task(**told), "callback").state == state


def test_a_failure_says_why_and_that_the_points_came_back() -> None:
    failed = task(status="2", msg="content moderation", refund="1", video_url=None)
    for told, kind in (({"code": 200, "msg": "ok", "data": failed}, "poll"), (failed, "callback")):
        report = TEXT.read(told, kind)  # type: ignore[arg-type]
        assert (report.state, report.error, report.refunded, report.results) == (
            "failed",
            "content moderation",
            True,
            [],
        )


def test_a_later_sisters_envelope_is_read_too() -> None:
    inner = {"task_id": TASK, "status": "SUCCESS", "progress": "100%", "fail_reason": "", "data": task(poster=PICTURE)}
    report = TEXT.read({"code": "success", "message": "", "data": inner}, "poll")
    assert (report.state, report.progress, report.cost) == ("succeeded", 100, Decimal(80))
    assert [(r.kind, r.role) for r in report.results] == [("video", ""), ("image", "poster")]
    failed = {"code": "success", "data": {"task_id": TASK, "status": "FAILURE", "fail_reason": "no"}}
    assert (TEXT.read(failed, "poll").state, TEXT.read(failed, "poll").error) == ("failed", "no")


@pytest.mark.parametrize("operation", [*FORMS, FEED], ids=lambda each: each.slug)
def test_a_video_can_be_edited_and_lengthened_and_its_picture_begins_another(operation: catalog.Operation) -> None:
    report = operation.read({"code": 200, "data": task(poster=PICTURE)}, "poll")
    film = "https://cdn.example.com/p.mp4"
    assert [(a.operation, dict(a.values)) for a in report.actions] == [
        ("pika.generate-video", {"video": film}),
        ("pika.generate-video", {"video": film, "options.extend": True}),
        ("pika.generate-image", {"image": PICTURE}),
    ]
    without = operation.read(DONE, "poll")
    assert [a.operation for a in without.actions] == ["pika.generate-video"] * 2


# Payloads of the web format


@pytest.mark.parametrize("operation", [WEB, WEB_FEED], ids=lambda each: each.slug)
@pytest.mark.parametrize(
    ("told", "state", "progress"),
    [
        ({"id": WEB_TASK}, "queued", None),
        ({"id": WEB_TASK, "videos": []}, "queued", None),
        (web(status="queued", progress=0), "queued", 0),
        (web(), "running", 40),
        (web(status="finished", progress=100), "succeeded", 100),
        (web(status="error"), "failed", 40),
        (web(status="brewing"), None, 40),
        ({}, None, None),
    ],
)
def test_the_words_of_a_clip(
    operation: catalog.Operation, told: dict[str, Any], state: str | None, progress: int | None
) -> None:
    report = operation.read(told, "poll")
    assert (report.state, report.progress) == (state, progress)
    assert report.gateway_id == (WEB_TASK if told else "")


def test_a_finished_clip_is_one_result_with_its_pictures_and_can_be_edited() -> None:
    shared = "https://cdn.example.com/shared.mp4"
    done = web(status="finished", resultUrl=FILM, sharingUrl=shared, videoPoster=PICTURE, imageThumb=f"{PICTURE}?s")
    report = WEB.read(done, "poll")
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", FILM, ""),
        ("image", PICTURE, "poster"),
        ("image", f"{PICTURE}?s", "thumbnail"),
    ]
    assert [(a.operation, dict(a.values)) for a in report.actions] == [
        ("pika.web-generate", {"video": FILM}),
        ("pika.web-generate", {"image": PICTURE}),
    ]


def test_a_failed_clip_says_why() -> None:
    assert WEB.read(web(status="error", error="moderated"), "poll").error == "moderated"


@pytest.mark.parametrize("status", [400, 429, 500])
def test_a_refused_web_submit_has_failed_with_its_text(status: int) -> None:
    report = WEB.read({"error": {"message": "promptText is required"}}, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", "promptText is required", True)


# To and from other systems


def test_words_and_shape_go_over_and_an_effect_is_no_style_there() -> None:
    values, extras = TEXT.values(example(TEXT, style="Levitate"))
    runway = catalog.port(TEXT, values, extras, catalog.get("runway.generate-text"))
    assert (runway.values["prompt"], runway.values["ratio"]) == ("a lantern drifting over a lake", "9:16")
    assert "Levitate" not in runway.values.values()
    kling = catalog.port(TEXT, values, extras, catalog.get("kling.text2video"))
    assert (kling.values["negative_prompt"], kling.values["aspect_ratio"]) == ("blurry", "9:16")


def test_runways_body_becomes_pikas_and_its_style_is_no_effect() -> None:
    runway = catalog.get("runway.generate-text")
    ported = catalog.port(runway, *runway.values(runway.example), TEXT)
    assert ported.values == {"prompt": "一只小猫", "ratio": "16:9", "options.frameRate": 24}


@pytest.mark.parametrize(("ratio", "number"), [("16:9", "1.7777777777777777"), ("9:16", "0.5625"), ("3:4", "0.75")])
def test_a_ratio_as_text_becomes_the_number_of_the_web_format_and_back(ratio: str, number: str) -> None:
    there = catalog.port(TEXT, {"prompt": "x", "ratio": ratio}, {}, WEB)
    assert catalog.dumps(there.values["options.aspectRatio"]) == number
    assert catalog.port(WEB, there.values, {}, TEXT).values["ratio"] == ratio


def test_a_picture_goes_over_between_the_forms() -> None:
    values, extras = IMAGE.values(IMAGE.example)
    assert catalog.port(IMAGE, values, extras, WEB).values["image"] == PICTURE
    assert catalog.port(IMAGE, values, extras, catalog.get("kling.image2video")).values["image"] == PICTURE
