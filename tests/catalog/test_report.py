from __future__ import annotations

import base64
import gzip
from decimal import Decimal
from typing import Any, get_args

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import catalog
from studio.catalog.payload import MOST_UNPACKED
from studio.catalog.reader import Reader
from studio.catalog.report import Kind
from studio.catalog.schema import Reading, ResultRule
from tests.catalog import bodies

TEXT, FEED = catalog.get("runway.generate-text"), catalog.get("runway.feed")
KINDS = st.sampled_from(get_args(Kind))
ID = "11111111-2222-4333-8444-555555555555"
SUBMITTED = {"code": 200, "msg": "成功", "data": {"task_id": ID}, "exec_time": 0.67573, "ip": "171.214.61.54"}
TASK: dict[str, Any] = {
    "task_id": ID,
    "status": "3",
    "prompt": "a cat",
    "prompt_en": "a cat",
    "video_url": "https://cdn.example.com/v.mp4",
    "poster": "https://cdn.example.com/p.jpg",
    "last_frame": "https://cdn.example.com/l.jpg",
    "msg": None,
    "point": "120",
    "refund": "0",
    "create_time": "1730000000",
    "update_time": "1730000291",
}
FED = {"code": 200, "msg": "ok", "data": TASK, "exec_time": 0.03}
COMET = {
    "code": "success",
    "message": "",
    "data": {"task_id": ID, "action": "x", "status": "QUEUED", "progress": "0%", "fail_reason": "", "data": None},
}


def fed(**changes: Any) -> dict[str, Any]:
    return FED | {"data": TASK | changes}


def test_an_accepted_submit_is_queued() -> None:
    report = TEXT.read(SUBMITTED, "answer")
    assert (report.gateway_id, report.gateway_ids, report.state, report.error) == (ID, (ID,), "queued", "")
    assert not report.refused


def test_an_answer_without_an_id_says_nothing_certain() -> None:
    assert TEXT.read({"code": 200, "msg": "ok", "data": {}}, "answer").state is None


@pytest.mark.parametrize("code", [400, "400", 0, "task_not_exist"])
def test_a_refused_submit_has_failed_with_its_text(code: object) -> None:
    report = TEXT.read({"code": code, "msg": "callback_url_empty"}, "answer")
    assert (report.state, report.error, report.refused) == ("failed", "callback_url_empty", True)
    assert report.code == str(code)


@pytest.mark.parametrize("code", [200, "200", 200.0, "success", "SUCCESS", None])
def test_the_codes_of_success_are_no_error(code: object) -> None:
    assert TEXT.read(SUBMITTED | {"code": code}, "answer").state == "queued"


@pytest.mark.parametrize(("why", "code"), [(-7, "-7"), ("E_FILE", "E_FILE"), (None, "")])
def test_a_failed_task_tells_the_gateways_own_word_for_why(why: object, code: str) -> None:
    known = Reading(
        state=(jmespath.compile("state"),),
        states={"failed": "failed", "done": "succeeded"},
        error=(jmespath.compile("text"),),
        error_code=(jmespath.compile("why"),),
    )
    reader = Reader({"poll": known}, synchronous=False, is_query=False)
    report = reader.read({"state": "failed", "text": "no picture", "why": why}, "poll", 200)
    assert (report.error, report.code, report.refused) == ("no picture", code, False)
    assert reader.read({"state": "done", "why": why}, "poll", 200).code == ""


