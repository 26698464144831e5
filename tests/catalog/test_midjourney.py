"""Midjourney's sheet as data: every example body and payload, codes inside HTTP 200, buttons, windows."""

from __future__ import annotations

from typing import Any

import pytest

from studio import catalog

SUBMITS = {
    "imagine": ("/mj/submit/imagine", "image"),
    "action": ("/mj/submit/action", "image"),
    "change": ("/mj/submit/change", "image"),
    "simple-change": ("/mj/submit/simple-change", "image"),
    "blend": ("/mj/submit/blend", "image"),
    "describe": ("/mj/submit/describe", "text"),
    "shorten": ("/mj/submit/shorten", "text"),
    "modal": ("/mj/submit/modal", "image"),
    "swap-face": ("/mj/insight-face/swap", "image"),
}
QUERIES = {"fetch", "list"}
BODIES = {
    "swap-face": """{"sourceBase64":"data:image/png;base64,iVBORw0KGgo=",
        "targetBase64":"data:image/png;base64,iVBORw0KGgp=",
        "notifyHook":"https://studio.example.com/hooks/m1/","state":"studio:1"}""",
    "change": """{"taskId":"1760000000000001","action":"VARIATION","index":3,
        "notifyHook":"https://studio.example.com/hooks/m2/","state":"studio:2"}""",
    "action": """{"taskId":"1760000000000001","customId":"MJ::JOB::upsample::4::0f1e2d3c-aaaa-4bbb-8ccc-000000000001",
        "chooseSameChannel":true,"state":"studio:3"}""",
    "simple-change": '{"content":"1760000000000001 V2","state":"studio:4"}',
    "blend": """{"base64Array":["data:image/png;base64,iVBORw0KGgo=","data:image/jpeg;base64,/9j/4AAQ"],
        "dimensions":"SQUARE","botType":"MID_JOURNEY","state":"studio:5"}""",
    "describe": """{"base64":"data:image/jpeg;base64,/9j/4AAQ","botType":"MID_JOURNEY",
        "notifyHook":"https://studio.example.com/hooks/m6/"}""",
    "imagine": """{"prompt":"red bicycle against a lime wall --ar 3:2 --v 6.1","botType":"MID_JOURNEY","base64Array":[],
        "notifyHook":"https://studio.example.com/hooks/m7/","state":"studio:7"}""",
    "modal": '{"taskId":"1760000000000009","prompt":"red bicycle --zoom 1.4"}',
    "shorten": """{"prompt":"a very red bicycle, extremely detailed, in the style of old posters",
        "botType":"MID_JOURNEY"}""",
    "list": '{"ids":["1760000000000001","1760000000000002"]}',
}
RUNNING = catalog.loads("""
{"id":"1760000000000001","action":"IMAGINE","status":"IN_PROGRESS","prompt":"red bicycle","promptEn":"red bicycle",
 "description":"/imagine red bicycle","state":"studio:7","submitTime":1760000000000,"startTime":1760000001500,
 "finishTime":0,"progress":"35%","imageUrl":"https://files.example.com/preview.webp","failReason":null,
 "properties":{"finalPrompt":"red bicycle"},"buttons":[]}
""")
GRID = "https://files.example.com/grid.png"
HASH = "0f1e2d3c-aaaa-4bbb-8ccc-000000000001"
DATA = "data:image/png;base64,iVBORw0KGgo="


def of(name: str) -> catalog.Operation:
    return catalog.get(f"midjourney.{name}")


def task(**changes: Any) -> dict[str, Any]:
    inner: dict[str, Any] = RUNNING
    return inner | changes


