"""Viggle's sheet as data: its body and payloads as they stand, every rule, and what leads on to what."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from studio import catalog
from tests.catalog.bodies import assert_is_the_example
from tests.catalog.sheets import found

NAMES = ("upload-image", "upload-video", "mix-templates", "mix-create", "move-create", "task-query")
IMAGE, VIDEO, TEMPLATES, MIX, MOVE, QUERY = (catalog.get(f"viggle.{name}") for name in NAMES)
SCENE, RENDER, RENDERED, CREDITS = (
    catalog.get(f"viggle.{name}") for name in ("multi-templates", "multi-create", "multi-query", "credits")
)
CREATING = [MIX, MOVE]
BODY = '{"imageID": "img-0001", "videoID": "vid-0001", "bgMode": 1, "modelInfoID": 2, "watermark": 0}'
PICTURE = """{"code": 0, "message": "ok", "reason": "", "data": {"id": "img-0001", "name": "hero",
    "url": "https://cdn.example.com/hero.png", "width": 640, "height": 960}}"""
FILM = """{"code": 0, "message": "ok", "data": {"id": "vid-0001", "name": "dance",
    "url": "https://cdn.example.com/dance.mp4", "coverURL": "https://cdn.example.com/dance.jpg",
    "width": 1280, "height": 720}}"""
LISTED = """{"code": 0, "message": "ok", "data": [{"id": "tpl-0001", "command": "Spin", "description": "",
    "processedURL": "https://cdn.example.com/t.mp4", "processedCoverURL": "https://cdn.example.com/t.jpg",
    "gifURL": "https://cdn.example.com/t.gif"}]}"""
POLLED = """{"code": 0, "message": "ok", "data": [{"taskID": "task-0001", "name": "hero", "status": 0, "bgMode": 1,
    "modelInfoID": 2, "watermark": 0, "videoDuration": 9, "freeCredits": 0, "planCredits": 1, "purchasedCredits": 0,
    "mqType": 0, "result": "https://cdn.example.com/out.mp4", "resultCover": "https://cdn.example.com/out.jpg",
    "createdAt": "2024-07-05T00:00:00Z"}]}"""
HERO, COVER = "https://cdn.example.com/out.mp4", "https://cdn.example.com/out.jpg"
JOB = {"job_id": "job-1", "status": "queued", "mode": "full_pipeline", "enqueued_at": "2025-11-07T05:31:56Z"}


def mix(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**(MIX.example or {}), **changes}.items() if value is not None}


def told(code: Any = 0, message: str = "ok", **changes: Any) -> dict[str, Any]:
    """A poll's answer; the one task in it with some members changed."""
    return {"code": code, "message": message, "data": [catalog.loads(POLLED)["data"][0] | changes]}


# Bodies


def test_the_sheets_bodies_are_the_examples() -> None:
    assert_is_the_example(MIX, BODY)
    assert_is_the_example(QUERY, '{"ids": ["task-0001"]}')
    assert_is_the_example(MOVE, BODY.replace('"bgMode": 1', '"bgMode": 3'))


def test_every_row_has_its_operation_and_all_wait_for_a_switch() -> None:
    system = [each for each in catalog.operations() if each.system == "viggle"]
    assert {each.seed_row for each in system} == {
        *("Mix上传视频并生成视频", "查询视频任务", "Multi模板列表", "Mix官方模板列表", "Mix上传视频素材库"),
        *("Mix上传图片素材库", "剩余积分查询", "Multi上传视频并生成视频", "Move上传视频并生成视频", ""),
    }
    assert not any(each.enabled for each in system)
    inferred = {each.slug for each in system if each.status == "inferred"}
    assert inferred == {each.slug for each in (MOVE, SCENE, RENDER, RENDERED, CREDITS)}
    switches = {each.slug for each in system if each.makes_something}
    assert switches == {each.slug for each in system} - {QUERY.slug, RENDERED.slug}