@pytest.mark.parametrize("kind", ["answer", "poll"])
def test_a_refused_query_says_nothing_of_the_task(kind: Kind) -> None:
    report = FEED.read({"code": 400, "msg": "task_not_exist", "data": TASK}, kind)
    assert (report.state, report.error, report.results) == (None, "task_not_exist", [])
    assert FEED.read({"error": {"message": "no", "code": None}}, kind, 500).state is None


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"error": {"message": "无效的令牌 (request id: 1)", "type": "one_api_error"}}, "无效的令牌 (request id: 1)"),
        ({"message": "a"}, "a"),
        ({"msg": "b"}, "b"),
        ({"err": "c"}, "c"),
        ({"error_msg": "d"}, "d"),
        ({"header": {"message": "e"}}, "e"),
        ({"response": {"error": {"message": "f"}}}, "f"),
        ({"description": "g "}, "g"),
        ({"detail": "h"}, "h"),
        ({"detail": [{"msg": "i"}, {"msg": "j"}]}, "i; j"),
        ({"error": "k"}, "k"),
        ({"errors": ["l", "m"]}, "l; m"),
        ({"odd": 1}, "HTTP 502 Bad Gateway"),
        ({}, "HTTP 502 Bad Gateway"),
        ([], "HTTP 502 Bad Gateway"),
        (None, "HTTP 502 Bad Gateway"),
        ("", "HTTP 502 Bad Gateway"),
        (b"", "HTTP 502 Bad Gateway"),
        ("<html><body>502</body></html>", "HTTP 502 Bad Gateway"),
        (b"\xff\xfe\x00", "HTTP 502 Bad Gateway"),
        ("upstream connect error", "upstream connect error"),
        (b'{"message": "bytes"}', "bytes"),
    ],
)
def test_a_gateway_error_tells_its_text_wherever_it_stands(payload: object, error: str) -> None:
    assert TEXT.read(payload, "answer", 502).error == error
    assert TEXT.read(payload, "answer", 502).state == "failed"
    assert TEXT.read(payload, "poll", 502).state is None


def test_statuses_have_words() -> None:
    words = [TEXT.read("", "answer", status).error for status in (429, 524, 599)]
    assert words == ["HTTP 429 Too Many Requests", "HTTP 524 A Timeout Occurred", "HTTP 599"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"error": {"message": "no", "code": "spent"}}, "no · spent"),
        ({"error": {"message": "no, spent", "code": "spent"}}, "no, spent"),
        ({"code": 400, "msg": "no"}, "no"),
        ({"code": 1302, "msg": "no"}, "no · 1302"),
        ({"code": 1302, "msg": "more than 1302"}, "more than 1302 · 1302"),
    ],
)
def test_an_error_is_told_with_the_gateways_own_code_where_it_says_more(told: object, said: str) -> None:
    assert TEXT.read(told, "answer").said == said


def test_an_error_inside_http_200_is_an_error() -> None:
    report = TEXT.read({"error": {"message": "spent", "code": "insufficient_user_quota"}}, "answer")
    assert (report.state, report.error, report.code) == ("failed", "spent", "insufficient_user_quota")


@pytest.mark.parametrize("payload", ["", None, "<html>", b"\xff", "hello", 5, True])
def test_an_unreadable_yes_is_not_called_a_failure(payload: object) -> None:
    report = TEXT.read(payload, "answer", 200)
    assert (report.state, report.refused) == (None, False)
    assert "HTTP 200" in report.error


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *[("0", "queued"), (0, "queued"), ("", "queued"), ("1", "running"), (1, "running"), (1.0, "running")],
        *[("2", "failed"), (2, "failed"), ("3", "succeeded"), (3, "succeeded"), (" 3 ", "succeeded")],
        *[("brewing", "running"), (9, "running"), (None, None), ([], None), ({}, None)],
    ],
)
def test_the_digit_is_read_as_text_or_number(word: object, state: str | None) -> None:
    assert FEED.read(fed(status=word), "poll").state == state
    assert TEXT.read(TASK | {"status": word}, "callback").state == state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *[("pending", "queued"), ("running", "running"), ("succeeded", "succeeded"), ("success", "succeeded")],
        *[("error", "failed"), ("failed", "failed"), ("FAILED", "failed"), ("odd", "running"), ("", "succeeded")],
    ],
)
def test_the_word_outranks_the_digit(word: str, state: str) -> None:
    assert FEED.read(fed(state=word), "poll").state == state
    assert TEXT.read(TASK | {"state": word}, "callback").state == state


@pytest.mark.parametrize(
    ("payload", "kind"), [(FED, "poll"), (TASK, "callback"), (FED, "callback"), (TASK, "poll"), (FED, "answer")]
)
def test_a_finished_task_reads_the_same_wrapped_or_flat(payload: object, kind: Kind) -> None:
    report = TEXT.read(payload, kind)
    assert (report.gateway_id, report.state, report.error) == (ID, "succeeded", "")
    assert [(r.kind, r.url, r.role) for r in report.results] == [
        ("video", TASK["video_url"], ""),
        ("image", TASK["poster"], "poster"),
        ("image", TASK["last_frame"], "last_frame"),
    ]
    assert (report.cost, report.refunded, report.progress) == (Decimal("120"), False, None)
    offers = [(a.operation, a.values) for a in report.actions]
    assert offers[0] == ("runway.generate-image", {"image": TASK["last_frame"]})


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_failed_task_tells_its_text_and_its_refund(wrapped: bool) -> None:
    task = TASK | {"status": "2", "msg": "refused by content rules", "refund": "1", "video_url": None}
    for kind in ("poll", "callback"):
        report = TEXT.read(FED | {"data": task} if wrapped else task, kind)
        assert (report.state, report.error, report.refunded) == ("failed", "refused by content rules", True)
        assert (report.results, report.actions) == ([], [])