def done(*buttons: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return task(status="SUCCESS", progress="100%", imageUrl=GRID, buttons=list(buttons)) | changes


def button(custom_id: str, label: str = "", emoji: str = "", style: object = 2) -> dict[str, Any]:
    return {"customId": custom_id, "label": label, "emoji": emoji, "type": 2, "style": style}


def found(name: str, body: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(p.path, p.rule, p.level) for p in of(name).check(body)]


# Bodies


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_sheets_bodies_are_the_examples_and_nothing_is_wrong_with_them(name: str) -> None:
    body, operation = catalog.loads(BODIES[name]), of(name)
    assert body == operation.example
    assert operation.check(body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == catalog.dumps(body)


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, (path, _) in SUBMITS.items()])
def test_the_speed_stands_in_the_address_before_mj(name: str, path: str) -> None:
    operation = of(name)
    assert operation.address({}) == path
    assert operation.address({"speed": "mj-relax"}) == f"/mj-relax{path}"
    assert catalog.recognise("POST", path, {}) is operation
    assert catalog.recognise("POST", f"/mj-turbo{path}", {}) is operation
    assert "speed" not in operation.body({"speed": "mj-fast"}).body
    doubtful = operation.body({"speed": "mj-fast-relay"}).problems
    assert ("speed", "choice", "warning") in [(p.path, p.rule, p.level) for p in doubtful]


def test_a_fresh_form_sends_nothing_of_its_own_but_which_picture_to_change() -> None:
    fresh = {name: of(name).defaults() for name in SUBMITS}
    assert fresh.pop("change") == {"action": "UPSCALE", "index": 1}
    assert set(map(str, fresh.values())) == {"{}"}


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("imagine", {"prompt": " \n"}, ("prompt", "pattern", "error")),
        ("imagine", {"prompt": "x", "base64Array": ["iVBORw0KGgo="]}, ("base64Array[0]", "pattern", "error")),
        ("imagine", {"prompt": "x", "base64": DATA}, ("base64", "unknown", "warning")),
        ("imagine", {"prompt": "x", "botType": "DALL_E"}, ("botType", "choice", "error")),
        ("imagine", {"prompt": "x", "state": "s" * 256}, ("state", "length", "error")),
        ("imagine", {"prompt": "x", "notifyHook": "https://a.b/" + "c" * 2000}, ("notifyHook", "length", "error")),
        (
            "imagine",
            {"prompt": "x", "accountFilter": {"modes": ["SLOW"]}},
            ("accountFilter.modes[0]", "choice", "error"),
        ),
        ("change", {"taskId": "1", "action": "UPSCALE"}, ("index", "required", "error")),
        ("change", {"taskId": "1", "action": "VARIATION", "index": 5}, ("index", "maximum", "error")),
        ("change", {"taskId": "1", "action": "REROLL", "index": 0}, ("index", "minimum", "error")),
        ("change", {"taskId": "1", "action": "ZOOM", "index": 1}, ("action", "choice", "error")),
        ("change", {"taskId": "1", "action": "UPSCALE", "index": 1, "botType": "X"}, ("botType", "unknown", "warning")),
        ("simple-change", {"content": "1 U5"}, ("content", "pattern", "error")),
        ("simple-change", {"content": "1  U2"}, ("content", "pattern", "error")),
        ("blend", {"base64Array": [DATA]}, ("base64Array", "items", "error")),
        ("blend", {"base64Array": [DATA] * 6}, ("base64Array", "items", "error")),
        ("blend", {"base64Array": [DATA] * 2, "dimensions": "WIDE"}, ("dimensions", "choice", "error")),
        ("describe", {}, ("base64", "required", "error")),
        ("describe", {"base64": "https://a.b/c.png"}, ("base64", "pattern", "error")),
        ("swap-face", {"sourceBase64": DATA}, ("targetBase64", "required", "error")),
        ("modal", {"prompt": "x"}, ("taskId", "required", "error")),
        ("modal", {"taskId": "1", "maskBase64": "iVBORw0KGgo="}, ("maskBase64", "pattern", "error")),
        ("action", {"taskId": "1"}, ("customId", "required", "error")),
    ],
)
def test_each_rule_of_the_sheet_is_told_by_its_field(
    name: str, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(name, body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("imagine", {"prompt": "x", "notifyHook": "", "base64Array": ["https://a.b/c.png", DATA]}),
        ("change", {"taskId": "1", "action": "REROLL"}),
        ("simple-change", {"content": "1760000000000001 u1"}),
        ("simple-change", {"content": "1 R"}),
        ("describe", {"link": "https://a.b/c.png"}),
        ("modal", {"taskId": "1", "prompt": "", "maskBase64": DATA}),
        ("action", {"taskId": "1", "customId": "MJ::Inpaint::1::x::SOLO", "enableRemix": True, "strong": False}),
    ],
)
def test_what_the_sheet_allows_has_no_problem(name: str, body: dict[str, Any]) -> None:
    assert found(name, body) == []


