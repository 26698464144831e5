"""Luma's sheet as data: every example body and payload, and every rule between its fields."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from studio import catalog
from tests.catalog import bodies
from tests.catalog.sheets import found

GENERATE, GET = catalog.get("luma.generate"), catalog.get("luma.get")
EXTEND, LINK = catalog.get("luma.extend"), catalog.get("luma.download-url")
FREE, FREE_GET = catalog.get("luma.goamz-free-generate"), catalog.get("luma.goamz-free-get")
PAID, PAID_GET = catalog.get("luma.goamz-paid-generate"), catalog.get("luma.goamz-paid-get")
CREATING, QUERIES = [GENERATE, EXTEND, FREE, PAID], [GET, FREE_GET, PAID_GET]
Kind = Literal["answer", "poll", "callback"]

GENERATE_BODY = """
{"user_prompt":"a moss garden at dawn, slow dolly","aspect_ratio":"9:16","expand_prompt":true,"loop":false,"notify_hook":"https://studio.example.com/hooks/l1/"}
"""
EXTEND_BODY = """
{"user_prompt":"a heron lands","expand_prompt":true,"notify_hook":"https://studio.example.com/hooks/l2/"}
"""
FREE_BODY = '{"user_prompt":"ink spreading in water","aspect_ratio":"1:1","expand_prompt":false}'
PAID_BODY = '{"user_prompt":"ink spreading in water","aspect_ratio":"16:9","expand_prompt":true,"loop":false}'
ID, OTHER = "55555555-6666-4777-8888-999999999999", "66666666-7777-4888-8999-000000000000"
SUBMITTED = catalog.loads(f"""
{{"id":"{ID}","prompt":"a moss garden at dawn, slow dolly","state":"pending","created_at":"2024-11-01T08:00:00.000Z",
 "video":null,"liked":null,"estimate_wait_seconds":null,"thumbnail":null,"last_frame":null}}
""")
EXTENDED = catalog.loads(f"""
{{"id":"{OTHER}","prompt":"a heron lands","state":"pending","created_at":"2024-11-01T08:20:00.000Z","video":null,
 "liked":null,"estimate_wait_seconds":null}}
""")
POLLED = catalog.loads(f"""
{{"id":"{ID}","state":"completed","prompt":"...","created_at":"2024-11-01T08:00:00.000Z",
 "video":{{"url":"https://cdn.example.com/wm.mp4","width":752,"height":1360,"thumbnail":null,
 "download_url":"https://cdn.example.com/clean.mp4"}},
 "video_raw":{{"url":"https://cdn.example.com/raw.mp4","width":752,"height":1360}},
 "thumbnail":{{"url":"https://cdn.example.com/t.jpg","width":752,"height":1360}},
 "last_frame":{{"url":"https://cdn.example.com/l.jpg","width":752,"height":1360}}}}