def test_the_text_of_the_call_is_not_the_text_of_the_task() -> None:
    assert FEED.read(fed(status="2", msg=None), "poll").error == ""
    assert TEXT.read(fed(status="2", msg=None), "callback").error == ""


def test_a_callback_in_the_clothes_of_an_error_is_still_about_the_task() -> None:
    report = TEXT.read({"code": 500, "msg": "failed", "data": {"task_id": ID, "status": "2", "msg": "why"}}, "callback")
    assert (report.state, report.error, report.gateway_id) == ("failed", "why", ID)
    assert TEXT.read({"code": 500, "msg": "failed"}, "callback").state is None


def test_a_failed_task_that_tells_why_in_an_error_is_no_refused_query() -> None:
    told = {"task_id": ID, "status": "2", "error": {"message": "the model gave up", "code": "e7"}}
    report = FEED.read(told, "poll")
    assert (report.state, report.error, report.code, report.results) == ("failed", "the model gave up", "e7", [])
    assert FEED.read(told | {"status": "1"}, "poll").state is None
    assert FEED.read(told, "poll", 500).state is None


def test_the_id_of_a_callback_stands_in_one_of_three_places() -> None:
    for payload in ({"task_id": "a", "id": "c"}, {"data": {"task_id": "a"}, "id": "c"}, {"id": "a"}):
        assert TEXT.read(payload, "callback").gateway_id == "a"


@pytest.mark.parametrize("number", ["17600000000000001", "123456789012345678901234567890"])
def test_an_id_that_comes_as_a_number_keeps_its_digits(number: str) -> None:
    assert TEXT.read(f'{{"code":200,"data":{{"task_id":{number}}}}}', "answer").gateway_id == number


def test_form_parts_are_as_good_as_json() -> None:
    text = "task_id=7&status=3&video_url=https%3A%2F%2Fa.b%2Fv.mp4&msg="
    for payload in (text, text.encode()):
        report = TEXT.read(payload, "callback")
        assert (report.gateway_id, report.state, report.results[0].url) == ("7", "succeeded", "https://a.b/v.mp4")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *[("NOT_START", "queued"), ("SUBMITTED", "queued"), ("QUEUED", "queued")],
        *[("IN_PROGRESS", "running"), ("SUCCESS", "succeeded"), ("FAILURE", "failed")],
    ],
)
@pytest.mark.parametrize("kind", ["answer", "poll", "callback"])
def test_the_envelope_of_later_sisters_is_read(word: str, state: str, kind: Kind) -> None:
    inner = {"video_url": TASK["video_url"], "poster": "", "point": "7"}
    data = {"task_id": ID, "status": word, "progress": "35%", "fail_reason": "no luck", "data": inner}
    report = TEXT.read({"code": "success", "message": "", "data": data}, kind)
    assert (report.gateway_id, report.state, report.progress) == (ID, state, 35)
    assert report.error == ("no luck" if state == "failed" else "")
    assert [r.url for r in report.results] == ([TASK["video_url"]] if state == "succeeded" else [])


def test_a_new_task_of_later_sisters_is_queued_at_nothing() -> None:
    report = TEXT.read(COMET, "poll")
    assert (report.state, report.progress, report.error) == ("queued", 0, "")


def test_no_result_is_listed_twice() -> None:
    report = TEXT.read(TASK | {"poster": TASK["video_url"], "last_frame": TASK["video_url"]}, "callback")
    assert [(r.kind, r.role) for r in report.results] == [("video", "")]


@pytest.mark.parametrize("url", [None, "", " ", 5, True, {}, [], "ftp://a/b", "javascript:alert(1)", "v.mp4"])
def test_what_is_no_link_is_no_result(url: object) -> None:
    assert TEXT.read(TASK | {"video_url": url, "poster": None, "last_frame": None}, "callback").results == []