def test_pictures_go_as_data_addresses() -> None:
    sent = {f"{o.slug}:{f.at}": f.sent for o in catalog.operations() for f in o.fields if f.takes and "mid" in o.slug}
    own = ("data-url",)
    assert sent == {
        "midjourney.imagine:base64Array[]": ("data-url", "address"),
        "midjourney.blend:base64Array[]": ("data-url", "address"),
        "midjourney.describe:base64": own,
        "midjourney.describe:link": ("address",),
        "midjourney.modal:maskBase64": own,
        "midjourney.swap-face:sourceBase64": own,
        "midjourney.swap-face:targetBase64": own,
        "midjourney.swap-face:sourceUrl": ("address",),
        "midjourney.swap-face:targetUrl": ("address",),
    }


# Answers


@pytest.mark.parametrize("name", sorted(SUBMITS))
@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ('{"code":1,"description":"submitted","result":"1760000000000001","properties":{}}', ["1760000000000001"]),
        ('{"code":"1","description":"","result":17600000000000012}', ["17600000000000012"]),
        ('{"code":22,"description":"in line","result":"7","properties":{"numberOfQueues":2}}', ["7"]),
        ('{"code":1,"description":"","result":"7,8,9,10"}', ["7", "8", "9", "10"]),
        ('{"code":1,"description":"","result":["7","8"]}', ["7", "8"]),
    ],
)
def test_an_accepted_submit_is_queued_and_its_id_is_text(name: str, answer: str, ids: list[str]) -> None:
    report = of(name).read(answer, "answer")
    assert (report.state, list(report.gateway_ids), report.needs, report.refused) == ("queued", ids, "", False)


def test_an_accepted_submit_without_an_id_says_nothing_certain() -> None:
    report = of("imagine").read({"code": 1, "description": "ok", "result": None}, "answer")
    assert (report.state, report.gateway_ids, report.refused) == (None, (), False)


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ({"code": 23, "description": "queue is full", "result": "7"}, 200, "queue is full · 23"),
        ({"code": 24, "description": "banned", "properties": {"bannedWord": "gory"}}, 200, "banned · gory · 24"),
        ({"code": 24, "description": "banned", "properties": {}}, 200, "banned · 24"),
        ({"code": 3, "description": "not found"}, 404, "not found · 3"),
        ({"code": 9, "description": None}, 200, "HTTP 200 OK"),
        ({"description": "<text> ", "type": "upstream_error", "code": 4}, 500, "<text>  · 4"),
        ({"error": {"message": "无效的令牌", "type": "new_api_error", "code": ""}}, 401, "无效的令牌"),
        ("", 429, "HTTP 429 Too Many Requests"),
    ],
)
def test_a_refused_submit_has_failed_whatever_the_status_and_no_task_exists(
    answer: object, status: int, error: str
) -> None:
    for name in ("imagine", "describe"):
        report = of(name).read(answer, "answer", status)
        assert (report.state, report.gateway_ids, report.error) == ("failed", (), error)
        assert report.refused