""")
SIGNED = "https://cdn.example.com/clean.mp4?X-Amz-Expires=3600"
URL, DATA = "https://img.example.com/start.png", "data:image/jpeg;base64,/9j/4AAQ"
CALLBACK = "https://studio.example.com/hooks/l1/"


def whole(operation: catalog.Operation, body: dict[str, Any]) -> dict[str, Any]:
    """A body with what the operation requires."""
    needed = {"user_prompt": "x"} | ({"aspect_ratio": "1:1"} if operation in (FREE, PAID) else {})
    return needed | body


def told(**changes: Any) -> dict[str, Any]:
    """The finished generation with other members."""
    generation: dict[str, Any] = POLLED
    return generation | changes


def shown(report: catalog.Report) -> list[tuple[str, str | None, str]]:
    return [(each.kind, each.url, each.role) for each in report.results]


# Bodies


@pytest.mark.parametrize(("operation", "text"), [(GENERATE, GENERATE_BODY), (FREE, FREE_BODY), (PAID, PAID_BODY)])
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(
    operation: catalog.Operation, text: str
) -> None:
    bodies.assert_is_the_example(operation, text)
    values = operation.values(operation.example)[0]
    assert list(operation.body(dict(sorted(values.items()))).body) == list(values), "a form sends them in this order"


def test_an_extension_names_its_video_in_the_address_and_not_in_the_body() -> None:
    body = catalog.loads(EXTEND_BODY)
    assert EXTEND.example == body
    assert EXTEND.check(body) == []
    built = EXTEND.body({"task_id": ID} | body)
    assert (catalog.dumps(built.body), built.problems) == (catalog.dumps(body), [])
    assert EXTEND.address({"task_id": ID}) == f"/luma/generations/{ID}/extend"
    assert catalog.recognise("POST", f"/luma/generations/{ID}/extend", body) is EXTEND
    missing = [(p.path, p.rule, p.level) for p in EXTEND.body(body).problems]
    assert missing == [("task_id", "required", "error")]


def test_a_fresh_form_says_whether_the_prompt_is_enhanced_since_gateways_differ() -> None:
    assert GENERATE.defaults() == {"expand_prompt": True, "loop": False}
    assert EXTEND.defaults() == {"expand_prompt": True}
    assert FREE.defaults() == PAID.defaults() == {"aspect_ratio": "16:9", "expand_prompt": True}
    for operation in CREATING:
        assert operation.field("expand_prompt").default is None  # type: ignore[union-attr]


def test_only_the_prompt_is_required_and_in_the_editions_of_goamzai_a_ratio() -> None:
    assert found(GENERATE, {}) == [("user_prompt", "required", "error")]
    assert found(GENERATE, {"prompt": "x", "user_prompt": ""})[0] == ("user_prompt", "required", "error")
    assert found(EXTEND, {}) == [("user_prompt", "required", "error")]
    for operation in (FREE, PAID):
        assert found(operation, {"user_prompt": "x"}) == [("aspect_ratio", "required", "error")]


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (GENERATE, {"prompt": "x"}, ("prompt", "unknown", "warning")),
        (GENERATE, {"aspect_ratio": "5:4"}, ("aspect_ratio", "choice", "warning")),
        (GENERATE, {"aspect_ratio": "16:9", "image_url": URL}, ("aspect_ratio", "applies", "warning")),
        (GENERATE, {"expand_prompt": "true"}, ("expand_prompt", "type", "error")),
        (GENERATE, {"loop": 1}, ("loop", "type", "error")),
        (GENERATE, {"image_url": "/9j/4AAQ"}, ("image_url", "pattern", "error")),
        (GENERATE, {"image_url": "data:text/plain;base64,AA=="}, ("image_url", "pattern", "error")),
        (GENERATE, {"image_url": URL, "image_end_url": "end.png"}, ("image_end_url", "pattern", "error")),
        (GENERATE, {"image_end_url": URL}, ("image_end_url", "applies", "warning")),
        (GENERATE, {"image_url": "", "image_end_url": DATA}, ("image_end_url", "applies", "warning")),
        (GENERATE, {"notify_hook": "here"}, ("notify_hook", "url", "error")),
        (GENERATE, {"model_name": "ray-v3"}, ("model_name", "choice", "warning")),
        (GENERATE, {"duration": "5s"}, ("duration", "applies", "warning")),
        (GENERATE, {"model_name": "ray-v1", "duration": "5s"}, ("duration", "applies", "warning")),
        (GENERATE, {"model_name": "ray-v2", "duration": "5"}, ("duration", "choice", "warning")),
        (GENERATE, {"model_name": "ray-v2", "duration": 5}, ("duration", "type", "error")),
        (GENERATE, {"resolution": "540p"}, ("resolution", "applies", "warning")),
        (GENERATE, {"model_name": "ray-v2", "resolution": "4k"}, ("resolution", "choice", "warning")),
        (EXTEND, {"image_url": "/9j/4AAQ"}, ("image_url", "pattern", "error")),
        (EXTEND, {"model_name": "ray-v2"}, ("model_name", "unknown", "warning")),
        (EXTEND, {"task_id": ID}, ("task_id", "unknown", "warning")),
        (FREE, {"aspect_ratio": ""}, ("aspect_ratio", "required", "error")),
        (FREE, {"image_end_url": URL}, ("image_end_url", "applies", "warning")),
        (FREE, {"model_name": "ray-v2"}, ("model_name", "unknown", "warning")),
        (PAID, {"duration": "5s"}, ("duration", "unknown", "warning")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, whole(operation, body))


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (GENERATE, {"aspect_ratio": "9:21", "image_url": "", "image_end_url": "", "notify_hook": ""}),
        (GENERATE, {"image_url": URL, "image_end_url": DATA, "loop": True}),
        (GENERATE, {"model_name": "ray-v2", "duration": "9s", "resolution": "1080p"}),
        (EXTEND, {"image_url": DATA, "aspect_ratio": "16:9", "loop": False}),
        (EXTEND, {"image_end_url": URL}),
        (FREE, {"image_url": URL, "image_end_url": URL, "loop": True, "notify_hook": CALLBACK}),
        (PAID, {"aspect_ratio": "16:9", "image_url": URL}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(operation: catalog.Operation, body: dict[str, Any]) -> None:
    assert operation.check(whole(operation, body)) == []


@pytest.mark.parametrize("operation", CREATING)
def test_a_picture_goes_by_address_or_as_a_data_uri(operation: catalog.Operation) -> None:
    for at, role in (("image_url", "image"), ("image_end_url", "end_image")):
        field = operation.field(at)
        assert field
        assert (field.takes, field.sent, field.role) == (("image",), ("address", "data-url"), role)


def test_an_idea_goes_over_to_luma_and_back() -> None:
    kling = catalog.get("kling.text2video")
    values = {"prompt": "a fox", "aspect_ratio": "9:16", "duration": "10", "model_name": "kling-v1"}
    there = catalog.port(kling, values, {}, GENERATE)
    assert there.values == {"user_prompt": "a fox", "aspect_ratio": "9:16"} | GENERATE.defaults()
    newer = {"user_prompt": "a fox", "model_name": "ray-v2", "duration": "9s", "aspect_ratio": "21:9"}
    back = catalog.port(GENERATE, newer, {}, kling)
    assert back.values == {"prompt": "a fox", "aspect_ratio": "16:9", "duration": "10"}
    edition = catalog.port(GENERATE, newer | {"image_url": URL, "loop": True}, {}, PAID)
    assert edition.values["image_url"] == URL
    assert (edition.values["aspect_ratio"], edition.values["loop"]) == ("21:9", True)


# Queries


@pytest.mark.parametrize(
    ("operation", "query", "path"),
    [
        (GENERATE, GET, "/luma/generations"),
        (EXTEND, GET, "/luma/generations"),
        (FREE, FREE_GET, "/luma/v1/generations"),
        (PAID, PAID_GET, "/vip/luma/v1/generations"),
    ],
)
def test_a_video_is_asked_for_under_the_path_of_its_edition(
    operation: catalog.Operation, query: catalog.Operation, path: str
) -> None:
    values = operation.poll_values([ID])
    assert (operation.poll, values) == (query.slug, {"task_id": ID})
    assert (query.method, query.address(values), query.body(values).body) == ("GET", f"{path}/{ID}", {})
    assert query.body(values).problems == []
    assert catalog.recognise("GET", f"{path}/{ID}", None) is query
    assert operation is EXTEND or catalog.recognise("POST", path, {"user_prompt": "x"}) is operation


def test_an_id_that_is_no_uuid_is_warned_about() -> None:
    problems = GET.body({"task_id": "7"}).problems
    assert [(p.path, p.level) for p in problems] == [("task_id", "warning")]


# Payloads


@pytest.mark.parametrize("operation", CREATING)
@pytest.mark.parametrize(
    "payload", [SUBMITTED, [SUBMITTED], {"id": ID}, {"task_id": ID}, [{"id": ID}], {"id": ID, "state": ""}]
)
def test_an_accepted_submit_is_queued_whichever_form_it_has(operation: catalog.Operation, payload: object) -> None:
    report = operation.read(payload, "answer")
    assert (report.gateway_ids, report.state, report.refused, report.results) == ((ID,), "queued", False, [])


def test_the_extension_has_an_id_of_its_own() -> None:
    assert EXTEND.read(EXTENDED, "answer").gateway_ids == (OTHER,)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", "queued"),
        ("queued", "queued"),
        ("processing", "running"),
        ("dreaming", "running"),
        ("failed", "failed"),
        ("brewing", None),
    ],
)
@pytest.mark.parametrize("kind", ["answer", "poll", "callback"])
def test_the_words_of_a_generation(word: str, state: str | None, kind: Kind) -> None:
    for payload in (SUBMITTED | {"state": word}, [SUBMITTED | {"state": word}]):
        wanted = state or ("queued" if kind == "answer" else None)
        assert GENERATE.read(payload, kind).state == wanted


@pytest.mark.parametrize(
    "files",
    [
        {"video": None, "video_raw": None},
        {"video": {"url": "", "download_url": ""}, "video_raw": {"url": ""}},
        {"video": {"url": None, "thumbnail": "https://c.d/t.jpg"}, "video_raw": None},
        {"video": "", "video_raw": ""},
    ],
)
@pytest.mark.parametrize("kind", ["poll", "callback"])
def test_completed_without_a_link_is_still_under_way(files: dict[str, Any], kind: Kind) -> None:
    report = GENERATE.read(told(**files), kind)
    assert (report.state, report.results, report.actions) == ("running", [], [])


@pytest.mark.parametrize("operation", [*CREATING, *QUERIES])
def test_three_links_are_one_clip_with_its_pictures(operation: catalog.Operation) -> None:
    kinds: list[Kind] = ["poll"] if operation.is_query else ["poll", "callback"]
    for kind in kinds:
        report = operation.read(POLLED, kind)
        assert (report.gateway_id, report.state, report.error, report.progress) == (ID, "succeeded", "", None)
        assert (report.cost, report.eta) == (None, None)
        assert shown(report) == [
            ("video", "https://cdn.example.com/clean.mp4", ""),
            ("image", "https://cdn.example.com/t.jpg", "thumbnail"),
            ("image", "https://cdn.example.com/l.jpg", "last_frame"),
        ]


@pytest.mark.parametrize(
    ("files", "url"),
    [
        ({}, "https://cdn.example.com/clean.mp4"),
        ({"video": {"url": "https://c.d/wm.mp4", "download_url": ""}}, "https://cdn.example.com/raw.mp4"),
        ({"video": None}, "https://cdn.example.com/raw.mp4"),
        ({"video": {"url": "https://c.d/wm.mp4"}, "video_raw": None}, "https://c.d/wm.mp4"),
        ({"video": {"url": "https://c.d/wm.mp4"}, "video_raw": {"url": ""}}, "https://c.d/wm.mp4"),
    ],
)
def test_the_link_without_a_watermark_is_preferred(files: dict[str, Any], url: str) -> None:
    for payload in (told(**files), [told(**files)]):
        report = GENERATE.read(payload, "poll")
        assert report.state == "succeeded"
        assert [each.url for each in report.results if not each.role] == [url]


def test_a_thumbnail_may_be_a_text_inside_the_video_and_is_listed_once() -> None:
    video = {"url": "https://c.d/v.mp4", "thumbnail": "https://c.d/t.jpg"}
    for thumbnail in (None, {"url": "https://c.d/t.jpg"}):
        report = GENERATE.read(told(video=video, thumbnail=thumbnail, last_frame=None, video_raw=None), "poll")
        assert shown(report) == [("video", "https://c.d/v.mp4", ""), ("image", "https://c.d/t.jpg", "thumbnail")]


def test_a_failed_generation_tells_why_and_shows_nothing() -> None:
    failed = told(state="failed", failure_reason="the picture was refused")
    for kind in ("poll", "callback"):
        report = GENERATE.read(failed, kind)
        assert (report.state, report.error, report.results) == ("failed", "the picture was refused", [])
    assert GENERATE.read(told(failure_reason="old"), "poll").error == ""


def test_the_wait_is_seconds_and_no_progress() -> None:
    report = GET.read(SUBMITTED | {"estimate_wait_seconds": 40}, "poll")
    assert (report.eta, report.progress, report.state) == (40, None, "queued")


@pytest.mark.parametrize(
    ("payload", "status", "error"),
    [
        ({"error": {"message": "无效的令牌", "type": "new_api_error"}}, 401, "无效的令牌"),
        ({"detail": "no credits"}, 402, "no credits"),
        ({"detail": {"reason": "too many", "code": "busy"}}, 429, "too many"),
        ("", 502, "HTTP 502 Bad Gateway"),
    ],
)
def test_a_refused_submit_has_failed_and_a_refused_query_says_nothing(payload: object, status: int, error: str) -> None:
    for operation in (*CREATING, LINK):
        report = operation.read(payload, "answer", status)
        assert (report.state, report.error, report.refused) == ("failed", error, True)
    for operation in (*CREATING, *QUERIES):
        asked = operation.read(payload, "poll", status)
        assert (asked.state, asked.error, asked.refused) == (None, error, True)
    assert GET.read(payload, "answer", status).state is None


def test_a_link_is_a_result_at_once_and_no_task() -> None:
    assert (LINK.method, LINK.address({"task_id": ID})) == ("GET", f"/luma/generations/{ID}/download_video_url")
    assert catalog.recognise("GET", f"/luma/generations/{ID}/download_video_url", None) is LINK
    assert (LINK.answers_at_once, LINK.offered, LINK.poll, LINK.callback, LINK.makes) == (True, True, "", "", "video")
    report = LINK.read({"url": SIGNED}, "answer")
    assert (report.state, report.gateway_ids, shown(report)) == ("succeeded", (), [("video", SIGNED, "")])
    empty = LINK.read({"url": ""}, "answer")
    assert (empty.state, empty.results) == ("failed", [])


# What comes after


@pytest.mark.parametrize("operation", [*CREATING, *QUERIES])
def test_a_finished_video_leads_on(operation: catalog.Operation) -> None:
    actions = operation.read(POLLED, "poll").actions
    assert [(each.operation, each.values) for each in actions] == [
        ("luma.extend", {"task_id": ID}),
        ("luma.download-url", {"task_id": ID}),
        ("luma.generate", {"image_url": "https://cdn.example.com/l.jpg"}),
        ("runway.video2video", {"video": "https://cdn.example.com/clean.mp4"}),
        ("pika.generate-video", {"video": "https://cdn.example.com/clean.mp4"}),
    ]
    without = operation.read(told(last_frame=None), "poll").actions[2]
    assert without.values == {"image_url": "https://cdn.example.com/t.jpg"}
    bare = operation.read(told(last_frame=None, thumbnail=None), "poll").actions
    assert "luma.generate" not in {each.operation for each in bare}


def test_a_404_is_explained_by_the_editions_unless_the_text_says_more() -> None:
    explained = catalog.explain("generation not found", 404, "luma")
    assert explained
    assert (explained.name, explained.charged) == ("not-here", "no")
    unrouted = catalog.explain("Invalid URL (GET /vip/luma/v1/generations/7)", 404, "luma")
    assert unrouted
    assert unrouted.name == "no-such-operation"


def test_the_facts_around_a_task_are_there() -> None:
    for operation in CREATING:
        assert (operation.poll_every, operation.patience, operation.result_hours) == ((5, 5), 600, 1)
        assert (operation.callback, operation.makes, operation.price) == ("notify_hook", "video", "unknown")
    assert LINK.result_hours == 1
    rows = {o.slug: (o.seed_row, o.status) for o in catalog.operations() if o.system == "luma"}
    assert rows == {
        "luma.generate": ("提交生成视频任务", "documented"),
        "luma.get": ("查询单个任务", "documented"),
        "luma.extend": ("扩展视频", "documented"),
        "luma.download-url": ("获取视频无水印链接", "documented"),
        "luma.goamz-paid-generate": ("付费版 生成视频", "documented"),
        "luma.goamz-paid-get": ("付费版 获取视频", "inferred"),
        "luma.goamz-free-generate": ("免费版 生成视频", "documented"),
        "luma.goamz-free-get": ("免费版 获取视频", "inferred"),
    }
