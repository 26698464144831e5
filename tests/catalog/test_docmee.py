"""Docmee's sheet as data: every body and payload as it stands, and what one result leads to."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import pytest

from studio import catalog
from tests.catalog.bodies import assert_is_the_example
from tests.catalog.sheets import found

OUTLINE, UPDATE = catalog.get("docmee.generate-outline"), catalog.get("docmee.update-outline")
CONTENT, MEANWHILE = catalog.get("docmee.generate-content"), catalog.get("docmee.async-generate")
DIRECT, DRAW, PARSE = (catalog.get(f"docmee.{name}") for name in ("direct-generate", "generate-pptx", "parse-file"))
TEMPLATES, RANDOM = catalog.get("docmee.templates"), catalog.get("docmee.random-templates")
DOWNLOAD, LOAD, SAVE = (catalog.get(f"docmee.{name}") for name in ("download", "load", "save"))
TEMPLATE, RENAME = catalog.get("docmee.update-template"), catalog.get("docmee.update-attr")
LIST, DELETE, INFO = (catalog.get(f"docmee.{name}") for name in ("list", "delete", "async-info"))
TO_JSON, TO_PPTX = catalog.get("docmee.ppt2json"), catalog.get("docmee.json2ppt")
TOKEN, POINTS = catalog.get("docmee.create-api-token"), catalog.get("docmee.api-info")
ALL = next(system for system in catalog.systems() if system.slug == "docmee").operations
ID, TEMPLATE_ID = "1830000000000000001", "1815000000000000001"
FILE, COVER = "https://c.d/deck.pptx", "https://c.d/cover.png"
TREE = {"level": 1, "name": "Tea", "children": []}
INFO_OF_DECK: dict[str, Any] = {
    "id": ID,
    "subject": "Tea",
    "coverUrl": COVER,
    "fileUrl": FILE,
    "templateId": TEMPLATE_ID,
}
STRUCTURE = {"width": 960, "height": 540, "pages": [{}], "font": [], "slideMasters": [{}], "version": "1.0"}


def yes(data: object, **beside: object) -> dict[str, Any]:
    return {"code": 0, **beside, "data": data, "message": "操作成功"}


def stream(*events: dict[str, Any], ends: str = "") -> str:
    return "".join(f"data: {catalog.dumps(event)}\n\n" for event in events) + ends


def said(report: catalog.Report) -> list[tuple[str, str | None, str]]:
    return [(each.kind, each.url or each.text or each.json, each.role) for each in report.results]


# Bodies


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (DIRECT, '{"subject":"Green tea for beginners","stream":true,"pptxProperty":false}'),
        (OUTLINE, '{"subject":"Green tea for beginners","length":"short","lang":"en"}'),
        (UPDATE, r'{"outlineMarkdown":"# Tea\n## History","question":"Add a chapter on brewing."}'),
        (CONTENT, r'{"outlineMarkdown":"# Tea\n## History\n### Origins\n#### China"}'),
        (MEANWHILE, r'{"outlineMarkdown":"# Tea\n## History","asyncGenPptx":true,"templateId":null}'),
        (
            DRAW,
            r'{"outlineContentMarkdown":"# Tea\n## History\n### Origins\n#### China\n- first records",'
            '"templateId":"181...","pptxProperty":false}',
        ),
        (TEMPLATES, '{"page":1,"size":12,"filters":{"type":1,"style":"商务科技"}}'),
        (RANDOM, '{"size":6,"filters":{"type":1,"neq_id":["181..."]}}'),
        (TEMPLATE, '{"pptId":"183...","templateId":"181...","sync":true}'),
        (DOWNLOAD, '{"id":"183...","refresh":false}'),
        (SAVE, '{"id":"183...","drawPptx":true,"drawCover":true}'),
        (RENAME, '{"id":"183...","name":"Tea basics"}'),
        (LIST, '{"page":1,"size":10}'),
        (DELETE, '{"id":"183..."}'),
        (TO_JSON, '{"file":"@deck.pptx","uploadImage":"false"}'),
        (TO_PPTX, '{"width":1280,"height":720,"pages":[{}],"font":[],"slideMasters":[{}],"version":"1.0"}'),
        (TOKEN, '{"uid":"team-7","limit":5}'),
    ],
)
def test_the_bodies_of_the_sheet_are_the_examples(operation: catalog.Operation, text: str) -> None:
    assert_is_the_example(operation, text)


@pytest.mark.parametrize(
    ("operation", "address"),
    [
        (LOAD, f"/docmee/v1/api/ppt/loadPptx?id={ID}"),
        (INFO, f"/docmee/v1/api/ppt/asyncPptInfo?pptId={ID}"),
        (POINTS, "/docmee/v1/api/user/apiInfo"),
    ],
)
def test_what_is_asked_by_its_address_has_no_body(operation: catalog.Operation, address: str) -> None:
    assert operation.method == "GET"
    values = {field.at: ID for field in operation.fields}
    assert operation.address(values) == address
    assert operation.body(values).body == {}
    assert TEMPLATES.address({"lang": "en"}) == "/docmee/v1/api/ppt/templates?lang=en"


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        (OUTLINE, {}, ("subject", "required", "error")),
        (OUTLINE, {"subject": None, "dataUrl": None}, ("subject", "required", "error")),
        (OUTLINE, {"subject": "tea", "length": "huge"}, ("length", "choice", "error")),
        (OUTLINE, {"subject": "tea", "lang": "sv"}, ("lang", "choice", "warning")),
        (OUTLINE, {"subject": "tea", "prompt": "x" * 50}, ("prompt", "length", "error")),
        (UPDATE, {"question": "shorter"}, ("outlineMarkdown", "required", "error")),
        (CONTENT, {"outlineMarkdown": "# Tea", "asyncGenPptx": True}, ("asyncGenPptx", "choice", "error")),
        (MEANWHILE, {"outlineMarkdown": "# Tea"}, ("asyncGenPptx", "required", "error")),
        (MEANWHILE, {"outlineMarkdown": "# Tea", "asyncGenPptx": False}, ("asyncGenPptx", "choice", "error")),
        (DIRECT, {"stream": True}, ("subject", "required", "error")),
        (DRAW, {"markdown": "# Tea"}, ("outlineContentMarkdown", "required", "error")),
        (DRAW, {"outlineContentMarkdown": "# Tea", "notes": [1]}, ("notes[0]", "type", "error")),
        (PARSE, {}, ("file", "required", "error")),
        (PARSE, {"content": "a", "website": "https://a.b/"}, ("website", "exclusive", "warning")),
        (PARSE, {"website": "a.b"}, ("website", "url", "error")),
        (TEMPLATES, {"page": 0, "size": 12, "filters": {"type": 1}}, ("page", "minimum", "error")),
        (TEMPLATES, {"page": 1, "size": 12, "filters": {}}, ("filters.type", "required", "error")),
        (TEMPLATES, {"page": 1, "size": 12, "filters": {"type": 2}}, ("filters.type", "choice", "error")),
        (
            TEMPLATES,
            {"page": 1, "size": 1, "filters": {"type": 1, "style": "x"}},
            ("filters.style", "choice", "warning"),
        ),
        (RANDOM, {"filters": {"type": 1}}, ("size", "required", "error")),
        (TEMPLATE, {"pptId": ID}, ("templateId", "required", "error")),
        (DOWNLOAD, {"refresh": True}, ("id", "required", "error")),
        (SAVE, {"id": ID, "pptxProperty": "H4sI..."}, ("pptxProperty", "type", "error")),
        (RENAME, {"id": ID}, ("name", "required", "error")),
        (RENAME, {"id": ID, "name": None, "subject": None}, ("name", "required", "error")),
        (TO_JSON, {"uploadImage": "false"}, ("file", "required", "error")),
        (TO_JSON, {"file": "@deck.pptx"}, ("uploadImage", "required", "warning")),
        (TO_PPTX, {"width": 960, "height": 540, "pages": []}, ("font", "required", "error")),
        (TOKEN, {"uid": "x" * 33}, ("uid", "length", "error")),
        (TOKEN, {"timeOfHours": 49}, ("timeOfHours", "maximum", "error")),
    ],
)
def test_what_is_wrong_is_named(
    operation: catalog.Operation, body: dict[str, Any], problem: tuple[str, str, str]
) -> None:
    assert problem in found(operation, body)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (OUTLINE, {"subject": "tea", "dataUrl": "https://a.b/c.json", "prompt": None}),
        (OUTLINE, {"dataUrl": "https://a.b/c.json", "subject": None}),
        (DIRECT, {"dataUrl": "https://a.b/c.json", "templateId": None, "lang": None}),
        (CONTENT, {"outlineMarkdown": "# Tea", "asyncGenPptx": False}),
        (MEANWHILE, {"outlineMarkdown": "# Tea", "asyncGenPptx": True, "dataUrl": None, "prompt": None}),
        (TEMPLATES, {"page": 1, "size": 1, "filters": {"type": 4, "category": None, "style": "", "themeColor": ""}}),
        (PARSE, {"websearch": "green tea"}),
        (RENAME, {"id": ID, "subject": "Tea"}),
        (RENAME, {"id": ID, "name": None, "subject": "Tea"}),
        (RENAME, {"id": ID, "name": "Tea", "subject": None}),
        (TOKEN, {"limit": None}),
        (TOKEN, {"limit": 0}),
    ],
)
def test_null_stands_for_what_is_left_empty_and_one_of_several_is_enough(
    operation: catalog.Operation, body: dict[str, Any]
) -> None:
    assert operation.check(body) == []


def test_one_path_is_two_calls_told_apart_by_a_flag() -> None:
    assert CONTENT.path == MEANWHILE.path
    for flag, operation in ((True, MEANWHILE), (False, CONTENT), (None, CONTENT)):
        body = {"outlineMarkdown": "# Tea"} | ({} if flag is None else {"asyncGenPptx": flag})
        assert catalog.recognise("POST", CONTENT.path, body) is operation


def test_a_fresh_form_needs_only_words() -> None:
    assert DIRECT.start() == {"stream": True}
    assert OUTLINE.start() == {}
    assert MEANWHILE.start() == {"asyncGenPptx": True}
    assert TEMPLATES.start() == {"page": 1, "size": 12, "filters.type": 1}
    assert TO_PPTX.start() == {"width": 960, "height": 540, "font": [], "version": "1.0"}


def test_what_shows_others_decks_holds_a_secret_or_cannot_be_undone_is_not_offered() -> None:
    closed = {each.slug.partition(".")[2] for each in ALL if not each.offered}
    assert closed == {"list", "create-api-token", "delete", "async-info", "api-info"}
    assert DOWNLOAD.answers_polls
    assert {each.poll for each in ALL} == {"", "docmee.download"}
    assert {each.slug for each in ALL if each.poll} == {DIRECT.slug, MEANWHILE.slug, DRAW.slug}
    assert MEANWHILE.poll_values([ID]) == {"id": ID}
    assert [each.slug for each in (DIRECT, MEANWHILE, DRAW, DOWNLOAD) if each.result_hours != 2] == []
    assert not any(each.callback for each in ALL)


# Texts


def test_a_text_is_all_its_pieces_and_the_tree_goes_with_it() -> None:
    events = [{"text": "", "status": 1}, {"text": "# ", "status": 3}, {"text": "Tea", "status": 3}]
    whole = stream(*events, {"text": "", "status": 4, "result": TREE})
    report = OUTLINE.read(whole, "answer")
    assert (report.state, report.gateway_id, report.error) == ("succeeded", "", "")
    assert said(report) == [("text", "# Tea", ""), ("file", catalog.dumps(TREE), "details")]
    assert OUTLINE.may_stream
    assert OUTLINE.heard(stream(*events) + 'data: {"text":" is').text == "# Tea"


@pytest.mark.parametrize("twice", ["data: ", "data:data:", "data:"])
def test_a_prefix_may_come_twice_and_other_lines_are_skipped(twice: str) -> None:
    lines = ['{"text":"# Tea","status":3}', catalog.dumps({"text": "", "status": "4", "result": TREE}), "[DONE]"]
    report = OUTLINE.read("event: message\n\n" + "\n\n".join(f"{twice}{line}" for line in lines), "answer")
    assert (report.state, report.results[0].text) == ("succeeded", "# Tea")


@pytest.mark.parametrize("operation", [OUTLINE, UPDATE, CONTENT, DIRECT, MEANWHILE])
def test_a_stream_that_fails_or_breaks_off_keeps_what_had_come(operation: catalog.Operation) -> None:
    half = {"text": "# Te", "status": 3}
    failed = operation.read(stream(half, {"status": -1, "error": "no answer"}), "answer")
    assert (failed.state, failed.error, said(failed)) == ("failed", "no answer", [("text", "# Te", "partial")])
    assert operation.read(stream(half, {"status": -1}), "answer").state == "failed"
    broken = operation.read(stream(half), "answer")
    assert (broken.state, said(broken)) == (None, [("text", "# Te", "partial")])


@pytest.mark.parametrize("operation", [each for each in ALL if each.family not in {"progress"}], ids=lambda o: o.slug)
@pytest.mark.parametrize(
    ("payload", "status", "error", "code"),
    [
        ({"code": 1010, "message": "wrong"}, 200, "wrong", "1010"),
        ({"code": "1010", "message": "wrong"}, 200, "wrong", "1010"),
        ({"code": 88, "message": "used up"}, 200, "used up · 88", "88"),
        ({"code": -1, "message": "unknown"}, 200, "unknown", "-1"),
        ({"error": {"message": "no channel", "code": "model_not_found"}}, 503, "no channel", "model_not_found"),
    ],
)
def test_a_no_of_any_shape_is_read(
    operation: catalog.Operation, payload: dict[str, Any], status: int, error: str, code: str
) -> None:
    report = operation.read(payload, "answer", status)
    assert (report.state, report.error, report.code, report.refused) == ("failed", error, code, True)


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"code": 88, "message": "x"}, "points"),
        ({"code": 98, "message": "x"}, "authentication"),
        ({"code": 99, "message": "x"}, "authentication"),
        ({"code": 1001, "message": "x"}, "no-such-data"),
        ({"code": 1006, "message": "x"}, "sensitive"),
        ({"code": 1009, "message": "x"}, "ai-fault"),
        ({"code": 1010, "message": "x"}, "parameter"),
        ({"code": 1012, "message": "x"}, "too-many"),
    ],
)
def test_what_is_told_of_a_code_is_explained(payload: dict[str, Any], name: str) -> None:
    meaning = catalog.explain(DIRECT.read(payload, "answer").said, 200, "docmee")
    assert meaning is not None
    assert meaning.name == name
    assert catalog.explain("at most 1010 characters", 200, "docmee") is None


# Decks


def test_a_deck_is_whole_with_its_link_and_asked_for_without() -> None:
    report = DRAW.read(yes({"pptInfo": INFO_OF_DECK}), "answer")
    assert (report.state, report.gateway_id) == ("succeeded", ID)
    assert said(report) == [("file", FILE, ""), ("image", COVER, "thumbnail")]
    for link in (None, ""):
        waiting = DIRECT.read(yes({"pptInfo": INFO_OF_DECK | {"fileUrl": link}}), "answer")
        assert (waiting.state, waiting.gateway_id, waiting.results) == ("running", ID, [])
    assert DIRECT.read(yes({"pptInfo": None}), "answer").state == "failed"


def test_a_streamed_deck_brings_its_text_too() -> None:
    events = [{"text": "# Tea", "status": 3}, {"text": "", "status": 3, "pptId": ID}]
    report = DIRECT.read(stream(*events, {"text": "", "status": 4, "result": INFO_OF_DECK}), "answer")
    assert (report.state, report.gateway_id) == ("succeeded", ID)
    assert said(report) == [("file", FILE, ""), ("image", COVER, "thumbnail"), ("text", "# Tea", "details")]
    unnamed = DIRECT.read(stream(events[0], {"text": "", "status": 4, "result": INFO_OF_DECK}), "answer")
    assert unnamed.gateway_id == ID


def test_a_structure_that_was_asked_for_is_unpacked() -> None:
    packed = base64.b64encode(gzip.compress(b'{"width": 960, "pages": [1.0]}')).decode()
    for answer in (
        yes({"pptInfo": INFO_OF_DECK | {"pptxProperty": packed}}),
        stream({"text": "", "status": 4, "result": INFO_OF_DECK | {"pptxProperty": packed}}),
    ):
        assert ("file", '{"width": 960, "pages": [1.0]}', "details") in said(DIRECT.read(answer, "answer"))


def test_a_deck_that_is_built_meanwhile_is_asked_for_even_if_its_stream_breaks_off() -> None:
    events = [
        {"text": "# Tea", "status": 3},
        {"text": "\n- first", "status": 3, "pptId": ID, "total": 23, "current": 1},
    ]
    for told in (events, [*events, {"text": "", "status": 4, "result": TREE}]):
        report = MEANWHILE.read(stream(*told), "answer")
        assert (report.state, report.gateway_id, report.results) == ("running", ID, [])
    nameless = MEANWHILE.read(stream(events[0], {"text": "", "status": 4, "result": TREE}), "answer")
    assert (nameless.state, nameless.gateway_id) == ("failed", "")
    assert MEANWHILE.heard(stream(*events)) == ("# Tea\n- first", 4)
    later = [*events, {"text": "", "status": 3, "pptId": ID, "total": "23", "current": 12}, {"text": ".", "status": 3}]
    assert MEANWHILE.heard(stream(*later)) == ("# Tea\n- first.", 52)
    assert MEANWHILE.heard(stream(events[0])).progress is None


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (yes({"id": ID, "fileUrl": FILE}), "succeeded"),
        (yes({"id": ID, "fileUrl": None}), "running"),
        (yes({"id": ID, "fileUrl": ""}), "running"),
        (yes({"id": ID}), "running"),
        (yes(None), "running"),
        ({"code": "0", "data": {"id": int(ID), "fileUrl": ""}}, "running"),
        ({"code": 1002, "message": "no access"}, "failed"),
        ({"code": "1003", "message": "not allowed"}, "failed"),
        ({"code": 1006, "message": "sensitive"}, "failed"),
        ({"code": 1009, "message": "fault"}, "failed"),
        ({"code": -1, "message": "unknown"}, "failed"),
        ({"code": "1010", "message": "wrong"}, "failed"),
    ],
)
def test_a_poll_knows_not_yet_from_never(payload: dict[str, Any], state: str) -> None:
    report = MEANWHILE.read(payload, "poll")
    assert report.state == state
    assert said(report) == ([("file", FILE, "")] if state == "succeeded" else [])
    assert (report.error, report.code) == (
        (payload["message"], str(payload["code"])) if state == "failed" else ("", "")
    )


@pytest.mark.parametrize("operation", [DIRECT, MEANWHILE, DRAW])
@pytest.mark.parametrize("code", ["98", 99, 1001, 1012, "1012", 1])
def test_a_code_about_the_query_says_nothing_of_a_deck_that_was_paid_for(
    operation: catalog.Operation, code: int | str
) -> None:
    report = operation.read({"code": code, "message": "not now"}, "poll")
    assert (report.state, report.gateway_ids, report.results) == (None, (), [])
    assert (report.error.partition(" · ")[0], report.code, report.refused) == ("not now", str(code), True)


def test_a_poll_ends_where_the_points_are_used_up() -> None:
    report = MEANWHILE.read({"code": 88, "message": "used up"}, "poll")
    assert (report.state, report.error, report.code) == ("failed", "used up · 88", "88")


@pytest.mark.parametrize("status", [404, 500, 502])
def test_a_poll_that_is_refused_says_nothing_of_the_deck(status: int) -> None:
    report = MEANWHILE.read({"error": {"message": "no"}}, "poll", status)
    assert (report.state, report.error, report.refused) == (None, "no", True)


def test_a_download_that_a_person_asks_for_has_a_file_or_says_why() -> None:
    report = DOWNLOAD.read(yes({"id": ID, "name": "Tea", "fileUrl": FILE}), "answer")
    assert (report.state, report.gateway_id, said(report)) == ("succeeded", ID, [("file", FILE, "")])
    empty = DOWNLOAD.read(yes({"id": ID, "fileUrl": None}), "answer")
    assert (empty.state, empty.error) == ("failed", "The deck has no file yet.")
    assert empty.gateway_ids == (), "the deck belongs to the call that made it"
    meaning = catalog.explain(empty.error, 200, "docmee")
    assert meaning is not None
    assert meaning.name == "no-file-yet"
    assert "asks once" in DOWNLOAD.doubt.en, "clients ask again: this is another way, and says so"


def test_progress_is_told_while_it_is_known() -> None:
    def read(**data: Any) -> str | None:
        return INFO.read(yes(data), "answer").state

    assert (read(total=23, current=8), read(total=23, current=23), read(total="23", current="24")) == (
        *("running", "succeeded", "succeeded"),
    )
    shares = [INFO.read(yes(data), "answer").progress for data in ({"total": 23, "current": 8}, {"total": 0}, {})]
    assert shares == [34, None, None]
    gone = INFO.read({"code": 1001, "message": "gone"}, "answer")
    assert (gone.state, gone.error) == (None, "gone")


def test_the_points_of_the_account_can_be_read() -> None:
    assert (POINTS.enabled, POINTS.makes) == (False, "text"), "a connection whose gateway serves it turns it on"
    report = POINTS.read(yes({"availableCount": 100, "usedCount": 0}), "answer")
    assert (report.state, said(report)) == ("succeeded", [("text", "availableCount: 100\nusedCount: 0", "")])
    assert said(POINTS.read(yes({"usedCount": 3}), "answer")) == [("text", "usedCount: 3", "")]
    assert POINTS.read(yes(None), "answer").state == "failed"


def test_structures_are_json_files() -> None:
    packed = base64.b64encode(gzip.compress(catalog.dumps(STRUCTURE).encode())).decode()
    loaded = LOAD.read(yes({"pptInfo": INFO_OF_DECK | {"fileUrl": None, "pptxProperty": packed}}), "answer")
    assert (loaded.state, said(loaded)) == ("succeeded", [("file", catalog.dumps(STRUCTURE), "")])
    assert LOAD.read(yes({"pptInfo": {"id": ID, "pptxProperty": "H4sI..."}}), "answer").state == "failed"
    for nothing in (None, ""):
        empty = LOAD.read(yes({"pptInfo": INFO_OF_DECK | {"pptxProperty": nothing}}), "answer")
        assert (empty.state, empty.gateway_ids) == ("failed", ()), "the deck belongs to the call that made it"
    changed = TEMPLATE.read(yes({"pptId": ID, "templateId": TEMPLATE_ID, "pptxProperty": STRUCTURE}), "answer")
    assert (changed.state, changed.gateway_id, said(changed)) == (
        *("succeeded", ID),
        [("file", catalog.dumps(STRUCTURE), "")],
    )
    assert TEMPLATE.read(yes({"pptId": ID, "templateId": TEMPLATE_ID, "pptxProperty": {}}), "answer").results == []
    bare = TO_JSON.read(STRUCTURE, "answer")
    assert (bare.state, said(bare)) == ("succeeded", [("file", catalog.dumps(STRUCTURE), "")])
    no_pages = TO_JSON.read(STRUCTURE | {"pages": []}, "answer")
    assert (no_pages.state, said(no_pages)) == ("succeeded", [("file", catalog.dumps(STRUCTURE | {"pages": []}), "")])
    assert TO_JSON.read({"width": 960, "pages": None}, "answer").state == "failed"


def test_a_deck_of_json_is_the_answer_itself_and_json_is_an_error() -> None:
    assert TO_PPTX.transport == "json-binary"
    report = TO_PPTX.read(b"PK\x03\x04\xff", "answer")
    assert (report.state, [(each.kind, each.data) for each in report.results]) == (
        *("succeeded",),
        [("file", b"PK\x03\x04\xff")],
    )
    assert TO_PPTX.read({"code": 0, "message": "操作成功"}, "answer").state == "failed"


# What follows


def offers(operation: catalog.Operation, payload: Any, asked: dict[str, Any] | None = None) -> dict[str, Any]:
    report = operation.read(payload, "answer", asked=asked or {})
    return {each.operation.partition(".")[2]: dict(each.values) for each in report.actions}


@pytest.mark.parametrize(
    "payload",
    [
        stream({"text": "# ", "status": 3}, {"text": "Tea", "status": 3}, {"text": "", "status": 4, "result": TREE}),
        yes({"text": "# Tea", "result": TREE}),
        stream({"text": "", "status": 3}, {"status": 4, "markdown": "# Tea"}),
    ],
)
def test_an_outline_becomes_a_deck_a_text_or_another_outline(payload: Any) -> None:
    asked = {"dataUrl": "https://a.b/c.json", "lang": "en", "length": "short"}
    for operation in (OUTLINE, UPDATE):
        assert offers(operation, payload, asked) == {
            "async-generate": {
                "outlineMarkdown": "# Tea",
                "asyncGenPptx": True,
                "dataUrl": "https://a.b/c.json",
            },
            "generate-content": {"outlineMarkdown": "# Tea", "dataUrl": "https://a.b/c.json", "lang": "en"},
            "update-outline": {"outlineMarkdown": "# Tea", "length": "short"},
        }
    assert offers(CONTENT, payload) == {"generate-pptx": {"outlineContentMarkdown": "# Tea"}}


@pytest.mark.parametrize(("operation", "count"), [(OUTLINE, 3), (UPDATE, 3), (CONTENT, 1)])
def test_a_text_that_comes_in_pieces_and_whole_goes_on_once(operation: catalog.Operation, count: int) -> None:
    twice = stream({"text": "# Tea", "status": 3}, {"text": "", "status": 4, "markdown": "# Tea\n"})
    carried = [list(each.values.values()) for each in operation.read(twice, "answer").actions]
    assert len(carried) == count
    assert all("# Tea" in values for values in carried)


@pytest.mark.parametrize(
    ("operation", "payload"),
    [
        (DIRECT, yes({"pptInfo": INFO_OF_DECK})),
        (DIRECT, yes({"pptInfo": INFO_OF_DECK | {"id": int(ID)}})),
        (DIRECT, stream({"text": "", "status": 3, "pptId": ID}, {"status": 4, "result": INFO_OF_DECK})),
        (DIRECT, stream({"text": "", "status": 4, "result": INFO_OF_DECK})),
        (DOWNLOAD, yes({"id": ID, "fileUrl": FILE})),
    ],
)
def test_a_deck_is_dressed_anew_renamed_loaded_and_downloaded(operation: catalog.Operation, payload: Any) -> None:
    assert offers(operation, payload) == {
        "update-template": {"pptId": ID},
        **{name: {"id": ID} for name in ("update-attr", "load", "download")},
    }


@pytest.mark.parametrize(
    ("operation", "payload", "asked"),
    [
        (TEMPLATE, yes({"pptId": ID, "templateId": TEMPLATE_ID, "pptxProperty": {}}), {}),
        (SAVE, yes({"id": ID}), {}),
        (SAVE, yes({"pptInfo": INFO_OF_DECK}), {}),
        (RENAME, {"code": 0, "message": "操作成功"}, {"id": ID}),
    ],
)
def test_a_changed_deck_is_drawn_anew(operation: catalog.Operation, payload: Any, asked: dict[str, Any]) -> None:
    assert operation.read(payload, "answer").state == "succeeded"
    assert offers(operation, payload, asked) == {"download": {"id": ID, "refresh": True}}


def test_a_parsed_source_becomes_a_deck_or_an_outline() -> None:
    assert offers(PARSE, yes({"dataUrl": "https://a.b/c.json"})) == {
        "direct-generate": {"dataUrl": "https://a.b/c.json", "stream": True},
        "generate-outline": {"dataUrl": "https://a.b/c.json"},
    }
    assert PARSE.prompt_of({"website": "https://a.b/"}) == "https://a.b/"


def test_each_template_begins_a_deck_and_others_can_be_drawn() -> None:
    listed = yes(
        [{"id": TEMPLATE_ID, "subject": "Blue", "style": "商务科技"}, {"id": "1815000000000000002", "subject": None}],
        total=37,
    )
    actions = TEMPLATES.read(listed, "answer").actions
    assert [(each.operation, each.label.en, each.group.en[:4], each.values["templateId"]) for each in actions] == [
        ("docmee.direct-generate", "Blue · 商务科技", "A wh", TEMPLATE_ID),
        ("docmee.direct-generate", "Template 2", "A wh", "1815000000000000002"),
        ("docmee.async-generate", "Blue · 商务科技", "Your", TEMPLATE_ID),
        ("docmee.async-generate", "Template 2", "Your", "1815000000000000002"),
    ]
    asked = {"size": 6, "filters.type": 1, "filters.style": "商务科技", "filters.neq_id": ["1814"]}
    others = offers(RANDOM, listed, asked)["random-templates"]
    assert others == asked | {"filters.neq_id": ["1814", TEMPLATE_ID, "1815000000000000002"]}
    first = offers(RANDOM, listed, {"size": 6, "filters.type": 1})["random-templates"]
    assert first["filters.neq_id"] == [TEMPLATE_ID, "1815000000000000002"]


def test_json_of_a_deck_goes_back_unchanged() -> None:
    values = offers(TO_JSON, STRUCTURE)["json2ppt"]
    assert catalog.dumps(TO_PPTX.body(TO_PPTX.start() | values).body) == catalog.dumps(STRUCTURE)


# Elsewhere


def test_an_idea_is_carried_to_a_deck_and_back() -> None:
    song = {"gpt_description_prompt": "a lullaby for a ship's cat"}
    ported = catalog.port(catalog.get("suno.generate"), song, {}, DIRECT)
    assert ported.values["subject"] == "a lullaby for a ship's cat"
    back = catalog.port(DIRECT, {"subject": "Green tea", "templateId": TEMPLATE_ID}, {}, catalog.get("openai.speech"))
    assert [line.kind for line in back.lines if line.source == "templateId"] == ["lost"]
    film = catalog.port(DIRECT, {"subject": "Green tea"}, {}, catalog.get("runway.generate-text"))
    assert film.values["prompt"] == "Green tea"
    brief = {"subject": "Green tea", "length": "short", "lang": "en"}
    assert brief.items() <= catalog.port(OUTLINE, brief, {}, DIRECT).values.items()


def test_the_page_of_keys_tells_every_code() -> None:
    guide = catalog.guide("docmee-auth")
    assert guide.seed_row == "接口鉴权"
    assert any(part.failures for part in guide.parts)
    assert {"points", "authentication", "sensitive"} <= {each.name for each in catalog.failures("docmee")}


def test_the_chains_of_the_sheet_are_recipes() -> None:
    chains = {each.slug: [step.operation.partition(".")[2] for step in each.steps] for each in catalog.recipes()}
    assert chains["docmee.deck-in-steps"] == ["generate-outline", "async-generate"]
    assert chains["docmee.deck-word-by-word"] == ["generate-outline", "generate-content", "generate-pptx"]
    assert chains["docmee.deck-from-a-source"] == ["parse-file", "direct-generate"]