def test_addresses() -> None:
    assert (IMAGE.method, IMAGE.path) == ("POST", "/viggle/asset/image")
    assert VIDEO.address({"imageID": "img-0001"}) == "/viggle/asset/video/img-0001"
    asked = {"page": 1, "pageSize": 48, "searchKeyword": "slow spin"}
    assert TEMPLATES.address(asked) == "/viggle/template2?page=1&pageSize=48&searchKeyword=slow%20spin"
    assert TEMPLATES.defaults() == {"page": 1, "pageSize": 48}
    assert (QUERY.method, QUERY.path) == ("POST", "/viggle/video-task/by-ids")
    assert RENDERED.address(RENDER.poll_values(["job-1"])) == "/viggle/api/render/job-1"


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (IMAGE, {}, ("file", "required", "error")),
        (VIDEO, {}, ("file", "required", "error")),
        (MIX, {}, ("imageID", "required", "error")),
        (MIX, mix(imageID=""), ("imageID", "required", "error")),
        (MIX, mix(videoID=None), ("videoID", "required", "error")),
        (MIX, mix(videoID=None), ("templateID", "required", "error")),
        (MIX, mix(videoID=""), ("templateID", "required", "error")),
        (MIX, mix(templateID="tpl-1"), ("templateID", "exclusive", "warning")),
        (MIX, mix(bgMode=None), ("bgMode", "required", "error")),
        (MIX, mix(bgMode=4), ("bgMode", "choice", "error")),
        (MIX, mix(bgMode="1"), ("bgMode", "type", "error")),
        (MIX, mix(modelInfoID=None), ("modelInfoID", "required", "error")),
        (MIX, mix(modelInfoID=9), ("modelInfoID", "choice", "warning")),
        (MIX, mix(watermark=2), ("watermark", "choice", "error")),
        (MIX, mix(optimize=1), ("optimize", "type", "error")),
        (MOVE, mix(bgMode=2), ("bgMode", "choice", "error")),
        (QUERY, {}, ("ids", "required", "error")),
        (QUERY, {"ids": []}, ("ids", "items", "error")),
        (QUERY, {"ids": ["a", "b"]}, ("ids", "items", "error")),
        (SCENE, {}, ("template_id", "required", "error")),
        (RENDER, {}, ("ref_image", "required", "error")),
        (RENDER, {"ref_image": "@a.png"}, ("driving_video", "required", "error")),
        (RENDER, {"scene_id": "s"}, ("character_id", "required", "error")),
        (RENDER, {"ref_image": "@a.png", "scene_id": "s"}, ("scene_id", "exclusive", "warning")),
        (RENDER, {"character_mapping": {"p": "c"}}, ("character_mapping", "applies", "warning")),
        (RENDER, {"model": "V5"}, ("model", "choice", "warning")),
        (RENDER, {"background_mode": "blue"}, ("background_mode", "choice", "error")),
        (RENDER, {"bg_color": "0,255,0"}, ("bg_color", "applies", "warning")),
        (RENDER, {"background_mode": "solid", "bg_color": "green"}, ("bg_color", "usual", "warning")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (MIX, mix(videoID=None, templateID="tpl-0001", watermark=None)),
        (MIX, mix(optimize=True)),
        (RENDER, {"ref_image": "@a.png", "driving_video": "@a.mp4"}),
        (RENDER, {"scene_id": "s", "character_id": "c"}),
        (RENDER, {"scene_id": "s", "character_mapping": {"person-0001": "char-0001"}, "model": "V3_Preview"}),
    ],
)
def test_what_is_fine_is_not_complained_of(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert found(operation, body) == []


def test_of_video_and_template_the_empty_one_is_never_sent() -> None:
    body = mix(templateID="")
    assert found(MIX, body) == [("templateID", "empty", "warning")], "read as not sent"
    assert MIX.body(*MIX.values(body)).body == MIX.example


def test_a_fresh_form_has_the_settings_and_lacks_the_ids() -> None:
    assert MIX.defaults() == {"bgMode": 2, "modelInfoID": 2}
    assert MOVE.defaults() == {"bgMode": 3, "modelInfoID": 2}


@pytest.mark.parametrize(("background", "slug"), [(0, MIX.slug), (2, MIX.slug), (3, MOVE.slug), ("3", MOVE.slug)])
def test_move_is_mix_with_the_background_of_the_picture(background: Any, slug: str) -> None:
    recognised = catalog.recognise("POST", "/viggle/video-task", mix(bgMode=background))
    assert recognised
    assert recognised.slug == slug


def test_files_go_as_parts_and_nothing_is_told_by_callback() -> None:
    uploads = {each.slug: each.fields[-1] for each in (IMAGE, VIDEO)}
    assert [(field.takes, field.sent, field.role) for field in uploads.values()] == [
        (("image",), ("part",), "image"),
        (("video",), ("part",), "video"),
    ]
    assert [each.transport for each in (IMAGE, VIDEO, RENDER)] == [
        *("multipart-answer", "multipart-answer", "multipart-task")
    ]
    assert [(each.poll, each.callback) for each in CREATING] == [("viggle.task-query", "")] * 2
    assert MIX.poll_values(["task-0001"]) == {"ids": ["task-0001"]}


# Payloads


@pytest.mark.parametrize(
    ("operation", "payload", "id_", "thumbnail"),
    [
        (IMAGE, PICTURE, "img-0001", "https://cdn.example.com/hero.png"),
        (VIDEO, FILM, "vid-0001", "https://cdn.example.com/dance.jpg"),
    ],
)
def test_an_upload_has_an_id_and_a_thumbnail(
    operation: catalog.Operation, payload: str, id_: str, thumbnail: str
) -> None:
    report = operation.read(payload, "answer")
    assert (report.state, report.gateway_id, report.error) == ("succeeded", id_, "")
    assert [(each.kind, each.url, each.role) for each in report.results] == [("image", thumbnail, "thumbnail")]


def test_a_submit_is_queued_and_a_finished_task_has_its_video_and_its_cost() -> None:
    report = MIX.read('{"code": 0, "message": "ok", "data": {"taskID": "task-0001", "mqType": 0}}', "answer")
    assert (report.state, report.gateway_id, report.results) == ("queued", "task-0001", [])
    done = MIX.read(POLLED, "poll")
    assert (done.state, done.gateway_id, done.cost, done.progress) == ("succeeded", "task-0001", Decimal(1), None)
    assert [(each.kind, each.url, each.role) for each in done.results] == [
        ("video", HERO, ""),
        ("image", COVER, "thumbnail"),
    ]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": 0, "result": ""}, "running"),
        ({"status": 0, "result": None}, "running"),
        ({"status": "0", "result": ""}, "running"),
        ({"status": "0"}, "succeeded"),
        ({"status": 1, "result": ""}, "running"),
        ({"status": 3}, "running"),
        ({"status": None, "result": ""}, None),
    ],
)
def test_zero_is_the_end_only_with_a_result(changes: dict[str, Any], state: str | None) -> None:
    report = MIX.read(told(**changes), "poll")
    assert report.state == state
    assert bool(report.results) == (state == "succeeded")


