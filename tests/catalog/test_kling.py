"""Kling's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

TEXT, IMAGE = catalog.get("kling.text2video"), catalog.get("kling.image2video")
PICTURES, QUERY = catalog.get("kling.image-generate"), catalog.get("kling.query")
CREATING = [TEXT, IMAGE, PICTURES]

PICTURES_BODY = """
{"model_name": "kling-v1-5", "prompt": "paper lantern floating over a lake", "n": 1, "aspect_ratio": "3:2",
 "resolution": "1k", "callback_url": "https://studio.example.com/cb/abc"}
"""
TEXT_BODY = """
{"model_name": "kling-v1-6", "prompt": "a fox crossing fresh snow", "mode": "pro", "aspect_ratio": "9:16",
 "duration": "5", "cfg_scale": 0.4, "camera_control": {"type": "simple", "config": {"zoom": 3}},
 "callback_url": "https://studio.example.com/cb/def"}
"""
IMAGE_BODY = """
{"model_name": "kling-v1-6", "image": "https://img.example.com/start.png", "image_tail": "https://img.example.com/end.png",
 "prompt": "the door opens slowly", "mode": "pro", "duration": "10"}
"""
SUBMITTED = catalog.loads("""
{"code": 0, "message": "SUCCEED", "request_id": "Cj-req-1", "data": {"task_id": "Cj-img-1", "task_status": "submitted",
 "created_at": 1730000000000, "updated_at": 1730000000000}}
""")
POLLED = catalog.loads("""
{"code": 0, "message": "SUCCEED", "request_id": "q-1", "data": {"task_id": "Cj-vid-1", "task_status": "succeed",
 "task_status_msg": "",
 "task_result": {"videos": [{"id": "v-1", "url": "https://cdn.example.com/v-1.mp4", "duration": "5.1"}]},
 "created_at": 1730000000000, "updated_at": 1730000200000}}
""")
CALLED_BACK = catalog.loads("""
{"task_id": "Cj-vid-1", "task_status": "processing", "task_status_msg": "", "created_at": 1730000000000,
 "updated_at": 1730000100000, "task_info": {"external_task_id": ""}, "task_result": {"images": [], "videos": []}}