def test_code_21_is_a_window_or_an_upscale_that_exists() -> None:
    window = {"code": 21, "description": "窗口等待", "result": "9", "properties": {"finalPrompt": "a --zoom 2"}}
    report = of("action").read(window, "answer")
    assert (report.state, report.needs, report.gateway_id, report.results) == ("queued", "window", "9", [])
    assert [(a.operation, a.values) for a in report.actions] == [
        ("midjourney.modal", {"taskId": "9", "prompt": "a --zoom 2"})
    ]
    there = {
        "code": "21",
        "description": "exists",
        "result": "2",
        "properties": {"status": "SUCCESS", "imageUrl": GRID},
    }
    report = of("change").read(there, "answer")
    assert (report.state, report.needs, [r.url for r in report.results]) == ("succeeded", "", [GRID])
    there["properties"] = {"status": "IN_PROGRESS", "imageUrl": GRID}
    assert (of("change").read(there, "answer").state, of("change").read(there, "answer").results) == ("running", [])


# Tasks


@pytest.mark.parametrize(
    ("word", "state", "needs"),
    [
        ("", "queued", ""),
        ("NOT_START", "queued", ""),
        ("SUBMITTED", "queued", ""),
        ("MODAL", "queued", "window"),
        ("IN_PROGRESS", "running", ""),
        ("SUCCESS", "succeeded", ""),
        ("FAILURE", "failed", ""),
        ("CANCEL", "cancelled", ""),
        ("BREWING", None, ""),
    ],
)
def test_the_words_of_a_task(word: str, state: str | None, needs: str) -> None:
    for kind in ("poll", "callback"):
        report = of("imagine").read(task(status=word), kind)
        assert (report.state, report.needs, report.gateway_id) == (state, needs, "1760000000000001")
    assert of("fetch").read(task(status=word), "answer").state == state


@pytest.mark.parametrize(
    ("told", "progress"),
    [("35%", 35), ("", None), (None, None), ("Waiting to start", None), ("fast", None), ("100%", 100)],
)
def test_progress_is_percent_text_and_words_say_nothing(told: object, progress: int | None) -> None:
    assert of("imagine").read(task(progress=told), "poll").progress == progress
    failed = of("imagine").read(task(status="FAILURE", progress=told, failReason="no"), "poll")
    assert (failed.state, failed.progress, failed.error) == ("failed", None, "no")


def test_a_preview_is_no_result_and_a_grid_is_one_picture() -> None:
    assert of("imagine").read(RUNNING, "poll").results == []
    report = of("imagine").read(done(thumbnailUrl="https://files.example.com/t.webp"), "poll")
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("image", GRID, ""),
        ("image", "https://files.example.com/t.webp", "thumbnail"),
    ]


def test_the_text_of_describe_is_its_result_and_the_picture_is_not() -> None:
    told = done(action="DESCRIBE", properties={"finalPrompt": "1️⃣ a\n\n2️⃣ b", "finalZhPrompt": "1️⃣ 甲"})
    for name in ("describe", "action"):
        report = of(name).read(told, "poll")
        assert [(r.kind, r.text, r.url) for r in report.results] == [
            ("text", "1️⃣ a\n\n2️⃣ b", None),
            ("text", "1️⃣ 甲", None),
        ]
    plain = done(action="DESCRIBE", properties=None, promptEn="", prompt="1️⃣ a")
    assert [r.text for r in of("describe").read(plain, "callback").results] == ["1️⃣ a"]


@pytest.mark.parametrize("answer", [None, "", "null"])
def test_a_task_that_a_bare_proxy_does_not_know_is_not_a_failed_one(answer: object) -> None:
    assert of("imagine").read(answer, "poll").state is None
    unknown = {"description": "task_no_found", "type": "upstream_error", "code": 4}
    for status in (400, 200):
        report = of("imagine").read(unknown, "poll", status)
        assert (report.state, report.error) == (None, "task_no_found · 4")