def test_credits_of_three_kinds_are_one_cost() -> None:
    mixed = told(freeCredits=1, planCredits="2", purchasedCredits=4)
    assert MIX.read(mixed, "poll").cost == Decimal(7)
    assert MIX.read(told(planCredits=None), "poll").cost is None


@pytest.mark.parametrize("operation", [IMAGE, VIDEO, TEMPLATES, *CREATING])
@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"code": 1, "message": "not like this", "data": None}, 200, "not like this"),
        ({"code": "5", "message": "", "reason": "because"}, 200, "because"),
        ({"error": {"message": "no channel", "type": "new_api_error"}}, 503, "no channel"),
    ],
)
def test_a_no_is_any_code_but_zero(operation: catalog.Operation, payload: Any, status: int, error: str) -> None:
    report = operation.read(payload, "answer", status)
    assert (report.state, report.error, report.refused, report.actions) == ("failed", error, True, [])


@pytest.mark.parametrize("operation", CREATING)
def test_only_a_no_that_names_the_task_is_about_the_task(operation: catalog.Operation) -> None:
    report = operation.read(told(1, "no person was found", result=""), "poll")
    assert (report.state, report.error, report.refused) == ("failed", "no person was found", False)
    nothing: list[Any] = [None, [], {}]
    for data in nothing:
        other = operation.read({"code": 1, "message": "try again", "data": data}, "poll")
        assert (other.state, other.error, other.refused) == (None, "try again", True)


