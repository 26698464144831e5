"""Pixverse's sheet as data: bodies, rules, the word before the digit, the numbers of the web format, and its pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

TEXT, IMAGE = catalog.get("pixverse.generate-text"), catalog.get("pixverse.generate-image")
FEED, WEB = catalog.get("pixverse.feed"), catalog.get("pixverse.web-generate")
WEB_FEED = catalog.get("pixverse.web-feed")
TASK = "44444444-5555-4666-8777-888888888888"
PICTURE, END, FILM = (f"https://cdn.example.com/{name}" for name in ("owl.png", "end.png", "x.mp4"))
TEXT_BODY = (
    '{"callback_url":"https://studio.example.com/hooks/x1/","prompt":"a clockwork owl opens its wings","model":"v3",'
    '"ratio":"16:9","negative_prompt":"blurry","seed":20250101}'
)
IMAGE_BODY = (
    '{"callback_url":"https://studio.example.com/hooks/x2/","image":"https://img.example.com/owl.png",'
    '"prompt":"it blinks","model":"v3.5","seed":7}'
)
WEB_BODY = (
    '{"prompt":"smoke rings","model":"v4","quality":"540p","duration":5,"aspect_ratio":"16:9","motion_mode":"normal",'
    '"seed":5}'
)
BODIES = [(TEXT, TEXT_BODY), (IMAGE, IMAGE_BODY), (WEB, WEB_BODY)]
RUNNING = catalog.loads(
    '{"code":200,"msg":"ok","data":{"task_id":"44444444-5555-4666-8777-888888888888","state":"running","status":"1",'
    '"prompt":"...","video_url":null,"image_url":null,"poster":null,"msg":null,"point":"100","refund":"0",'
    '"create_time":"1735700000","update_time":"1735700050"}}'
)
WEB_RUNNING = catalog.loads(
    '{"ErrCode":0,"Resp":{"video_status":5,"prompt":"smoke rings","model":"v4","quality":"540p","video_duration":5,'
    '"first_frame":"","last_frame":"","url":""}}'
)


def example(operation: catalog.Operation, **changes: Any) -> dict[str, Any]:
    """The example; a member given as None is left out."""
    return {name: value for name, value in {**operation.example, **changes}.items() if value is not None}


def task(**members: Any) -> dict[str, Any]:
    inner: dict[str, Any] = RUNNING["data"]
    return inner | members


def web(**members: Any) -> dict[str, Any]:
    return {"ErrCode": 0, "Resp": WEB_RUNNING["Resp"] | members}


# Bodies


@pytest.mark.parametrize(("operation", "text"), BODIES, ids=lambda each: getattr(each, "slug", ""))
def test_the_sheets_bodies_are_the_examples_and_come_back_to_the_digit(operation: catalog.Operation, text: str) -> None:
    bodies.assert_is_the_example(operation, text)
    assert catalog.dumps(operation.body(*operation.values(catalog.loads(text))).body) == text


@pytest.mark.parametrize(
    ("body", "operation"), [({"prompt": "x"}, TEXT), ({"image": PICTURE}, IMAGE), ({"image": ""}, IMAGE)]
)
def test_one_address_has_two_forms_and_a_picture_decides(body: dict[str, Any], operation: catalog.Operation) -> None:
    assert catalog.recognise("POST", "/pixverse/v1/pro/generate", body) is operation


def test_only_what_has_a_row_in_the_gateways_list_is_switched_on() -> None:
    on = [each.slug for each in (TEXT, IMAGE, FEED, WEB, WEB_FEED) if each.enabled]
    assert on == ["pixverse.generate-text", "pixverse.generate-image", "pixverse.feed"]


@pytest.mark.parametrize(
    ("operation", "starts", "lacks"),
    [
        (TEXT, {"model": "v3", "ratio": "16:9"}, {"callback_url", "prompt"}),
        (IMAGE, {"model": "v3"}, {"callback_url", "prompt", "image"}),
        (
            WEB,
            {
                "model": "v4",
                "quality": "540p",
                "duration": 5,
                "aspect_ratio": "16:9",
                "motion_mode": "normal",
                "seed": 5,
            },
            {"prompt"},
        ),
    ],
)
def test_a_fresh_form_lacks_only_what_a_person_must_say(
    operation: catalog.Operation, starts: dict[str, Any], lacks: set[str]
) -> None:
    built = operation.body(operation.defaults())
    assert built.body == starts
    assert {(p.path, p.level) for p in built.problems} == {(at, "error") for at in lacks}


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (TEXT, example(TEXT, callback_url=None), ("callback_url", "required", "error")),
        (TEXT, example(TEXT, prompt=None), ("prompt", "required", "error")),
        (TEXT, example(TEXT, model=None), ("model", "required", "warning")),
        (TEXT, example(TEXT, model="v9"), ("model", "choice", "warning")),
        (TEXT, example(TEXT, ratio=None), ("ratio", "required", "warning")),
        (TEXT, example(TEXT, ratio="21:9"), ("ratio", "choice", "warning")),
        (TEXT, example(TEXT, style="cinematic"), ("style", "choice", "warning")),
        (TEXT, example(TEXT, style=3), ("style", "choice", "warning")),
        (TEXT, example(TEXT, style=True), ("style", "type", "error")),
        (TEXT, example(TEXT, seed="7"), ("seed", "type", "error")),
        (TEXT, example(TEXT, template_id="302325299721280"), ("template_id", "type", "error")),
        (TEXT, example(TEXT, sound_effect_switch=True), ("sound_effect_switch", "type", "error")),
        (TEXT, example(TEXT, sound_effect_switch=2), ("sound_effect_switch", "choice", "error")),
        (TEXT, example(TEXT, sound_effect_content="rain"), ("sound_effect_content", "applies", "warning")),
        (TEXT, example(TEXT, lip_sync_tts_content="Hello."), ("lip_sync_tts_content", "applies", "warning")),
        (TEXT, example(TEXT, lip_sync_tts_speaker_id=8), ("lip_sync_tts_speaker_id", "type", "error")),
        (TEXT, example(TEXT, lip_sync_tts_speaker_id="99"), ("lip_sync_tts_speaker_id", "choice", "warning")),
        (TEXT, example(TEXT, quality="4k"), ("quality", "choice", "warning")),
        (TEXT, example(TEXT, duration=7), ("duration", "choice", "warning")),
        (TEXT, example(TEXT, camera_movement="spin"), ("camera_movement", "choice", "warning")),
        (TEXT, example(TEXT, last_image=END), ("last_image", "unknown", "warning")),
        (IMAGE, example(IMAGE, image=None, image_base=PICTURE), ("image", "required", "error")),
        (IMAGE, example(IMAGE, image="owl.png"), ("image", "url", "error")),
        (IMAGE, example(IMAGE, last_image="owl.png"), ("last_image", "url", "error")),
        (IMAGE, example(IMAGE, ratio="16:9"), ("ratio", "unknown", "warning")),
        (IMAGE, example(IMAGE, motion_strength=1.1), ("motion_strength", "maximum", "error")),
        (IMAGE, example(IMAGE, motion_scale={"roll": 1.5}), ("motion_scale.roll", "type", "error")),
        (WEB, example(WEB, seed=None), ("seed", "required", "error")),
        (WEB, example(WEB, model="v5"), ("model", "choice", "warning")),
        (WEB, example(WEB, quality="4k"), ("quality", "choice", "error")),
        (WEB, example(WEB, duration=10), ("duration", "choice", "error")),
        (WEB, example(WEB, aspect_ratio="21:9"), ("aspect_ratio", "choice", "error")),
        (WEB, example(WEB, motion_mode="wild"), ("motion_mode", "choice", "error")),
        (WEB, example(WEB, frame=[PICTURE]), ("frame", "items", "error")),
        (WEB, example(WEB, style=3), ("style", "type", "error")),
        (WEB, example(WEB, extend=1), ("extend", "applies", "warning")),
        (WEB, example(WEB, original_video_id=7, extend=1), ("platform", "required", "error")),
        (WEB, example(WEB, original_video_id=7, platform="web"), ("extend", "required", "error")),
        (WEB, example(WEB, original_video_id=7, extend=2, platform="web"), ("extend", "choice", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)
    assert len([each for each in found(operation, body) if each[1] != "unknown"]) <= 1


@pytest.mark.parametrize("at", ["style", "camera_movement", "motion_mode", "lip_sync_tts_speaker_id"])
def test_each_word_to_choose_has_a_name_of_its_own(at: str) -> None:
    field = WEB.field(at) or TEXT.field(at)
    assert field
    assert list(field.choice_labels) == [str(choice) for choice in field.choices]
    assert len({name.zh for name in field.choice_labels.values()}) == len(field.choices)


def test_a_picture_and_two_frames_exclude_each_other() -> None:
    body = example(WEB, img_url=PICTURE, frame=[PICTURE, END])
    assert [(rule, level) for _, rule, level in found(WEB, body)] == [("exclusive", "warning")]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (TEXT, example(TEXT, template_id=302325299721280, style="3d_animation", quality="720p", duration=8)),
        (TEXT, example(TEXT, sound_effect_switch=1, sound_effect_content="a music box")),
        (TEXT, example(TEXT, lip_sync_tts_speaker_id="Auto", lip_sync_tts_content="Good evening.")),
        (TEXT, example(TEXT, camera_movement="super_dolly_out", model="auto")),
        (IMAGE, example(IMAGE, last_image=END, style="clay", camera_movement="fix_bg")),
        (IMAGE, example(IMAGE, motion_strength=0.55, motion_scale={"horizontal": -3.3, "vertical": 2.7, "roll": 4})),
        (WEB, example(WEB, frame=[PICTURE, END])),
        (WEB, example(WEB, original_video_id=123456789, extend=1, platform="web")),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == catalog.dumps(body)


# Queries


def test_a_task_is_asked_for_behind_a_question_mark() -> None:
    values = TEXT.poll_values([TASK])
    assert (FEED.method, FEED.address(values)) == ("GET", f"/pixverse/v1/pro/feed?task_id={TASK}")
    assert FEED.body(values).body == {}
    assert FEED.body(values).problems == []


def test_a_video_of_the_web_format_is_asked_for_by_its_number() -> None:
    values = WEB.poll_values(["123456789"])
    assert WEB_FEED.address(values) == "/pixverse/feed/123456789"
    assert WEB_FEED.body(values).problems == []
    assert catalog.recognise("GET", "/pixverse/feed/123456789", None) is WEB_FEED


# Payloads


@pytest.mark.parametrize("operation", [TEXT, IMAGE])
def test_an_accepted_submit_is_queued(operation: catalog.Operation) -> None:
    report = operation.read({"code": 200, "msg": "ok", "data": {"task_id": TASK}, "exec_time": 0.03}, "answer")
    assert (report.gateway_ids, report.state, report.refused) == ((TASK,), "queued", False)
    early = operation.read({"code": 200, "data": {"task_id": TASK, "status": "", "state": ""}}, "answer")
    assert early.state == "queued"


@pytest.mark.parametrize(
    ("told", "status", "error"),
    [
        ({"code": 400, "msg": "prompt_empty", "data": None}, 200, "prompt_empty"),
        ({"error": {"message": "无效的令牌", "type": "one_api_error"}}, 401, "无效的令牌"),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(told: object, status: int, error: str) -> None:
    report = TEXT.read(told, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)
    asked = FEED.read(told, "answer", status)
    assert (asked.state, asked.error) == (None, error)


@pytest.mark.parametrize("operation", [TEXT, IMAGE, FEED])
def test_the_sheets_poll_is_under_way(operation: catalog.Operation) -> None:
    report = operation.read(RUNNING, "poll")
    assert (report.gateway_id, report.state, report.progress, report.results) == (TASK, "running", None, [])
    assert (report.cost, report.refunded) == (Decimal(100), False)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"state": "", "status": "0"}, "queued"),
        ({"state": "", "status": 3}, "succeeded"),
        ({"state": None, "status": "2"}, "failed"),
        ({"state": "pending", "status": "1"}, "queued"),
        ({"state": "success", "status": "1"}, "succeeded"),
        ({"state": "succeeded", "status": "1"}, "succeeded"),
        ({"state": "error", "status": "1"}, "failed"),
        ({"state": "failed", "status": "1"}, "failed"),
        ({"state": "brewing", "status": "3"}, "running"),
    ],
)
def test_the_word_counts_before_the_digit(told: dict[str, Any], state: str) -> None:
    assert TEXT.read({"code": 200, "data": task(**told)}, "poll").state == state
    assert TEXT.read(task(**told), "callback").state == state


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_finished_video_is_one_result_and_its_preview_is_none(wrapped: bool) -> None:
    told = task(state="success", status="3", video_url=FILM, image_url=f"{END}.webp", poster=PICTURE)
    report = IMAGE.read({"code": 200, "data": told} if wrapped else told, "callback")
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", FILM, ""),
        ("image", PICTURE, "poster"),
        ("image", f"{END}.webp", "preview"),
    ]
    assert [(a.operation, dict(a.values)) for a in report.actions] == [("pixverse.generate-image", {"image": PICTURE})]
    still = IMAGE.read(told | {"image_url": PICTURE}, "callback")
    assert [r.role for r in still.results] == ["", "poster"], "the still again is no second picture"


def test_a_failure_says_why_and_that_the_points_came_back() -> None:
    report = TEXT.read({"code": 200, "msg": "ok", "data": task(state="error", msg="moderated", refund="1")}, "poll")
    assert (report.state, report.error, report.refunded) == ("failed", "moderated", True)


def test_a_later_sisters_envelope_is_read_too() -> None:
    inner = {"task_id": TASK, "status": "SUCCESS", "progress": "100%", "data": task(video_url=FILM)}
    report = TEXT.read({"code": "success", "message": "", "data": inner}, "poll")
    assert (report.state, report.progress, [r.url for r in report.results]) == ("succeeded", 100, [FILM])


# Payloads of the web format


def test_the_web_formats_id_is_a_number() -> None:
    report = WEB.read(catalog.loads('{"ErrCode":0,"ErrMsg":"Success","Resp":{"video_id":123456789}}'), "answer")
    assert (report.gateway_ids, report.state, report.refused) == (("123456789",), "queued", False)


@pytest.mark.parametrize(
    ("number", "state", "error"),
    [
        (1, "succeeded", ""),
        (5, "running", ""),
        (7, "failed", "video_status 7"),
        (8, "failed", "video_status 8"),
        (100, "failed", "video_status 100"),
        ("7", "failed", "video_status 7"),
        (6, None, ""),
    ],
)
def test_the_numbers_of_a_video(number: object, state: str | None, error: str) -> None:
    for operation in (WEB, WEB_FEED):
        report = operation.read(web(video_status=number), "poll")
        assert (report.state, report.error) == (state, error)


@pytest.mark.parametrize(
    ("number", "name"), [(7, "moderated"), (8, "not-made"), (100, "not-made"), (77, None), (70, None)]
)
def test_a_number_is_explained(number: int, name: str | None) -> None:
    explained = catalog.explain(f"video_status {number}", 200, "pixverse")
    assert (explained and explained.name) == name


@pytest.mark.parametrize("told", [{"ErrCode": 500, "ErrMsg": "later"}, {"ErrCode": 0}, {"ErrCode": 0, "Resp": None}])
def test_without_a_word_of_the_video_it_is_asked_for_again(told: dict[str, Any]) -> None:
    assert WEB.read(told, "poll").state is None


def test_a_finished_web_video_has_its_frames_and_can_be_extended_by_the_number_of_its_submit() -> None:
    done = web(video_status=1, url=FILM, first_frame=PICTURE, last_frame=END)
    report = WEB.read(done, "poll", gateway_ids=["123456789"])
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", FILM, ""),
        ("image", PICTURE, "poster"),
        ("image", END, "last_frame"),
    ]
    (onward,) = report.actions
    assert onward.values == {"original_video_id": 123456789, "extend": 1, "platform": "web"}
    assert WEB.check(example(WEB, **onward.values)) == []
    assert WEB.read(done, "poll").actions == [], "without the number there is nothing to extend"


@pytest.mark.parametrize("status", [200, 400])
def test_a_refused_web_submit_has_failed_with_its_text(status: int) -> None:
    report = WEB.read({"ErrCode": 400, "ErrMsg": "seed is required"}, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", "seed is required", True)


# To and from other systems


def test_words_shape_and_length_come_from_runway() -> None:
    runway = catalog.get("runway.generate-text")
    ported = catalog.port(runway, *runway.values(runway.example), TEXT)
    assert ported.values == {"prompt": "一只小猫", "model": "v3", "ratio": "16:9", "duration": 10}


def test_words_shape_and_seed_go_over_to_pika_and_back() -> None:
    pika = catalog.get("pika.generate-text")
    there = catalog.port(TEXT, *TEXT.values(TEXT.example), pika).values
    assert (there["prompt"], there["ratio"]) == (TEXT.example["prompt"], "16:9")
    assert (there["options.parameters.negativePrompt"], there["options.parameters.seed"]) == ("blurry", 20250101)
    back = catalog.port(pika, there, {}, TEXT).values
    assert back == {name: value for name, value in TEXT.example.items() if name != "callback_url"}


def test_both_frames_go_over_to_kling() -> None:
    values, extras = IMAGE.values(example(IMAGE, last_image=END))
    kling = catalog.port(IMAGE, values, extras, catalog.get("kling.image2video")).values
    assert (kling["image"], kling["image_tail"], kling["prompt"]) == (
        "https://img.example.com/owl.png",
        END,
        "it blinks",
    )


# Its two pages


@pytest.mark.parametrize(
    ("name", "row", "tells"),
    [("pixverse-callback", "@回调说明", "callback_url"), ("pixverse-notes", "@接口说明", "302325299721280")],
)
def test_its_two_pages_stand_under_their_rows(name: str, row: str, tells: str) -> None:
    guide = catalog.guide(name)
    assert (guide.system, guide.seed_row, str(guide.title.zh)) == ("pixverse", row, row)
    assert tells in " ".join(f"{part.text.en} {part.code}" for part in guide.parts)


def test_the_callback_that_the_page_shows_is_read() -> None:
    (code,) = [part.code for part in catalog.guide("pixverse-callback").parts if part.code]
    report = TEXT.read(code, "callback")
    assert (report.gateway_id, report.state, len(report.results)) == (TASK, "succeeded", 3)


def test_the_page_of_notes_names_every_voice_of_the_form() -> None:
    field = TEXT.field("lip_sync_tts_speaker_id")
    assert field
    listed = next(part.code for part in catalog.guide("pixverse-notes").parts if "Emily" in part.code).split()
    pairs = dict(zip(listed[1::2], listed[2::2], strict=True))
    assert listed[0] == field.choices[0] == "Auto"
    assert pairs == {choice: str(field.choice_labels[choice].en) for choice in field.choices[1:]}