def test_a_list_of_one_reads_as_that_task_and_a_longer_one_by_its_ids() -> None:
    other = done(id="1760000000000002")
    for wrapped in (False, True):
        lists: list[list[object]] = [[RUNNING], [RUNNING, other], []]
        told = [{"data": each} if wrapped else each for each in lists]
        report = of("list").read(told[0], "answer")
        assert (report.state, report.progress, report.gateway_ids) == ("running", 35, ("1760000000000001",))
        report = of("list").read(told[1], "answer")
        assert (report.state, report.progress, report.results) == (None, None, [])
        assert report.gateway_ids == ("1760000000000001", "1760000000000002")
        assert of("list").read(told[2], "answer").gateway_ids == ()
    assert [r.url for r in of("list").read([other], "answer").results] == [GRID]


@pytest.mark.parametrize(
    "changes",
    [
        {"thumbnailUrl": "https://files.example.com/small.webp"},
        {"action": "DESCRIBE", "prompt": "a fox", "properties": {}},
        {"action": "DESCRIBE", "promptEn": "a fox", "prompt": "", "properties": {"finalZhPrompt": "狐狸"}},
        {"action": "SHORTEN", "properties": {"finalPrompt": "fox"}},
        {"status": "FAILURE", "failReason": None, "description": "banned"},
    ],
)
def test_a_list_of_one_falls_back_as_the_task_itself_does(changes: dict[str, Any]) -> None:
    told = done(**changes)
    alone, listed = of("fetch").read(told, "answer"), of("list").read([told], "answer")
    assert listed.results or listed.error
    assert (listed.state, listed.error, listed.results) == (alone.state, alone.error, alone.results)


def test_all_of_it_is_documented_be_it_seen_in_clients_or_not() -> None:
    told = {each.slug: each.status for each in catalog.operations() if each.system == "midjourney"}
    assert set(told.values()) == {"documented"}


@pytest.mark.parametrize("told", ["123450001", 123450001])
def test_a_seed_is_text_and_goes_into_the_next_prompt(told: object) -> None:
    report = of("image-seed").read({"code": 1, "description": "ok", "result": told}, "answer")
    assert (report.state, [r.text for r in report.results]) == ("succeeded", ["123450001"])
    assert [(a.operation, a.values) for a in report.actions] == [("midjourney.imagine", {"prompt": "--seed 123450001"})]
    refused = of("image-seed").read({"code": 4, "description": "none is set"}, "answer", 400)
    assert (refused.state, refused.error) == ("failed", "none is set · 4")


# What comes after


def pressed(*buttons: dict[str, Any], name: str = "imagine") -> list[tuple[str, str, str, str]]:
    actions = of(name).read(done(*buttons), "poll").actions
    return [
        (a.values["customId"], a.label.en, a.group.en, a.short) for a in actions if a.operation == "midjourney.action"
    ]