def test_a_task_that_is_not_in_the_list_is_no_news() -> None:
    report = MIX.read({"code": 0, "message": "ok", "data": []}, "poll")
    assert (report.state, report.error, report.refused) == (None, "", False)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "queued"),
        ("processing", "running"),
        ("complete", "succeeded"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
        ("merging", None),
    ],
)
def test_the_words_of_the_developer_api(word: str, state: str | None) -> None:
    more = {"cdn_url": HERO, "mask_cdn_url": "https://cdn.example.com/mask.mp4", "progress_pct": 60}
    report = RENDER.read(JOB | more | {"status": word}, "poll")
    assert (report.state, report.gateway_id, report.progress) == (state, "job-1", 60)
    both = [(HERO, ""), ("https://cdn.example.com/mask.mp4", "mask")]
    assert [(each.url, each.role) for each in report.results] == (both if state == "succeeded" else [])


def test_a_failure_of_the_developer_api_has_a_text_and_a_code() -> None:
    failed = JOB | {"status": "failed", "error_message": "No person was found", "error_code": "CS-UORC01-009"}
    assert RENDER.read(failed, "poll").error == "No person was found · CS-UORC01-009"
    assert RENDER.read(JOB | {"status": "failed", "error_code": "CS-1"}, "poll").error == "CS-1"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("CS-ORCR-001", "credits"),
        ("CS-ORIV-001", "no-picture"),
        ("CS-ORIV-002", "no-video"),
        ("CS-ORIV-004", "video-too-long"),
    ],
)
def test_a_refusal_of_the_developer_api_is_explained_by_its_code(code: str, name: str) -> None:
    detail = {"error_code": code, "message": "It cannot be", "action": "Do otherwise"}
    report = RENDER.read({"detail": detail}, "answer", 400)
    assert (report.state, report.error, report.refused) == ("failed", f"It cannot be · {code}", True)
    told = catalog.explain(report.error, 400, "viggle")
    assert told
    assert (told.name, told.charged) == (name, "no")


def test_what_the_developer_reference_alone_tells_is_doubted() -> None:
    known = [each for each in catalog.failures("viggle") if any(match.startswith("CS-") for match in each.matches)]
    fields = [RENDER.form.by_path[at] for at in ("driving_video", "character_mapping")]
    doubts = [*(each.doubt for each in known), *(each.doubt for each in fields)]
    assert len(doubts) == 6
    assert all("developer reference alone" in doubt.en and "仅见于 Viggle 开发者文档" in doubt.zh for doubt in doubts)


def test_a_scene_that_is_still_pending_is_doubted_where_it_comes_and_where_it_goes() -> None:
    for doubt in (SCENE.doubt, RENDER.form.by_path["scene_id"].doubt):
        assert "pending" in doubt.en
        assert "may not be usable yet" in doubt.en
        assert "可能尚不可用" in doubt.zh