@pytest.mark.parametrize("point", [None, "", "many", True, [], "NaN", "Infinity", "1e999999", float("nan")])
def test_what_is_no_amount_costs_nothing_known(point: object) -> None:
    assert TEXT.read(TASK | {"point": point}, "callback").cost is None


@pytest.mark.parametrize(
    ("progress", "shown"), [("35%", 35), (" 7 % ", 7), (100.9, 100), ("250%", 100), ("fast", None)]
)
def test_progress_is_a_whole_percentage_or_nothing(progress: object, shown: int | None) -> None:
    assert TEXT.read(TASK | {"progress": progress}, "callback").progress == shown


UNKNOWN_MODEL = {"message": "The model 'x' does not exist", "type": "invalid_request_error", "code": "model_not_found"}
QUERIES: list[tuple[str, object, int, str | None]] = [
    ("models", {"object": "list", "data": [{"id": "gpt-4o-mini", "permission": None}], "success": True}, 200, None),
    ("models", {"object": "list", "data": []}, 200, None),
    ("models", "", 429, "HTTP 429 Too Many Requests"),
    ("models", "<html>", 502, "HTTP 502 Bad Gateway"),
    ("models", "<html>", 200, "HTTP 200 OK"),
    ("models", "", 200, "HTTP 200 OK"),
    ("model", {"id": "gpt-4o-mini", "object": "model"}, 200, None),
    ("model", {"error": UNKNOWN_MODEL}, 200, "does not exist"),
    ("balance", {"object": "billing_subscription", "hard_limit_usd": 20.0, "access_until": 0}, 200, None),
    ("balance", {"error": {"message": "no", "type": "upstream_error"}}, 200, "no"),
    ("usage", {"object": "list", "total_usage": 123.45}, 200, None),
    ("usage", {"error": {"message": "无效的令牌", "type": "one_api_error"}}, 401, "无效的令牌"),
    ("usage", {"error": "no"}, 200, "no"),
    ("usage", {"error": ["no", "never"]}, 200, "no; never"),
]


@pytest.mark.parametrize(("name", "payload", "status", "error"), QUERIES)
def test_a_call_that_makes_nothing_succeeds_or_fails_at_once(
    name: str, payload: object, status: int, error: str | None
) -> None:
    operation = catalog.get(f"gateway.{name}")
    for form in (payload, catalog.dumps(payload) if isinstance(payload, dict) else payload):
        report = operation.read(form, "answer", status)
        assert report.state == ("failed" if error else "succeeded")
        assert (error or "") in report.error
        assert (report.results, report.gateway_ids) == ([], ())


@pytest.mark.parametrize("error", [None, "", False, [], {}])
def test_an_error_that_says_nothing_is_none(error: object) -> None:
    assert TEXT.read(SUBMITTED | {"error": error}, "answer").state == "queued"
    assert FEED.read(FED | {"error": error}, "poll").state == "succeeded"


def test_a_query_without_a_state_lists_no_results() -> None:
    payload = {"code": 200, "msg": "ok", "data": {"task_id": ID, "video_url": TASK["video_url"]}}
    report = FEED.read(payload, "answer")
    assert (report.state, report.results) == (None, [])


def test_a_whole_task_with_nothing_known_yet_is_queued() -> None:
    blank = dict.fromkeys(TASK, "") | {"task_id": ID, "state": ""}
    assert TEXT.read({"code": 200, "msg": "ok", "data": blank}, "answer").state == "queued"
    assert TEXT.read(blank, "callback").state == "queued"


def test_a_report_is_plain_json_at_a_terminal() -> None:
    plain = TEXT.read(TASK, "callback").plain()
    assert catalog.loads(catalog.dumps(plain))["cost"] == "120"
    assert plain["results"][1] == {"kind": "image", "url": TASK["poster"], "role": "poster"}


@given(bodies.ANYTHING | st.text() | st.binary(), KINDS, st.sampled_from([200, 200, 202, 404, 599, 10**9, -1]))
def test_no_payload_makes_read_stumble(payload: object, kind: Kind, status: int) -> None:
    for operation in catalog.operations():
        sound(operation.read(payload, kind, status))


def well(depth: int) -> Any:
    deep: Any = []
    for _ in range(depth):
        deep = [{"data": deep}]
    return deep