""")
TWO_IMAGES = {"images": [{"index": 0, "url": "https://c.d/0.png"}, {"index": 1, "url": "https://c.d/1.png"}]}
URL = "https://img.example.com/start.png"


def task(**changes: Any) -> dict[str, Any]:
    inner: dict[str, Any] = POLLED["data"]
    return inner | changes


# Bodies


@pytest.mark.parametrize(("operation", "text"), [(PICTURES, PICTURES_BODY), (TEXT, TEXT_BODY), (IMAGE, IMAGE_BODY)])
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(
    operation: catalog.Operation, text: str
) -> None:
    bodies.assert_is_the_example(operation, text)


@pytest.mark.parametrize("operation", CREATING)
def test_a_fresh_form_sends_nothing_of_its_own(operation: catalog.Operation) -> None:
    assert operation.defaults() == {}


def test_only_the_prompt_is_required_and_for_a_video_from_a_picture_one_of_two() -> None:
    assert found(TEXT, {}) == found(PICTURES, {}) == [("prompt", "required", "error")]
    assert found(IMAGE, {}) == [("image", "required", "error")]
    assert found(IMAGE, {"image": "", "image_tail": ""}) == [("image", "required", "error")]
    assert found(IMAGE, {"image": URL}) == found(IMAGE, {"image_tail": URL}) == []


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (TEXT, {"prompt": "x" * 2501}, ("prompt", "length", "error")),
        (TEXT, {"negative_prompt": "x" * 2501}, ("negative_prompt", "length", "error")),
        (TEXT, {"duration": 5}, ("duration", "type", "error")),
        (TEXT, {"duration": "7"}, ("duration", "choice", "error")),
        (TEXT, {"aspect_ratio": "4:3"}, ("aspect_ratio", "choice", "error")),
        (TEXT, {"mode": "master"}, ("mode", "choice", "error")),
        (TEXT, {"cfg_scale": 1.1}, ("cfg_scale", "maximum", "error")),
        (TEXT, {"callback_url": "here"}, ("callback_url", "url", "error")),
        (TEXT, {"model_name": "kling-v9-reseller"}, ("model_name", "choice", "warning")),
        (TEXT, {"model": "kling-v1-6"}, ("model", "unknown", "warning")),
        (TEXT, {"image": URL}, ("image", "unknown", "warning")),
        (TEXT, {"image_tail": URL}, ("image_tail", "unknown", "warning")),
        (TEXT, {"model_name": "kling-v2-master", "cfg_scale": 0.4}, ("cfg_scale", "applies", "warning")),
        (TEXT, {"sound": "on"}, ("sound", "applies", "warning")),
        (TEXT, {"model_name": "kling-v2-5-turbo", "sound": "on"}, ("sound", "applies", "warning")),
        (TEXT, {"camera_control": {"type": "spin"}}, ("camera_control.type", "choice", "error")),
        (TEXT, {"camera_control": {"type": "simple"}}, ("camera_control.config", "required", "warning")),
        (
            TEXT,
            {"camera_control": {"type": "down_back", "config": {"pan": 1}}},
            ("camera_control.config", "applies", "warning"),
        ),
        (
            TEXT,
            {"camera_control": {"type": "simple", "config": {"pan": -10.5}}},
            ("camera_control.config.pan", "minimum", "error"),
        ),
        (
            TEXT,
            {"camera_control": {"type": "simple", "config": {"horizontal": 0, "pan": 1, "zoom": 3, "roll": 2}}},
            ("camera_control.config.roll", "exclusive", "warning"),
        ),
        (IMAGE, {"image": f"data:image/png;base64,{'A' * 40}"}, ("image", "pattern", "error")),
        (IMAGE, {"image_tail": "data:image/png;base64,AAAA"}, ("image_tail", "pattern", "error")),
        (IMAGE, {"aspect_ratio": "16:9"}, ("aspect_ratio", "unknown", "warning")),
        (IMAGE, {"model_name": "kling-v2-1", "cfg_scale": 1}, ("cfg_scale", "applies", "warning")),
        (IMAGE, {"static_mask": "data:,x"}, ("static_mask", "pattern", "error")),
        (IMAGE, {"dynamic_masks": [{}] * 7}, ("dynamic_masks", "items", "error")),
        (
            IMAGE,
            {"dynamic_masks": [{"mask": URL, "trajectories": [{"x": 1, "y": 2}]}]},
            ("dynamic_masks[0].trajectories", "items", "error"),
        ),
        (
            IMAGE,
            {"dynamic_masks": [{"trajectories": [{"x": 1, "y": 2}, {"x": 1.5, "y": 2}]}]},
            ("dynamic_masks[0].trajectories[1].x", "type", "error"),
        ),
        (IMAGE, {"voice_list": [{"voice_id": "v"}]}, ("voice_list", "applies", "warning")),
        (IMAGE, {"voice_list": [{}] * 3, "sound": "on", "model_name": "kling-v2-6"}, ("voice_list", "items", "error")),
        (IMAGE, {"image_tail": URL, "static_mask": URL}, ("static_mask", "exclusive", "warning")),
        (
            IMAGE,
            {"dynamic_masks": [{}], "camera_control": {"type": "forward_up"}},
            ("camera_control.type", "exclusive", "warning"),
        ),
        (PICTURES, {"negative_prompt": "fog", "image": URL}, ("negative_prompt", "applies", "warning")),
        (PICTURES, {"image_reference": "face"}, ("image", "required", "error")),
        (PICTURES, {"model_name": "kling-v1-5", "image": URL}, ("image_reference", "required", "error")),
        (PICTURES, {"image": URL, "image_reference": "face"}, ("image_reference", "applies", "warning")),
        (PICTURES, {"image_fidelity": 0.5}, ("image_fidelity", "applies", "warning")),
        (PICTURES, {"human_fidelity": 0.5}, ("human_fidelity", "applies", "warning")),
        (PICTURES, {"n": 10}, ("n", "maximum", "error")),
        (PICTURES, {"n": "2"}, ("n", "type", "error")),
        (PICTURES, {"resolution": "4k"}, ("resolution", "choice", "error")),
        (PICTURES, {"element_list": [{"element_id": "7"}]}, ("element_list[0].element_id", "type", "error")),
        (PICTURES, {"watermark_info": {"enabled": "yes"}}, ("watermark_info.enabled", "type", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    whole = {"prompt": "x", **({"image": URL} if operation is IMAGE else {}), **body}
    assert problem in found(operation, whole)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (TEXT, {"model_name": "", "mode": "", "duration": "", "aspect_ratio": "", "sound": "", "callback_url": ""}),
        (TEXT, {"camera_control": {"type": "simple", "config": {"zoom": 0, "pan": 0.5, "tilt": 0}}}),
        (TEXT, {"model_name": "kling-v2-6", "sound": "on"}),
        (IMAGE, {"image": "iVBORw0KGgo="}),
        (IMAGE, {"image_tail": "", "static_mask": ""}),
        (IMAGE, {"static_mask": URL, "dynamic_masks": [{"mask": URL, "trajectories": [{"x": 1, "y": 2}] * 77}]}),
        (IMAGE, {"model_name": "kling-v2-6", "sound": "on", "voice_list": [{"voice_id": "v"}]}),
        (PICTURES, {"model_name": "kling-v1-5", "image": URL, "image_reference": "subject", "human_fidelity": 0.45}),
        (PICTURES, {"element_list": [{"element_id": 12345678901234567890}], "watermark_info": {"enabled": True}}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    whole = {"prompt": "x", **({"image": URL} if operation is IMAGE else {}), **body}
    assert operation.check(whole) == []


def test_what_excludes_each_other_is_named_together_in_both_languages() -> None:
    body = {"image": URL, "image_tail": URL, "static_mask": URL, "camera_control": {"type": "forward_up"}}
    [problem] = IMAGE.check(body)
    assert problem.message.en.startswith("Last frame, Static brush and Camera move exclude each other")
    assert problem.message.zh.startswith("尾帧图、静态笔刷和运镜互斥")


# Queries


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (PICTURES, "/kling/v1/images/generations/Cj-1"),
        (TEXT, "/kling/v1/videos/text2video/Cj-1"),
        (IMAGE, "/kling/v1/videos/image2video/Cj-1"),
        (catalog.get("kling.lip-sync"), "/kling/v1/videos/lip-sync/Cj-1"),
        (catalog.get("kling.virtual-try-on"), "/kling/v1/images/kolors-virtual-try-on/Cj-1"),
    ],
)
def test_a_task_is_asked_for_under_the_path_that_made_it(operation: catalog.Operation, path: str) -> None:
    values = operation.poll_values(["Cj-1"])
    assert (QUERY.method, QUERY.address(values), QUERY.body(values).body) == ("GET", path, {})
    assert QUERY.body(values).problems == []
    assert path == f"{operation.path}/Cj-1"
    assert catalog.recognise("GET", path, None) is QUERY


def test_an_action_of_the_other_kind_is_warned_about() -> None:
    problems = QUERY.body({"group": "images", "action": "text2video", "task_id": "x"}).problems
    assert [(p.path, p.level) for p in problems] == [("action", "warning")]


# Payloads


@pytest.mark.parametrize("operation", CREATING)
def test_an_accepted_submit_is_queued(operation: catalog.Operation) -> None:
    for payload in (SUBMITTED, SUBMITTED | {"code": "0"}, {"data": {"task_id": "Cj-img-1"}}):
        report = operation.read(payload, "answer")
        assert (report.gateway_ids, report.state, report.refused) == (("Cj-img-1",), "queued", False)


def test_an_accepted_submit_without_an_id_says_nothing_certain() -> None:
    report = TEXT.read({"code": 0, "message": "SUCCEED", "data": {}}, "answer")
    assert (report.state, report.gateway_ids, report.refused) == (None, (), False)


@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"code": 1201, "message": "image ratio invalid", "request_id": "r"}, 200, "image ratio invalid"),
        ({"code": 1302, "message": "too fast", "data": None}, 429, "too fast"),
        ({"error": {"message": "无效的令牌", "type": "new_api_error", "code": ""}}, 401, "无效的令牌"),
        ({"code": 1200, "error": {"message": "bad"}}, 400, "bad"),
        ("", 429, "HTTP 429 Too Many Requests"),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(payload: object, status: int, error: str) -> None:
    report = PICTURES.read(payload, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)
    for operation in (PICTURES, QUERY):
        asked = operation.read(payload, "poll", status)
        assert (asked.state, asked.error) == (None, error)


def test_an_unknown_task_is_not_a_failed_one() -> None:
    report = QUERY.read({"code": 1203, "message": "task not found", "data": None}, "answer", 404)
    assert (report.state, report.error, report.code) == (None, "task not found", "1203")


@pytest.mark.parametrize("operation", [TEXT, IMAGE, QUERY])
def test_a_finished_video_reads_the_same_nested_and_flat(operation: catalog.Operation) -> None:
    for payload, kind in ((POLLED, "poll"), (POLLED["data"], "callback"), (POLLED, "callback")):
        report = operation.read(payload, kind)  # type: ignore[arg-type]
        assert (report.gateway_id, report.state, report.error, report.progress) == ("Cj-vid-1", "succeeded", "", None)
        assert [(r.kind, r.url, r.role) for r in report.results] == [("video", "https://cdn.example.com/v-1.mp4", "")]


def test_the_sheets_callback_is_under_way() -> None:
    report = TEXT.read(CALLED_BACK, "callback")
    assert (report.gateway_id, report.state, report.results, report.error) == ("Cj-vid-1", "running", [], "")


@pytest.mark.parametrize(
    ("word", "state"),
    [("submitted", "queued"), ("processing", "running"), ("failed", "failed"), ("brewing", None), ("", None)],
)
def test_the_words_of_a_task(word: str, state: str | None) -> None:
    told = task(task_status=word, task_result={"images": [], "videos": []})
    assert QUERY.read({"code": 0, "data": told}, "poll").state == state
    assert TEXT.read(told, "callback").state == state


@pytest.mark.parametrize(
    "result", [None, {}, {"videos": []}, {"videos": [{"id": "v", "url": ""}]}, {"images": None}, 5]
)
def test_a_success_without_a_file_is_asked_for_again(result: object) -> None:
    for payload, kind in (
        ({"code": 0, "data": task(task_result=result)}, "poll"),
        (task(task_result=result), "callback"),
    ):
        report = TEXT.read(payload, kind)  # type: ignore[arg-type]
        assert (report.state, report.results) == (None, [])


def test_a_failed_task_tells_why_and_words_beside_a_success_are_no_error() -> None:
    failed = task(task_status="failed", task_status_msg="refused by content rules", task_result=None)
    for payload, kind in (({"code": 0, "data": failed}, "poll"), (failed, "callback")):
        report = TEXT.read(payload, kind)  # type: ignore[arg-type]
        assert (report.state, report.error, report.results) == ("failed", "refused by content rules", [])
    assert TEXT.read(task(task_status_msg="all is well"), "callback").error == ""


def test_pictures_are_results_one_by_one_without_their_copies_or_the_echoed_input() -> None:
    images = [each | {"watermark_url": f"https://c.d/w{at}.png"} for at, each in enumerate(TWO_IMAGES["images"])]
    told = task(
        task_result={"images": images}, task_info={"image": "https://in.put/x.png"}, image="https://in.put/x.png"
    )
    report = PICTURES.read({"code": 0, "data": told}, "poll")
    assert [(r.kind, r.url) for r in report.results] == [("image", "https://c.d/0.png"), ("image", "https://c.d/1.png")]


def test_a_callback_as_form_parts_holds_its_results_as_json() -> None:
    told = {"task_id": "Cj-1", "task_status": "succeed", "task_result": catalog.dumps(TWO_IMAGES), "note": "[no json"}
    report = PICTURES.read(urlencode(told), "callback")
    assert (report.gateway_id, report.state, len(report.results)) == ("Cj-1", "succeeded", 2)


@pytest.mark.parametrize(
    ("more", "cost"),
    [
        ({"final_unit_deduction": "3.5"}, Decimal("3.5")),
        ({"final_balance_deduction": {"quota": "12", "list_price": "20"}}, Decimal(12)),
        ({"final_unit_deduction": "1", "final_balance_deduction": {"quota": "12"}}, Decimal(1)),
        ({}, None),
    ],
)
def test_what_a_task_cost(more: dict[str, Any], cost: Decimal | None) -> None:
    assert TEXT.read({"code": 0, "data": task(**more)}, "poll").cost == cost
    assert TEXT.read(task(**more), "callback").cost == cost


@pytest.mark.parametrize("wrapped", [True, False])
def test_two_relays_reshape_the_task(wrapped: bool) -> None:
    told = {"task_id": "7", "status": "succeeded", "url": "https://c.d/v.mp4"}
    report = TEXT.read({"code": "success", "data": told} if wrapped else told, "poll")
    assert (report.gateway_id, report.state, [r.url for r in report.results]) == ("7", "succeeded", [told["url"]])
    early = {"task_id": "7", "status": "processing", "url": ""}
    assert TEXT.read({"code": "success", "data": early} if wrapped else early, "poll").state == "running"
    assert TEXT.read({"task_id": "7", "status": "succeeded"}, "poll").state is None


# What comes after


def test_each_picture_can_be_animated_end_a_video_or_guide_another() -> None:
    report = PICTURES.read({"code": 0, "data": task(task_result=TWO_IMAGES)}, "poll")
    assert [(a.operation, a.values, a.label.en) for a in report.actions] == [
        ("kling.image2video", {"image": "https://c.d/0.png"}, "Animate picture · 1"),
        ("kling.image2video", {"image": "https://c.d/1.png"}, "Animate picture · 2"),
        ("kling.image2video", {"image_tail": "https://c.d/0.png"}, "Use as last frame · 1"),
        ("kling.image2video", {"image_tail": "https://c.d/1.png"}, "Use as last frame · 2"),
        ("kling.image-generate", {"image": "https://c.d/0.png"}, "Use as reference · 1"),
        ("kling.image-generate", {"image": "https://c.d/1.png"}, "Use as reference · 2"),
    ]
    alone = task(task_result={"images": TWO_IMAGES["images"][:1]})
    assert [a.label.zh for a in PICTURES.read(alone, "callback").actions] == [
        "让图片动起来",
        "作为尾帧",
        "作为参考图",
    ]


def test_a_video_can_be_carried_on_by_its_id() -> None:
    report = TEXT.read(POLLED, "poll")
    assert [(a.operation, a.values) for a in report.actions] == [
        ("kling.video-extend", {"video_id": "v-1"}),
        ("kling.lip-sync", {"input.video_id": "v-1"}),
    ]
    assert not any(catalog.get(a.operation).offered for a in report.actions)


@pytest.mark.parametrize(
    ("code", "name", "again"),
    [
        ("1002", "credentials", "no"),
        ("1102", "account", "no"),
        ("1103", "no-access", "no"),
        ("1201", "bad-parameter", "no"),
        ("1203", "unknown-task", "no"),
        ("1301", "content", "no"),
        ("1302", "too-fast", "later"),
        ("1303", "too-many-tasks", "later"),
        ("1304", "address-not-allowed", "no"),
        ("5001", "server", "later"),
    ],
)
def test_a_code_is_explained_wherever_it_is_told(code: str, name: str, again: str) -> None:
    report = TEXT.read({"code": int(code), "message": "at most 1000 things"}, "answer", 400)
    for told in (catalog.explain(report.error, 400, "kling", report.code), catalog.explain(report.said, 400, "kling")):
        assert told is not None
        assert (told.name, told.again) == (name, again)
    elsewhere = catalog.explain(report.said, 400, "runway")
    assert elsewhere is None or elsewhere.name != name


def test_the_facts_around_a_task_are_there() -> None:
    for operation in CREATING:
        assert (operation.poll_every, operation.patience, operation.result_hours) == ((5, 10), 1200, 720)
        assert (operation.callback, operation.poll, operation.seconds) == ("callback_url", "kling.query", None)
    rows = {o.slug: o.seed_row for o in catalog.operations() if o.system == "kling" and o.enabled}
    assert rows == {
        "kling.text2video": "文生视频",
        "kling.image2video": "图生视频",
        "kling.image-generate": "图像生成",
        "kling.query": "查询任务",
    }
