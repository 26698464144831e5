"""CogVideoX's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog
from tests.catalog import bodies

GENERATE, QUERY = catalog.get("cogvideox.generate"), catalog.get("cogvideox.query")
BODY = """
{"model": "cogvideox-2", "prompt": "clouds racing over a mountain ridge", "quality": "quality", "with_audio": true,
 "size": "1280x720", "fps": 30}
"""
ACCEPTED = catalog.loads("""
{"id": "8868902201637890001", "model": "cogvideox-2", "request_id": "8868902201637890000", "task_status": "PROCESSING"}
""")
DONE = catalog.loads("""
{"model": "cogvideox-2", "request_id": "8868902201637890000", "task_status": "SUCCESS",
 "video_result": [{"url": "https://cdn.example.com/v/1.mp4", "cover_image_url": "https://cdn.example.com/v/1.png"}]}
""")
URL = "https://img.example.com/start.png"
DATA = "data:image/png;base64,iVBORw0KGgo="


def found(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p.path, p.rule, p.level) for p in GENERATE.check(body)]


def ported(source: str, body: dict[str, Any], target: str) -> catalog.Ported:
    operation = catalog.get(source)
    return catalog.port(operation, *operation.values(body), catalog.get(target))


# Bodies


def test_the_sheets_body_is_the_example_and_nothing_is_wrong_with_it() -> None:
    bodies.assert_is_the_example(GENERATE, BODY)


def test_a_fresh_form_sends_the_first_model_and_nothing_else_of_its_own() -> None:
    assert GENERATE.defaults() == {"model": "cogvideox"}


def test_a_model_is_required_and_one_of_prompt_and_picture() -> None:
    assert found({}) == [("model", "required", "error"), ("prompt", "required", "error")]
    assert found({"model": "cogvideox", "prompt": "", "image_url": ""}) == [("prompt", "required", "error")]
    assert found({"model": "cogvideox", "prompt": "x"}) == found({"model": "cogvideox", "image_url": URL}) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"prompt": "x" * 513}, ("prompt", "length", "error")),
        ({"image_url": "fox.png"}, ("image_url", "pattern", "error")),
        ({"image_url": "data:image/webp;base64,AAAA"}, ("image_url", "pattern", "error")),
        ({"image_url": []}, ("image_url", "items", "error")),
        ({"model": "cogvideox-3", "image_url": [URL]}, ("image_url", "items", "error")),
        ({"image_url": [URL] * 3}, ("image_url", "items", "error")),
        ({"image_url": [URL, "fox.png"]}, ("image_url[1]", "pattern", "error")),
        ({"quality": "best"}, ("quality", "choice", "error")),
        ({"model": "cogvideox-flash", "quality": "speed"}, ("quality", "applies", "warning")),
        ({"model": "cogvideox", "with_audio": True}, ("with_audio", "applies", "warning")),
        ({"model": "cogvideo", "size": "720x480"}, ("size", "applies", "warning")),
        ({"model": "cogvideox", "fps": 60}, ("fps", "applies", "warning")),
        ({"with_audio": "true"}, ("with_audio", "type", "error")),
        ({"size": "832x480"}, ("size", "choice", "warning")),
        ({"fps": 24}, ("fps", "choice", "error")),
        ({"fps": "30"}, ("fps", "type", "error")),
        ({"duration": 5}, ("duration", "applies", "warning")),
        ({"model": "cogvideox-3", "duration": 7}, ("duration", "choice", "error")),
        ({"user_id": "12345"}, ("user_id", "length", "error")),
        ({"user_id": "x" * 129}, ("user_id", "length", "error")),
        ({"watermark_enabled": 1}, ("watermark_enabled", "type", "error")),
        ({"sensitive_word_check": {"type": "SOME"}}, ("sensitive_word_check.type", "choice", "error")),
        ({"sensitive_word_check": {"status": "ON"}}, ("sensitive_word_check.status", "choice", "error")),
        ({"model": "cogvideox-9"}, ("model", "choice", "warning")),
        ({"negative_prompt": "fog"}, ("negative_prompt", "unknown", "warning")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(body: dict[str, Any], problem: tuple[str, str, str]) -> None:
    assert problem in found({"model": "cogvideox-2", "prompt": "x", **body})


@pytest.mark.parametrize(
    "body",
    [
        {"model": "cogvideo", "prompt": "x", "image_url": "", "quality": "quality"},
        {"model": "cogvideox", "prompt": "x" * 512, "image_url": DATA},
        {"model": "cogvideox-2", "image_url": "iVBORw0KGgo="},
        {"model": "cogvideox-3", "image_url": [URL, DATA], "duration": 10, "fps": 60, "size": "3840x2160"},
        {"model": "cogvideox-flash", "with_audio": False, "size": "1080x1920", "prompt": "x"},
        {
            "model": "cogvideox-2",
            "prompt": "x",
            "request_id": "mine-1",
            "user_id": "123456",
            "watermark_enabled": False,
        },
        {"model": "cogvideox-2", "prompt": "x", "sensitive_word_check": {"type": "ALL", "status": "DISABLE"}},
    ],
)
def test_what_the_sheet_allows_has_no_problem(body: dict[str, Any]) -> None:
    assert GENERATE.check(body) == []
    assert catalog.dumps(GENERATE.body(*GENERATE.values(body)).body) == catalog.dumps(body)


# Queries


def test_a_task_is_asked_for_by_the_id_of_the_answer() -> None:
    report = GENERATE.read(ACCEPTED, "answer")
    values = GENERATE.poll_values(report.gateway_ids)
    assert QUERY.address(values) == "/cogvideox/v4/async-result/8868902201637890001"
    assert catalog.recognise("GET", QUERY.address(values), None) is QUERY
    assert QUERY.body(values).problems == []


# Payloads


def test_an_accepted_submit_is_under_way_with_one_of_its_two_numbers() -> None:
    for payload in (ACCEPTED, ACCEPTED | {"video_result": []}):
        report = GENERATE.read(payload, "answer")
        assert (report.gateway_ids, report.state, report.refused) == (("8868902201637890001",), "running", False)
    without = {"request_id": "8868902201637890000", "task_status": "PROCESSING"}
    assert GENERATE.read(without, "answer").gateway_ids == ()


@pytest.mark.parametrize("more", [{}, {"id": "8868902201637899999"}], ids=["no id", "another id"])
@pytest.mark.parametrize("operation", [GENERATE, QUERY], ids=lambda each: each.slug)
def test_a_finished_video_is_that_of_the_task_that_was_asked_for(
    operation: catalog.Operation, more: dict[str, str]
) -> None:
    report = operation.read(DONE | more, "poll")
    assert (report.state, report.gateway_ids, report.error, report.progress) == ("succeeded", (), "", None)
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", "https://cdn.example.com/v/1.mp4", ""),
        ("image", "https://cdn.example.com/v/1.png", "thumbnail"),
    ]


@pytest.mark.parametrize(
    ("word", "state"),
    [("PROCESSING", "running"), ("FAIL", "failed"), ("FAILED", "failed"), ("SUCCESS", "running"), ("BREWING", None)],
)
def test_the_words_of_a_task(word: str, state: str | None) -> None:
    assert QUERY.read({"request_id": "1", "task_status": word}, "poll").state == state


@pytest.mark.parametrize("results", [None, [], [{"url": ""}], [{"cover_image_url": "https://c.d/1.png"}], {}])
def test_a_success_without_a_video_is_asked_for_again(results: object) -> None:
    report = GENERATE.read(DONE | {"video_result": results}, "poll")
    assert (report.state, report.bare, report.results) == ("running", True, [])


def test_a_failed_task_tells_why_or_has_a_text_of_ours() -> None:
    told = {"task_status": "FAIL", "error": {"code": "1301", "message": "refused"}}
    report = GENERATE.read(told, "poll")
    assert (report.state, report.error, report.code) == ("failed", "refused", "1301")
    silent = GENERATE.read({"task_status": "FAIL"}, "poll")
    assert (silent.state, silent.refused) == ("failed", False)
    assert (explained := catalog.explain(silent.error, 200, "cogvideox"))
    assert (explained.name, explained.charged) == ("no-reason", "maybe")
    assert (elsewhere := catalog.explain(silent.error, 500, "kling")) is None or elsewhere.name != "no-reason"


@pytest.mark.parametrize(
    ("payload", "status", "error", "code"),
    [
        ({"error": {"code": "1214", "message": "prompt is empty"}}, 400, "prompt is empty", "1214"),
        ({"error": {"message": "无效的令牌", "type": "one_api_error"}}, 401, "无效的令牌", "one_api_error"),
        ("", 429, "HTTP 429 Too Many Requests", ""),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(
    payload: object, status: int, error: str, code: str
) -> None:
    report = GENERATE.read(payload, "answer", status)
    assert (report.state, report.error, report.code, report.refused) == ("failed", error, code, True)
    for operation in (GENERATE, QUERY):
        asked = operation.read(payload, "poll", status)
        assert (asked.state, asked.error) == (None, error)


# From and to others


def test_a_body_of_kling_becomes_one_of_cogvideox() -> None:
    body = {"model_name": "kling-v1-6", "image": URL, "prompt": "the door opens", "duration": "10", "mode": "pro"}
    made = ported("kling.image2video", body, "cogvideox.generate")
    assert made.values == {"model": "cogvideox", "prompt": "the door opens", "image_url": URL}
    assert ("lost", "duration") in [(line.kind, line.source) for line in made.lines], "cogvideox-3 alone has a length"


def test_a_body_of_cogvideox_becomes_one_of_kling() -> None:
    body = {"model": "cogvideox-3", "prompt": "clouds", "size": "720x1280", "duration": 10, "with_audio": True}
    made = ported("cogvideox.generate", body, "kling.text2video")
    assert made.values == {"prompt": "clouds", "aspect_ratio": "9:16", "duration": "10"}


def test_a_prompt_in_parts_becomes_a_prompt_and_a_picture() -> None:
    parts = [{"type": "text", "content": "clouds"}, {"type": "image", "content": URL}]
    body = {"input": {"prompts": parts}, "type": "img2video", "settings": {"duration": 4, "model": "vidu-1"}}
    made = ported("vidu.create", body, "cogvideox.generate")
    assert made.values == {"model": "cogvideox", "prompt": "clouds", "image_url": URL}


def test_the_facts_around_a_task_are_there() -> None:
    assert (GENERATE.poll, GENERATE.poll_every, GENERATE.callback) == ("cogvideox.query", (5, 5), "")
    assert (GENERATE.makes, GENERATE.status, GENERATE.result_hours, GENERATE.follow_ups) == ("video", "seen", None, ())
    rows = {o.slug: o.seed_row for o in catalog.operations() if o.system == "cogvideox"}
    assert rows == {"cogvideox.generate": "生成(generations)", "cogvideox.query": "查询(async-result)"}


def test_only_the_newest_model_takes_two_pictures() -> None:
    pair = {"image_url": ["https://a.b/1.png", "https://a.b/2.png"]}
    assert found(pair | {"model": "cogvideox-3"}) == []
    for model in ("cogvideox", "cogvideo", "cogvideox-2", "cogvideox-flash"):
        assert found(pair | {"model": model}) == [("image_url", "count", "warning")]
    assert found({"image_url": "https://a.b/1.png", "model": "cogvideox-2"}) == []