@pytest.mark.parametrize("kind", get_args(Kind))
def test_no_size_and_no_depth_makes_read_stumble(kind: Kind) -> None:
    deep, large = well(5_000), 10**6000
    payloads = [
        deep,
        dict.fromkeys([*TASK, "data", "error"], deep),
        dict.fromkeys([*TASK, "data", "progress"], large),
        "[" * 100_000,
        '{"data":' * 5_000,
        '{"data": {"task_id": ' + "9" * 9_999 + "}}",
        '{"status": NaN, "point": Infinity, "task_id": 1e999, "task_id": "\\ud800"}',
    ]
    for payload in payloads:
        for status in (200, 500):
            sound(TEXT.read(payload, kind, status))


PATHS = [*TASK, "state", "progress", "fail_reason", "id", "data"]


@given(st.dictionaries(st.sampled_from(PATHS), bodies.ANYTHING), st.dictionaries(bodies.KEYS, bodies.ANYTHING), KINDS)
def test_no_change_of_a_real_payload_makes_read_stumble(
    changes: dict[str, Any], around: dict[str, Any], kind: Kind
) -> None:
    task = TASK | changes
    for payload in (task, FED | {"data": task} | around, COMET | {"data": {"data": task} | changes}):
        sound(TEXT.read(payload, kind))


def sound(report: catalog.Report) -> None:
    """Everything in a report is of its kind, and any database takes it."""
    assert report.state in {None, "queued", "running", "succeeded", "failed", "cancelled"}
    assert report.progress is None or (type(report.progress) is int and 0 <= report.progress <= 100)
    assert all(0 < len(each) <= 200 for each in report.gateway_ids)
    assert report.cost is None or report.cost.is_finite()
    assert report.refunded in {None, True, False}
    urls = [result.url for result in report.results if result.url is not None]  # a text and its data have none
    assert len(urls) == len(set(urls))
    for text in (*report.gateway_ids, report.error, report.code, *urls):
        assert "\0" not in text
        text.encode()
    str(report.cost)


def test_a_json_result_is_one_value_with_its_numbers_as_they_were_written() -> None:
    rule = ResultRule("file", (jmespath.compile("data"),), form="json")
    reader = Reader({"answer": Reading(silent="result", results=(rule,))}, synchronous=True, is_query=False)
    text = '{"data":[{"index":0,"embedding":[1.0,-2e-05]},{"index":1,"embedding":"AACAPw=="}]}'
    report = reader.read(text, "answer", 200)
    assert report.state == "succeeded"
    assert [(r.kind, r.json, r.url, r.text, r.data) for r in report.results] == [("file", text[8:-1], None, None, None)]
    assert report.plain()["results"] == [{"kind": "file", "json": text[8:-1], "role": ""}]


def packed(text: bytes) -> str:
    return base64.b64encode(gzip.compress(text, mtime=0)).decode()


def read_packed(value: object) -> list[str | None]:
    rule = ResultRule("file", (jmespath.compile("data"),), form="packed")
    reader = Reader({"answer": Reading(silent="result", results=(rule,))}, synchronous=True, is_query=False)
    return [result.json for result in reader.read({"data": value}, "answer", 200).results]


def test_a_packed_result_is_the_json_inside_with_its_numbers_as_they_were_written() -> None:
    assert read_packed(packed(b'{"pages": [1.0, -2e-05]}')) == ['{"pages": [1.0, -2e-05]}']


@pytest.mark.parametrize(
    "value",
    [
        *(None, "", "pages", {"pages": []}, "H4sIAAAA"),
        *map(packed, (b"<html>", b"\xff", b"[" * 5000, b"[NaN]", b"null")),
    ],
)
def test_what_is_not_packed_json_is_no_packed_result(value: object) -> None:
    assert read_packed(value) == []


def test_a_packed_result_that_would_fill_the_memory_is_none() -> None:
    assert read_packed(packed(b'"' + b" " * MOST_UNPACKED + b'"')) == []


@pytest.mark.parametrize("value", [None, [], {}, "", float("nan")])
def test_nothing_and_no_json_are_no_json_result(value: object) -> None:
    rule = ResultRule("file", (jmespath.compile("data"),), form="json")
    reader = Reader({"answer": Reading(silent="result", results=(rule,))}, synchronous=True, is_query=False)
    assert reader.read({"data": value}, "answer", 200).results == []
