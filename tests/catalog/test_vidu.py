"""Vidu's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies

CREATE, UPSCALE = catalog.get("vidu.create"), catalog.get("vidu.upscale")
STATE, GET = catalog.get("vidu.state"), catalog.get("vidu.get")
CREATE_BODY = """
{"input": {"prompts": [{"type": "text", "content": "a lighthouse in a storm", "enhance": true}]}, "type": "text2video",
 "settings": {"style": "anime", "aspect_ratio": "9:16", "duration": 8, "model": "vidu-1"}}
"""
UPSCALE_BODY = """
{"input": {"creation_id": "2370000000000055"}, "type": "upscale", "settings": {"model": "stable", "duration": 8}}
"""
ACCEPTED = catalog.loads("""
{"id": "2370000000000001", "input": {"creation_id": "0", "prompts": [{"type": "text",
 "content": "a lighthouse in a storm", "enhance": true, "recaption": ""}], "lang": ""},
 "settings": {"style": "anime", "duration": 8, "aspect_ratio": "9:16", "model": "vidu-1"}, "type": "text2video",
 "state": "queueing", "creations": [], "err_code": "", "created_at": "2024-08-05T04:00:00Z"}
""")
DONE = catalog.loads("""
{"id": "2370000000000001", "type": "text2video", "state": "success", "err_code": "",
 "created_at": "2024-08-05T04:00:00Z", "input": {"creation_id": "0", "prompts": []}, "settings": {"duration": 8},
 "creations": [{"id": "2370000000000055", "task_id": "2370000000000001", "type": "video", "grade": "draft",
  "uri": "https://cdn.example.com/c1.mp4?sig=x", "cover_uri": "https://cdn.example.com/c1.jpeg?sig=x",
  "resolution": {"width": 688, "height": 384}, "video": {"duration": 7.8, "fps": 16}, "err_code": ""}]}
""")
STREAM = """data: {"state":"queueing","estimated_time_left":0,"err_code":""}

data: {"state":"processing","estimated_time_left":25,"err_code":""}