def test_credits_are_kept_as_they_were_told() -> None:
    answer = '{"balance": 118, "credits": 118, "total_purchased": 200, "total_used": 82, "updated_at": "2025-11-07"}'
    (result,) = CREDITS.read(answer, "answer").results
    assert catalog.loads(result.json or "") == catalog.loads(answer)
    assert CREDITS.read('{"balance": 0}', "answer").state == "succeeded"
    assert CREDITS.read("{}", "answer").state == "failed"


# What comes after


def test_a_picture_leads_to_its_video_and_both_to_mix_and_move() -> None:
    first = IMAGE.read(PICTURE, "answer").actions
    assert [(each.operation, dict(each.values)) for each in first] == [
        (VIDEO.slug, {"imageID": "img-0001"}),
        (MIX.slug, {"imageID": "img-0001"}),
        (MOVE.slug, {"imageID": "img-0001"}),
    ]
    then = VIDEO.read(FILM, "answer", asked={"imageID": "img-0001"}).actions
    both = {"imageID": "img-0001", "videoID": "vid-0001"}
    assert [(each.operation, dict(each.values)) for each in then] == [(MIX.slug, both), (MOVE.slug, both)]
    assert VIDEO.read(FILM, "answer").actions == [], "a video without its picture would not be found"


def test_every_template_can_be_taken_by_its_name() -> None:
    page = catalog.loads(LISTED)
    page["data"].append({"id": "tpl-0002", "command": "", "processedCoverURL": "https://cdn.example.com/u.jpg"})
    report = TEMPLATES.read(page, "answer")
    assert [(each.values, each.label.en, each.group.zh) for each in report.actions] == [
        ({"templateID": "tpl-0001"}, "Spin", "让人物套用此动作模板"),
        ({"templateID": "tpl-0002"}, "Use this template · 2", "让人物套用此动作模板"),
    ]
    assert [each.url for each in report.results] == ["https://cdn.example.com/t.jpg", "https://cdn.example.com/u.jpg"]


@pytest.mark.parametrize(
    "payload",
    [
        {"scene_id": "s-1", "character_uuids": ["p-1"]},
        {"id": "s-1", "status": "pending", "segments": [{"uuid": "p-1", "type": "human"}]},
        {"data": {"id": "s-1"}},
    ],
)
def test_a_scene_is_filled_by_its_id(payload: dict[str, Any]) -> None:
    report = SCENE.read(payload, "answer")
    assert (report.state, report.gateway_id) == ("succeeded", "s-1")
    assert [(each.operation, each.values) for each in report.actions] == [(RENDER.slug, {"scene_id": "s-1"})]


def test_a_job_is_walked_by_a_recipe() -> None:
    own, ready = (catalog.recipe(f"viggle.{name}") for name in ("figure-into-video", "figure-into-template"))
    assert [step.operation for step in own.steps] == [IMAGE.slug, VIDEO.slug, MIX.slug]
    assert own.steps[2].takes(MIX.slug, {"imageID": "img-0001", "videoID": "vid-0001"})
    assert not own.steps[2].takes(MIX.slug, {"imageID": "img-0001"})
    assert [step.operation for step in ready.steps] == [IMAGE.slug, MIX.slug]


# Elsewhere


def test_mix_goes_over_to_move_and_a_picture_from_elsewhere_into_an_upload() -> None:
    moved = catalog.port(MIX, mix(modelInfoID=4), {}, MOVE)
    assert moved.values | {"bgMode": 3} == {
        **{"imageID": "img-0001", "videoID": "vid-0001"},
        **{"bgMode": 3, "modelInfoID": 4, "watermark": 0},
    }
    picture = catalog.files.refer("ab" * 16)
    brought = catalog.port(catalog.get("kling.image2video"), {"image": picture, "prompt": "dance"}, {}, IMAGE)
    assert brought.values == {"file": picture}
    both = catalog.port(catalog.get("runway.act-one"), {"image": picture, "video": picture}, {}, RENDER)
    assert (both.values["ref_image"], both.values["driving_video"]) == (picture, picture)