@pytest.mark.parametrize(
    ("custom_id", "label", "group", "short"),
    [
        (f"MJ::JOB::upsample::2::{HASH}", "Upscale 2 (U2)", "Upscale", "U2"),
        (f"MJ::Job::upsample::2::{HASH}", "Upscale 2 (U2)", "Upscale", "U2"),
        (f"MJ::JOB::variation::4::{HASH}", "Vary 4 (V4)", "Vary", "V4"),
        (f"MJ::JOB::reroll::0::{HASH}::SOLO", "Redo all four", "Redo", ""),
        (f"MJ::JOB::upsample_v6_2x_subtle::1::{HASH}::SOLO", "Upscale (subtle)", "Upscale", ""),
        (f"MJ::JOB::upsample_v7_2x_creative::1::{HASH}::SOLO", "Upscale (creative)", "Upscale", ""),
        (f"MJ::JOB::upsample_v5_4x::1::{HASH}::SOLO", "Upscale 4x", "Upscale", ""),
        (f"MJ::JOB::low_variation::1::{HASH}::SOLO", "Vary (subtle)", "Vary", ""),
        (f"MJ::JOB::high_variation::1::{HASH}::SOLO", "Vary (strong)", "Vary", ""),
        (f"MJ::Inpaint::1::{HASH}::SOLO", "Vary region", "Vary", ""),
        (f"MJ::Outpaint::50::1::{HASH}::SOLO", "Zoom out 2x", "Zoom out", ""),
        (f"MJ::Outpaint::75::1::{HASH}::SOLO", "Zoom out 1.5x", "Zoom out", ""),
        (f"MJ::CustomZoom::{HASH}", "Custom zoom", "Zoom out", ""),
        (f"MJ::JOB::pan_left::1::{HASH}::SOLO", "Pan left", "Pan", ""),
        ("MJ::Job::PicReader::3", "Proposal 3, at the gateway", "Window", "3"),
        ("MJ::Job::PromptAnalyzer::5", "Proposal 5, at the gateway", "Window", "5"),
        ("MJ::Picread::Retry", "Describe again", "Redo", ""),
    ],
)
def test_a_button_is_called_by_what_it_does_and_its_id_is_copied_unchanged(
    custom_id: str, label: str, group: str, short: str
) -> None:
    assert pressed(button(custom_id, "X", "🔄")) == [(custom_id, label, group, short)]


def test_a_button_of_no_known_kind_has_its_own_label_or_its_sign() -> None:
    strange = [button("MJ::New::1", "Animate"), button("MJ::New::2", "", "🪄"), button("MJ::New::3")]
    assert [(label, group) for _, label, group, _ in pressed(*strange)] == [
        ("Animate", "More"),
        ("🪄", "More"),
        ("Press a button · 3", "More"),
    ]


@pytest.mark.parametrize(
    "gone",
    [
        button(f"MJ::JOB::upsample::1::{HASH}", "U1", style=3),
        button(f"MJ::JOB::upsample::1::{HASH}", "U1", style="3"),
        button(f"MJ::BOOKMARK::{HASH}", "", "❤️"),
        button("MJ::Other::1", "", "❤️"),
        button("MJ::Job::PicReader::all", "Imagine all", "🎉"),
        {"label": "no id"},
    ],
)
def test_used_and_refused_buttons_are_not_offered(gone: dict[str, Any]) -> None:
    assert pressed(gone) == []


def test_a_grid_offers_its_buttons_and_its_picture_in_groups() -> None:
    numbers = range(1, 5)
    rows = [
        button(f"MJ::JOB::{job}::{n}::{HASH}", f"{job[0].upper()}{n}")
        for job in ("upsample", "variation")
        for n in numbers
    ]
    report = of("imagine").read(done(*rows), "callback")
    assert [(a.group.en, a.short) for a in report.actions if a.short] == [
        (group, f"{group[0]}{n}") for group in ("Upscale", "Vary") for n in numbers
    ]
    picture = {a.operation: a.values for a in report.actions if a.group.en == "Use the picture"}
    assert picture == {
        "midjourney.imagine": {"base64Array": [GRID]},
        "midjourney.describe": {"base64": GRID},
        "midjourney.blend": {"base64Array": [GRID]},
        "midjourney.swap-face": {"targetBase64": GRID},
    }
    assert report.plain()["actions"][0]["group"] == {"en": "Upscale", "zh": "放大"}
    assert not {a.operation for a in report.actions} & {"midjourney.change", "midjourney.simple-change"}


def test_where_there_are_no_buttons_the_old_ways_are_offered() -> None:
    offered = {a.operation: a.values for a in of("imagine").read(done(), "poll").actions}
    assert offered["midjourney.change"] == {"taskId": "1760000000000001"}
    assert offered["midjourney.simple-change"] == {"content": "1760000000000001 U1"}
    assert "midjourney.change" not in {a.operation for a in of("imagine").read(done(action="UPSCALE"), "poll").actions}