"""
URL = "https://img.example.com/start.png"
TEXT, PICTURE = {"type": "text", "content": "x"}, {"type": "image", "content": URL}


def body(*parts: object, kind: str = "text2video", **settings: Any) -> dict[str, Any]:
    given = {"duration": 4, "model": "vidu-1"} | settings
    return {"input": {"prompts": list(parts) or [TEXT]}, "type": kind, "settings": given}


def found(given: dict[str, Any], operation: catalog.Operation = CREATE) -> list[tuple[str, str, str]]:
    return [(p.path, p.rule, p.level) for p in operation.check(given)]


def creation(**changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = DONE["creations"][0]
    return known | changes


def done(*creations: dict[str, Any], **changes: Any) -> catalog.Report:
    return CREATE.read(DONE | {"creations": list(creations)} | changes, "poll")


# Bodies


@pytest.mark.parametrize(("operation", "text"), [(CREATE, CREATE_BODY), (UPSCALE, UPSCALE_BODY)])
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(
    operation: catalog.Operation, text: str
) -> None:
    bodies.assert_is_the_example(operation, text)


def test_the_two_operations_of_one_path_are_told_apart_by_their_kind() -> None:
    assert CREATE.path == UPSCALE.path
    for kind, operation in (("text2video", CREATE), ("a-newer-kind", CREATE), ("upscale", UPSCALE)):
        assert catalog.recognise("POST", CREATE.path, {"type": kind}) is operation
    assert catalog.recognise("POST", CREATE.path, {}) is CREATE


def test_a_fresh_form_offers_the_first_generation_and_needs_a_prompt() -> None:
    assert CREATE.defaults() == {"type": "text2video", "settings.duration": 4, "settings.model": "vidu-1"}
    assert [p.path for p in CREATE.body(CREATE.defaults()).problems] == ["input.prompts"]
    assert UPSCALE.defaults() == {"type": "upscale", "settings.model": "stable", "settings.duration": 4}
    assert [p.path for p in UPSCALE.body(UPSCALE.defaults()).problems] == ["input.creation_id"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, ("type", "required", "error")),
        ({}, ("input.prompts", "required", "error")),
        (body() | {"input": {"prompts": []}}, ("input.prompts", "items", "error")),
        (body({"content": "x"}), ("input.prompts[0].type", "required", "error")),
        (body({"type": "image"}), ("input.prompts[0].content", "required", "error")),
        (body(TEXT | {"type": "song"}), ("input.prompts[0].type", "choice", "warning")),
        (body(TEXT | {"enhance": "yes"}), ("input.prompts[0].enhance", "type", "error")),
        (body(PICTURE | {"src_img": "start.png"}), ("input.prompts[0].src_img", "pattern", "error")),
        (body(kind="dream2video"), ("type", "choice", "warning")),
        (body(style="noir"), ("settings.style", "choice", "error")),
        (body(PICTURE, kind="img2video", style="anime"), ("settings.style", "choice", "warning")),
        (body(aspect_ratio="4:3"), ("settings.aspect_ratio", "choice", "warning")),
        (body(PICTURE, kind="img2video", aspect_ratio="1:1"), ("settings.aspect_ratio", "applies", "warning")),
        (body(duration="8"), ("settings.duration", "type", "error")),
        (body(duration=16), ("settings.duration", "choice", "warning")),
        (body(model=""), ("settings.model", "required", "error")),
        (body(model="vidu-9"), ("settings.model", "choice", "warning")),
        (body(model_version="3.2"), ("settings.model_version", "exclusive", "warning")),
        (body(resolution="4k"), ("settings.resolution", "choice", "warning")),
        (body(movement_amplitude="huge"), ("settings.movement_amplitude", "choice", "error")),
        (body(sample_count="1"), ("settings.sample_count", "type", "error")),
        (body(schedule_mode="night"), ("settings.schedule_mode", "choice", "error")),
        (body(use_trial="no"), ("settings.use_trial", "type", "error")),
        (body(seed=7), ("settings.seed", "unknown", "warning")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(given: dict[str, Any], problem: tuple[str, str, str]) -> None:
    assert problem in found(given)


@pytest.mark.parametrize(
    "given",
    [
        body(TEXT, PICTURE, kind="img2video"),
        body(TEXT, {"type": "image", "content": "ssupload:?id=7", "src_img": "ssupload:?id=6"}, kind="img2video"),
        body(TEXT, PICTURE, kind="character2video", aspect_ratio="1:1", style="general"),
        body(TEXT, PICTURE, PICTURE, kind="headtailimg2video", duration=5, model="vidu-2.0", resolution="1080p"),
        body(TEXT, model=None, model_version="3.2", movement_amplitude="auto", sample_count=1, codec="h265"),
        body(TEXT, PICTURE | {"type": "material"}, kind="reference2image", schedule_mode="nopeak", use_trial=False),
        body() | {"input": {"prompts": [TEXT], "enhance": True, "editor_mode": "normal"}},
    ],
)
def test_what_the_sheet_allows_has_no_problem(given: dict[str, Any]) -> None:
    if given["settings"]["model"] is None:
        del given["settings"]["model"]
    assert CREATE.check(given) == []
    assert catalog.dumps(CREATE.body(*CREATE.values(given)).body) == catalog.dumps(given)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, ("input.creation_id", "required", "error")),
        ({"input": {"creation_id": 2370000000000055}}, ("input.creation_id", "type", "error")),
        ({"settings": {"model": "vidu-1", "duration": 8}}, ("settings.model", "choice", "error")),
        ({"settings": {"model": "stable"}}, ("settings.duration", "required", "error")),
        ({"settings": {"model": "stable", "duration": 5}}, ("settings.duration", "choice", "warning")),
    ],
)
def test_each_rule_of_an_upscale_is_told_by_its_field(given: dict[str, Any], problem: tuple[str, str, str]) -> None:
    assert problem in found({"type": "upscale", **given}, UPSCALE)


def test_what_was_asked_for_is_the_text_among_the_parts() -> None:
    values, _ = CREATE.values(body(PICTURE, TEXT | {"content": "a lighthouse"}))
    assert CREATE.prompt_of(values) == "a lighthouse"


# Queries


def test_a_task_is_asked_for_or_watched_by_its_id() -> None:
    ids = CREATE.read(ACCEPTED, "answer").gateway_ids
    for operation in (CREATE, UPSCALE):
        assert GET.address(operation.poll_values(ids)) == "/vidu/v1/tasks/2370000000000001"
    assert STATE.address({"id": ids[0]}) == "/vidu/v1/tasks/state?id=2370000000000001"
    assert catalog.recognise("GET", "/vidu/v1/tasks/2370000000000001", None) is GET
    assert catalog.recognise("GET", "/vidu/v1/tasks/state", None) is STATE
    assert not STATE.offered


# Payloads


def test_an_accepted_submit_is_queued_under_an_id_that_stays_text() -> None:
    report = CREATE.read(ACCEPTED, "answer")
    assert (report.gateway_ids, report.state, report.refused) == (("2370000000000001",), "queued", False)
    number = catalog.dumps(ACCEPTED).replace('"2370000000000001"', "2370000000000001")
    assert CREATE.read(number, "answer").gateway_id == "2370000000000001"


@pytest.mark.parametrize("operation", [CREATE, UPSCALE, GET], ids=lambda each: each.slug)
def test_a_finished_video_is_read(operation: catalog.Operation) -> None:
    report = operation.read(DONE, "poll")
    assert (report.gateway_id, report.state, report.error, report.progress) == (
        *("2370000000000001", "succeeded", ""),
        None,
    )
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", "https://cdn.example.com/c1.mp4?sig=x", ""),
        ("image", "https://cdn.example.com/c1.jpeg?sig=x", "thumbnail"),
    ]


def test_the_copy_without_a_watermark_stands_for_the_other_and_a_picture_is_a_picture() -> None:
    clean = creation(nomark_uri="https://c.d/clean.mp4", cover_uri="")
    assert [r.url for r in done(clean).results] == ["https://c.d/clean.mp4"]
    assert [r.url for r in done(creation(nomark_uri="", cover_uri=None)).results] == [DONE["creations"][0]["uri"]]
    picture = creation(type="image", uri="https://c.d/1.png", cover_uri="https://c.d/small.png")
    assert [(r.kind, r.url, r.role) for r in done(picture).results] == [("image", "https://c.d/1.png", "")]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"state": "created"}, "queued"),
        ({"state": "queueing"}, "queued"),
        ({"state": "processing"}, "running"),
        ({"state": "failed", "err_code": "InternalServiceFailure"}, "failed"),
        ({"state": "failed"}, "failed"),
        ({"state": "failed", "err_code": "UserCancelled"}, "cancelled"),
        ({"state": "failed", "err_code": "Canceled"}, "cancelled"),
        ({"state": "processing", "err_code": "Canceled"}, "running"),
        ({"state": "dreaming"}, None),
    ],
)
def test_the_words_of_a_task(told: dict[str, Any], state: str | None) -> None:
    assert GET.read({"id": "1"} | told, "poll").state == state
    assert STATE.read(f"data: {catalog.dumps(told)}\n\n", "poll").state == state


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"err_code": "CreationPolicyViolation"}, "CreationPolicyViolation"),
        ({"err_code": "FieldInvalid", "err_msg": "duration"}, "FieldInvalid: duration"),
        ({"err_code": "", "err_msg": "duration"}, "duration"),
        ({"err_code": "", "creations": [{"err_code": ""}, {"err_code": "QuotaExceeded"}]}, "QuotaExceeded"),
    ],
)
def test_a_failed_task_tells_why_in_one_of_three_places(told: dict[str, Any], error: str) -> None:
    report = GET.read({"id": "1", "state": "failed"} | told, "poll")
    assert (report.state, report.error, report.results) == ("failed", error, [])


def test_the_code_of_a_creation_explains_a_failure_that_has_a_text_of_its_own() -> None:
    creations = [{"err_code": ""}, {"err_code": "QuotaExceeded"}]
    report = GET.read({"id": "1", "state": "failed", "err_msg": "it stopped", "creations": creations}, "poll")
    assert (report.error, report.code) == ("it stopped", "QuotaExceeded")
    meaning = catalog.explain(report.error, 200, "vidu", report.code)
    assert meaning is not None
    assert meaning.name == "credits"


def test_of_a_stream_the_last_line_counts_and_no_result_stands_there() -> None:
    report = STATE.read(STREAM, "answer")
    assert (report.state, report.error, report.results, report.eta) == ("running", "", [], None)
    whole = STREAM + 'data: {"state":"failed","estimated_time_left":0,"err_code":"ModelUnavailable"}\n\n'
    assert (STATE.read(whole, "poll").state, STATE.read(whole, "poll").error) == ("failed", "ModelUnavailable")


@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"error": {"message": "无效的令牌", "type": "one_api_error"}}, 401, "无效的令牌"),
        ({"message": "the queue is full"}, 429, "the queue is full"),
        ({"err_code": "FieldLacking", "message": "type"}, 400, "FieldLacking: type"),
        ({"err_code": "CreditInsufficient"}, 403, "CreditInsufficient"),
        ("", 502, "HTTP 502 Bad Gateway"),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(payload: object, status: int, error: str) -> None:
    report = CREATE.read(payload, "answer", status)
    assert (report.state, report.error, report.refused) == ("failed", error, True)
    for operation in (UPSCALE, GET, STATE):
        asked = operation.read(payload, "poll", status)
        assert (asked.state, asked.error) == (None, error)


@pytest.mark.parametrize(
    ("code", "name", "again", "charged"),
    [
        ("FieldLacking", "bad-body", "no", "no"),
        ("FieldInvalid", "bad-body", "no", "no"),
        ("BadRequest", "bad-body", "no", "no"),
        ("ImageDownloadFailure", "picture-not-fetched", "no", "maybe"),
        ("ImageFormatInvalid", "picture-not-read", "no", "maybe"),
        ("TaskPromptPolicyViolation", "prompt-refused", "no", "maybe"),
        ("AuditSubmitIllegal", "prompt-refused", "no", "maybe"),
        ("CreationPolicyViolation", "result-refused", "yes", "maybe"),
        ("CreditInsufficient", "credits", "no", "no"),
        ("QuotaExceeded", "credits", "no", "no"),
        ("TooManyRequests", "busy", "later", "no"),
        ("SystemThrottling", "busy", "later", "no"),
        ("ModelUnavailable", "no-model", "no", "no"),
        ("Unauthorized", "not-allowed", "no", "no"),
        ("Forbidden", "not-allowed", "no", "no"),
        ("TaskNotFound", "not-found", "no", "no"),
        ("CreationNotFound", "not-found", "no", "no"),
        ("UserCancelled", "cancelled", "yes", "maybe"),
        ("Canceled", "cancelled", "yes", "maybe"),
        ("InternalServiceFailure", "server", "later", "maybe"),
    ],
)
def test_each_code_that_clients_know_is_explained(code: str, name: str, again: str, charged: str) -> None:
    report = GET.read({"id": "1", "state": "failed", "err_code": code, "err_msg": "why"}, "poll")
    error = report.error or code  # of a task that was cancelled no error is told
    assert (told := catalog.explain(error, 200, "vidu"))
    assert (told.name, told.again, told.charged) == (name, again, charged)
    elsewhere = catalog.explain(error, None, "kling")
    assert elsewhere is None or elsewhere.name != name


def test_a_refusal_that_speaks_of_what_is_insufficient_is_about_credits() -> None:
    report = CREATE.read({"message": "Insufficient credits for this task"}, "answer", 403)
    assert (told := catalog.explain(report.error, 403, "vidu", report.code))
    assert (told.name, told.again, told.charged) == ("credits", "no", "no")


# What comes after


def test_a_query_leads_on_as_the_video_itself_does_but_not_from_an_upscaled_one() -> None:
    both = DONE | {"creations": [creation(), creation(id="9", type="image", uri=URL)]}
    offers = [CREATE.read(both, "poll").actions, GET.read(both, "answer").actions]
    assert [[each.operation for each in offered] for offered in offers] == [["vidu.upscale", "vidu.create"]] * 2
    assert offers[0] == offers[1]
    assert GET.read(DONE | {"type": "upscale"}, "answer").actions == []


def test_a_video_is_upscaled_by_the_id_of_its_creation_and_the_length_it_was_made_with() -> None:
    [action] = done(creation()).actions
    assert (action.operation, action.values) == (
        "vidu.upscale",
        {"input.creation_id": "2370000000000055", "settings.duration": 8},
    )
    asked = {"settings.duration": 4}
    silent = CREATE.read(DONE | {"settings": {}}, "poll", asked=asked)
    assert silent.actions[0].values["settings.duration"] == 4
    assert [each.label.en for each in done(creation(), creation(id="9")).actions] == ["Upscale · 1", "Upscale · 2"]
    made = UPSCALE.body({**UPSCALE.defaults(), **action.values})
    assert (catalog.dumps(made.body), made.problems) == (catalog.dumps(UPSCALE.example), [])
    assert UPSCALE.read(DONE, "poll").actions == [], "an upscaled clip is the end of the chain"


@pytest.mark.parametrize(
    ("asked", "text", "problems"),
    [
        ([TEXT | {"enhance": True}, PICTURE], TEXT | {"enhance": True}, []),
        ([PICTURE], {"type": "text"}, [("input.prompts[0].content", "required", "error")]),
        (None, {"type": "text"}, [("input.prompts[0].content", "required", "error")]),
    ],
)
def test_a_picture_begins_a_video_behind_the_text_that_was_asked_for_or_one_still_to_be_written(
    asked: list[Any] | None, text: dict[str, Any], problems: list[tuple[str, str, str]]
) -> None:
    given = DONE | {"creations": [creation(type="image", uri=URL)]}
    [action] = CREATE.read(given, "poll", asked={"input.prompts": asked} if asked else {}).actions
    assert (action.operation, action.values) == ("vidu.create", {"type": "img2video", "input.prompts": [text, PICTURE]})
    made = CREATE.body({**CREATE.defaults(), **action.values})
    assert [(p.path, p.rule, p.level) for p in made.problems] == problems


# From and to others


def ported(source: str, given: dict[str, Any], target: str) -> dict[str, Any]:
    operation = catalog.get(source)
    return dict(catalog.port(operation, *operation.values(given), catalog.get(target)).values)


def test_a_body_of_kling_becomes_parts_of_a_prompt() -> None:
    given = {"image": URL, "prompt": "the door opens", "duration": "10"}
    assert ported("kling.image2video", given, "vidu.create") == {
        "input.prompts": [{"type": "text", "content": "the door opens"}, PICTURE],
        "settings.duration": 8,
        "type": "text2video",
        "settings.model": "vidu-1",
    }


def test_a_kept_picture_goes_into_a_part_of_its_own() -> None:
    kept = catalog.files.refer("0123456789abcdef" * 2)
    made = ported("kling.image2video", {"image": kept, "prompt": "the door opens"}, "vidu.create")
    assert made["input.prompts"][1] == {"type": "image", "content": kept}
    inside = ported("kling.image2video", {"image": "iVBORw0KGgo=", "prompt": "the door opens"}, "vidu.create")
    assert len(inside["input.prompts"]) == 1, "it takes an address, not the picture itself"


def test_the_parts_of_a_prompt_become_fields_of_others() -> None:
    given = body(TEXT, PICTURE, kind="img2video", duration=8)
    assert ported("vidu.create", given, "kling.image2video") == {"prompt": "x", "image": URL, "duration": "10"}
    wide = body(aspect_ratio="9:16", style="anime")
    assert ported("vidu.create", wide, "kling.text2video") == {"prompt": "x", "aspect_ratio": "9:16", "duration": "5"}


def test_the_facts_around_a_task_are_there() -> None:
    for operation in (CREATE, UPSCALE):
        assert (operation.poll, operation.poll_every, operation.callback) == ("vidu.get", (5, 10), "")
        assert (operation.makes, operation.offered, operation.result_hours) == ("video", True, None)
    rows = {o.slug: o.seed_row for o in catalog.operations() if o.system == "vidu"}
    assert rows == {
        "vidu.create": "创建视频(tasks)",
        "vidu.upscale": "高清视频(tasks)",
        "vidu.state": "视频状态(state)",
        "vidu.get": "视频查询(tasks-get)",
    }


@pytest.mark.parametrize(
    ("kind", "pictures"),
    [("text2video", 0), ("img2video", 1), ("character2video", 1), ("headtailimg2video", 2), ("reference2image", None)],
)
def test_each_kind_of_task_has_its_number_of_pictures(kind: str, pictures: int | None) -> None:
    for count in range(4):
        told = found(body(TEXT, *[PICTURE] * count, kind=kind))
        wrong = pictures is not None and count != pictures
        assert told == ([("input.prompts", "count", "warning")] if wrong else []), count


def test_one_of_the_parts_is_a_text() -> None:
    told = [("input.prompts", "count", "warning")]
    assert found(body(PICTURE, kind="img2video")) == told
    assert found(body(TEXT, TEXT)) == told
