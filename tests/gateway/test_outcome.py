"""Which class each outcome of a paid call falls into; only a sure refusal may ever be sent again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from studio.catalog import Report, Result
from studio.gateway import Answer, Outcome, classify, read_payload


def answered(status: int, payload: object = None, **headers: str) -> Answer:
    body = b"" if payload is None else json.dumps(payload).encode()
    return Answer.read(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, 0.1)


NOTHING = Report()
YES = Report(gateway_ids=("t1",), state="queued")
NO = Report(state="failed", error="no", refused=True)


def test_an_id_is_an_acceptance() -> None:
    assert classify(answered(200), YES) == Outcome.ACCEPTED


def test_an_answer_that_holds_its_result_is_an_acceptance() -> None:
    done = Report(state="succeeded", results=[Result("text", text="hello")])
    assert classify(answered(200), done) == Outcome.ACCEPTED


def test_a_success_of_which_nothing_is_kept_is_an_acceptance_where_nothing_else_comes() -> None:
    assert classify(answered(200), Report(state="succeeded"), at_once=True) == Outcome.ACCEPTED
    assert classify(answered(200), Report(state="succeeded")) == Outcome.UNKNOWN, "a task without an id"


def test_a_refusal_inside_200_is_a_refusal() -> None:
    assert classify(answered(200), NO) == Outcome.REFUSED


def test_what_was_tried_and_came_to_nothing_was_accepted() -> None:
    assert classify(answered(200), Report(state="failed", error="filtered")) == Outcome.ACCEPTED


def test_a_success_that_says_nothing_is_unknown() -> None:
    assert classify(answered(200), NOTHING) == Outcome.UNKNOWN


@pytest.mark.parametrize(
    "status", [301, 302, 307, 308, 400, 401, 402, 403, 404, 405, 406, 410, 413, 415, 422, 451, 501]
)
def test_a_definite_no_is_a_refusal(status: int) -> None:
    assert classify(answered(status), NO) == Outcome.REFUSED


@pytest.mark.parametrize("status", [408, 409, 425, 499, 500, 502, 503, 504, 520, 524, 529])
def test_a_status_that_leaves_it_open_is_unknown(status: int) -> None:
    assert classify(answered(status, "<html>oops</html>"), NO) == Outcome.UNKNOWN


def test_too_many_requests_may_be_sent_again_later() -> None:
    assert classify(answered(429), NOTHING) == Outcome.REFUSED_RETRY


@pytest.mark.parametrize("error", [{"code": "insufficient_user_quota"}, {"type": "insufficient_quota", "code": None}])
def test_a_spent_balance_dressed_as_load_is_a_refusal_and_stops_the_key(error: dict[str, object]) -> None:
    answer = answered(429, {"error": error | {"message": "当前分组上游负载已饱和"}})
    assert classify(answer, NO) == Outcome.REFUSED
    assert answer.stops_key


@pytest.mark.parametrize(
    "error", [{"code": "model_not_found"}, {"message": "当前分组 default 下对于模型 gen3 无可用渠道"}]
)
def test_no_channel_was_refused_before_anything_was_accepted(error: dict[str, object]) -> None:
    assert classify(answered(503, {"error": error}), NO) == Outcome.REFUSED_RETRY


@pytest.mark.parametrize("status", [401, 402, 403, 301])
def test_some_refusals_stop_the_key(status: int) -> None:
    assert answered(status).stops_key


@pytest.mark.parametrize("status", [200, 400, 404, 429, 500])
def test_others_do_not(status: int) -> None:
    assert not answered(status).stops_key


def test_the_wait_is_read_as_seconds_and_as_a_date() -> None:
    assert answered(429, retry_after="7").retry_after == 7
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    wait = answered(429, retry_after=later).retry_after
    assert wait is not None
    assert 80 < wait <= 90


PAST = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-", "0", "0.0", "-5", PAST])
def test_a_wait_that_says_nothing_is_none(text: str) -> None:
    assert answered(429, retry_after=text).retry_after is None


BODIES: list[tuple[bytes, str, object]] = [
    (b'{"a": 1}', "application/json", {"a": 1}),
    (b'\xef\xbb\xbf{"a": 1}', "application/json", {"a": 1}),
    (b'{"a": 1}', "text/html", {"a": 1}),
    (b'{"a": 12345678901234567890}', "", {"a": 12345678901234567890}),
    (b'{"a": NaN, "b": 1e999, "c": Infinity}', "", {"a": None, "b": None, "c": None}),
    (b'{"a": 1, "a": 2}', "", {"a": 2}),
    (b'{"a": "\\ud800 \\u0000"}', "", {"a": "� "}),
    ('{"a": "无效"}'.encode("gb18030"), "application/json; charset=gbk", {"a": "无效"}),
    (b'{"a": 1', "application/json", '{"a": 1'),
    (b"[" * 100_000, "", "[" * 100_000),
    (b"1" * 10_000, "", "1" * 10_000),
    (b"<html>502</html>", "text/html", "<html>502</html>"),
    (b"", "", ""),
    (b"null", "", None),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png", b"\x89PNG\r\n\x1a\n\x00\x00"),
    (b"ID3\x04\x00\x00", "audio/mpeg", b"ID3\x04\x00\x00"),
    (b'{"a": 1}', "text/html; charset=nonsense", {"a": 1}),
]


@pytest.mark.parametrize(("body", "content_type", "payload"), BODIES)
def test_a_body_is_read_without_an_exception(body: bytes, content_type: str, payload: object) -> None:
    assert read_payload(body, content_type) == payload


@pytest.mark.parametrize("status", [408, 409, 425, 499, 500, 502, 503, 504, 520])
def test_behind_a_refused_handshake_nothing_can_have_been_accepted(status: int) -> None:
    assert classify(answered(status), NO) == Outcome.UNKNOWN
    assert classify(answered(status), NO, by_handshake=True) == Outcome.REFUSED


def test_a_busy_gateway_is_asked_again_after_a_handshake_too() -> None:
    assert classify(answered(429), NO, by_handshake=True) == Outcome.REFUSED_RETRY
    assert classify(answered(503, {"error": {"code": "model_not_found"}}), NO, by_handshake=True) == (
        Outcome.REFUSED_RETRY
    )