def test_each_proposal_can_be_drawn() -> None:
    described = "1️⃣ a red bicycle\n\n2️⃣ a bike at a wall\n\n3️⃣ lime and red\n\n4️⃣ still life"
    shortened = "## Important tokens\n**red** bicycle\n## Shortened prompts\n1️⃣ red bicycle\n2️⃣ bicycle"
    for name, text, count in (("describe", described, 4), ("shorten", shortened, 2)):
        report = of(name).read(done(action=name.upper(), properties={"finalPrompt": text}), "poll")
        drawn = [a for a in report.actions if a.operation == "midjourney.imagine"]
        assert [a.label.en for a in drawn] == [f"Imagine proposal · {n}" for n in range(1, count + 1)]
        assert all(a.values["prompt"] in text and "️⃣" not in a.values["prompt"] for a in drawn)


@pytest.mark.parametrize(
    ("custom_id", "needs", "label"),
    [
        (f"MJ::Inpaint::1::{HASH}::SOLO", "mask", "Paint what changes"),
        (f"MJ::CustomZoom::{HASH}", "zoom", "Choose the zoom"),
        (f"MJ::JOB::reroll::0::{HASH}::SOLO", "window", "Send it on"),
    ],
)
def test_what_a_waiting_task_needs_follows_from_the_button_that_was_pressed(
    custom_id: str, needs: str, label: str
) -> None:
    asked = {"taskId": "1", "customId": custom_id}
    answer = {"code": 21, "description": "Waiting for window confirm", "result": "1760000000000001"}
    for payload, kind in ((answer, "answer"), (task(status="MODAL"), "poll"), (task(status="MODAL"), "callback")):
        report = of("action").read(payload, kind, asked=asked)  # type: ignore[arg-type]
        assert (report.state, report.needs) == ("queued", needs)
        [action] = report.actions
        assert (action.operation, action.label.en) == ("midjourney.modal", label)
        assert action.values["taskId"] == "1760000000000001"
    assert action.values["prompt"] == "red bicycle"
    assert of("action").need(needs).en.startswith("It waits for you")
    assert "等待您操作" in of("action").need(needs).zh


@pytest.mark.parametrize(
    ("error", "name", "again"),
    [
        ("queue is full · 23", "queue-full", "later"),
        ("banned · gory · 24", "banned-word", "no"),
        ("not found · 3", "not-found", "no"),
        ("bad · 4", "bad-parameter", "no"),
        ("system failure · 9", "system", "later"),
        ("rate limited · 30", "too-fast", "later"),
        ("unknown_action:Bookmark  · 4", "unknown-button", "no"),
        ("task_no_found · 4", "unknown-task", "later"),
        ("任务超时", "timeout", "yes"),
    ],
)
def test_a_failure_is_explained_by_its_text_or_its_code(error: str, name: str, again: str) -> None:
    told = catalog.explain(error, system="midjourney")
    assert told is not None
    assert (told.name, told.again) == (name, again)


def test_the_facts_around_a_task_are_there() -> None:
    for name, (_, makes) in SUBMITS.items():
        operation = of(name)
        assert (operation.makes, operation.callback, operation.poll) == (makes, "notifyHook", "midjourney.fetch")
        assert (operation.poll_every, operation.method, operation.offered) == ((2, 5), "POST", True)
        values = operation.poll_values(["1760000000000001"])
        assert of("fetch").address(values) == "/mj/task/1760000000000001/fetch"
    assert all(of(name).is_query for name in QUERIES)
    seed = of("image-seed")
    assert (seed.method, seed.address({"id": "7"}), seed.offered) == ("GET", "/mj/task/7/image-seed", True)
    rows = {o.seed_row for o in catalog.operations() if o.system == "midjourney"}
    assert len(rows) == 12
