"""send: one POST per attempt, and the right conclusion from whatever comes back."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from studio import catalog
from studio.tasks import lifecycle, replies
from studio.tasks.address import callback_url, planned_url
from studio.tasks.letters import put_address
from studio.tasks.masking import mask
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import VALUES, make_connection
from tests.tasks import stage
from tests.tasks.stage import OPERATION, Gateway, accepted, begin, claim, only_attempt, playing, story, work

pytestmark = pytest.mark.usefixtures("everywhere")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


def sent(team: Team, alice: User) -> Task:
    task = begin(team, alice)
    work()
    task.refresh_from_db()
    return task


def test_the_exact_body_is_kept_and_holds_the_attempts_own_callback_address(
    team: Team, alice: User, gateway: Gateway
) -> None:
    attempt = only_attempt(sent(team, alice))
    posted = gateway.posts[0].content.decode()
    assert json.loads(posted)["callback_url"] == callback_url(attempt)
    assert attempt.sent_text == mask(posted) != posted
    assert gateway.posts[0].headers["authorization"] == "Bearer sk-factory-key"


def test_what_was_seen_is_what_is_sent_whatever_the_connection_says_by_then(
    team: Team, alice: User, gateway: Gateway
) -> None:
    """A profile that changes while a task waits, and a person who writes the placeholder of the address themselves."""
    connection = make_connection(team)
    values = VALUES | {"prompt": planned_url(), "style": "cinematic", "model": "gen4"}
    seen = begin(team, alice, connection, values=values, fates={f"{OPERATION}:style": "keep"}).body_text
    assert "cinematic" in seen
    connection.fates = {f"{OPERATION}:style": "omit"}
    connection.save()
    Task.objects.update(fates={})
    work()
    attempt = only_attempt(Task.objects.get())
    place = f'"callback_url":"{planned_url()}"'
    assert seen.count(place) == 1 < seen.count(planned_url())
    assert gateway.posts[0].content.decode() == seen.replace(place, f'"callback_url":"{callback_url(attempt)}"')


def test_a_body_whose_address_would_stay_a_placeholder_is_not_sent(team: Team, alice: User, gateway: Gateway) -> None:
    """A later catalog names the place otherwise: to send it would be paid for, and nobody would hear of the result."""
    task = begin(team, alice)
    text = task.body_text.replace('"callback_url"', '"notify_url"')
    assert text != task.body_text
    Task.objects.update(body_text=text)
    work()
    attempt = only_attempt(task)
    assert (attempt.state, gateway.posts) == (State.NOT_SENT, [])
    assert "another name" in attempt.error


@pytest.mark.parametrize(
    ("at", "body", "put"),
    [
        ("hook", {"hook": "?", "a": 1}, {"hook": "!", "a": 1}),
        ("to.hook", {"to": {"hook": "?", "b": 2}}, {"to": {"hook": "!", "b": 2}}),
        ('hooks."done.now"', {"hooks": {"done.now": "?"}}, {"hooks": {"done.now": "!"}}),
        ("hook", {"other": "?"}, None),
        ("to.hook", {"to": "hook"}, None),
        ("to.hook", {"to": {}}, None),
    ],
)
def test_an_address_goes_where_its_placeholder_stands_and_nowhere_else(
    at: str, body: dict[str, Any], put: dict[str, Any] | None
) -> None:
    before = copy.deepcopy(body)
    assert put_address(body, at, "!") is (put is not None)
    assert body == (put or before)


def test_a_call_that_only_asks_goes_without_a_body_and_is_answered_at_once(
    team: Team, alice: User, gateway: Gateway
) -> None:
    gateway.says(httpx.Response(200, json={"code": 1, "description": "ok", "result": "123450001"}))
    task = begin(team, alice, operation=catalog.get("midjourney.image-seed"), values={"id": "1760000000000001"})
    work()
    task.refresh_from_db()
    [asked] = gateway.asked
    assert (asked.method, asked.url.path, asked.content) == ("GET", "/mj/task/1760000000000001/image-seed", b"")
    assert "content-type" not in asked.headers
    assert (task.state, [result["text"] for result in task.results]) == (State.SUCCEEDED, ["123450001"])


def test_the_body_is_on_the_attempt_before_it_is_posted(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    seen: list[str] = []

    def look(_: httpx.Request) -> httpx.Response:
        seen.append(only_attempt(task).sent_text)
        return accepted()

    gateway.acts = [look]
    work()
    assert json.loads(seen[0])["prompt"] == "a paper boat"


def test_a_yes_is_accepted_and_will_be_asked_for(team: Team, alice: User, gateway: Gateway) -> None:
    task = sent(team, alice)
    attempt = only_attempt(task)
    assert (task.state, attempt.gateway_id) == (State.ACCEPTED, "g1")
    assert attempt.next_poll_at is not None
    wait = attempt.next_poll_at - timezone.now()
    assert timedelta(seconds=14) < wait < timedelta(seconds=26)
    assert story(task) == ["begun", "sending", "heard"]


def test_ten_rings_are_one_post(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    for _ in range(10):
        lifecycle.send(attempt.pk)
    assert len(gateway.posts) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>a proxy's page</html>"),
        (200, b'{"code":200,"msg":"ok","data":{}}'),
        (200, b'{"code":200,"data":{"task'),
        (200, b""),
        (408, b""),
        (409, b"{}"),
        (500, b'{"error":{"message":"do_request_failed"}}'),
        (502, b"<html>bad gateway</html>"),
        (503, b""),
        (504, b""),
        (524, b"<html>timeout</html>"),
    ],
)
def test_what_may_have_been_accepted_is_unknown_and_never_sent_again(
    team: Team, alice: User, gateway: Gateway, status: int, body: bytes
) -> None:
    gateway.answers(httpx.Response(status, content=body))
    task = sent(team, alice)
    stage.let_pass(86_400)
    lifecycle.sweep()
    work()
    task.refresh_from_db()
    assert task.state == State.UNKNOWN
    assert task.needs_attention
    assert len(gateway.posts) == 1


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("closed"), ValueError("odd")])
def test_a_lost_answer_is_unknown(team: Team, alice: User, gateway: Gateway, fault: Exception) -> None:
    gateway.answers(fault)
    task = sent(team, alice)
    assert task.state == State.UNKNOWN
    assert story(task)[-1] == "unknown"


@pytest.mark.parametrize("death", [SystemExit, KeyboardInterrupt])
def test_a_sender_that_dies_leaves_a_lease_and_then_unknown(
    team: Team, alice: User, gateway: Gateway, death: type[BaseException]
) -> None:
    gateway.answers(death)
    task = begin(team, alice)
    with pytest.raises(death):
        work()
    lifecycle.sweep()
    assert only_attempt(task).state == State.SENDING
    stage.let_pass(121)
    lifecycle.sweep()
    work()
    assert only_attempt(task).state == State.UNKNOWN
    assert len(gateway.posts) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 422, 302])
def test_a_no_is_final_and_costs_nothing(team: Team, alice: User, gateway: Gateway, status: int) -> None:
    gateway.answers(httpx.Response(status, json={"error": {"message": "prompt_blocked"}}))
    task = sent(team, alice)
    assert (task.state, task.error) == (State.REFUSED, "prompt_blocked")
    assert task.is_final
    assert only_attempt(task).open is False


def test_a_no_inside_a_200_is_a_no(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.Response(200, json={"code": 400, "msg": "callback_url_empty", "data": None}))
    assert sent(team, alice).state == State.REFUSED


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_key_stops_it_and_holds_what_waits(team: Team, alice: User, gateway: Gateway, status: int) -> None:
    gateway.answers(httpx.Response(status, json={"error": {"message": "无效的令牌"}}))
    connection = make_connection(team)
    tasks = [begin(team, alice, connection, f"n{n}") for n in range(5)]
    work()
    assert [Task.objects.get(pk=t.pk).state for t in tasks] == [State.REFUSED] + [State.HELD] * 4
    assert Connection.objects.get(pk=connection.pk).stopped_because == "无效的令牌"
    assert len(gateway.posts) == 1
    gateway.answers(*[accepted(f"g{n}") for n in range(5)])
    Connection.objects.get(pk=connection.pk).resume()
    for _ in range(3):
        lifecycle.sweep()
        work()
        stage.let_pass(3)
    assert [Task.objects.get(pk=t.pk).state for t in tasks] == [State.REFUSED] + [State.ACCEPTED] * 4


def test_a_busy_gateway_pauses_its_connection_for_as_long_as_it_says(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.Response(429, headers={"Retry-After": "7"}), accepted())
    task = sent(team, alice)
    first, second = task.attempts.all()
    assert (first.state, second.state, task.state) == (State.REFUSED, State.QUEUED, State.QUEUED)
    assert second.due_at > timezone.now() + timedelta(seconds=6)
    stage.let_pass(6)
    lifecycle.sweep()
    work()
    assert len(gateway.posts) == 1
    for _ in range(3):
        stage.let_pass(3)
        lifecycle.sweep()
        work()
    task.refresh_from_db()
    assert (task.state, len(gateway.posts)) == (State.ACCEPTED, 2)
    assert len({body["callback_url"] for body in gateway.bodies()}) == 2


def test_a_429_that_no_waiting_mends_is_a_plain_no(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.Response(429, json={"error": {"message": "该令牌额度已用尽", "type": "new_api_error"}}))
    task = sent(team, alice)
    assert (task.state, len(gateway.posts)) == (State.REFUSED, 1)
    assert only_attempt(task).connection.paused_until is None


def waits_of(team: Team, alice: User, gateway: Gateway, headers: dict[str, str]) -> list[float]:
    """Seconds for which a gateway that stays busy is left alone, one time after the other."""
    gateway.answers(httpx.Response(429, headers=headers))
    task = sent(team, alice)
    waits = []
    for _ in range(6):
        last = task.attempts.get(state=State.QUEUED)
        waits.append((last.due_at - timezone.now()).total_seconds())
        stage.let_pass(700)
        lifecycle.sweep()
        work()
    return waits


NO_WAIT = ["0", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "now"]


@pytest.mark.parametrize("headers", [{}, *({"Retry-After": text} for text in NO_WAIT)])
def test_a_busy_gateway_that_does_not_say_how_long_is_left_alone_ever_longer(
    team: Team, alice: User, gateway: Gateway, headers: dict[str, str]
) -> None:
    """Nor does one that says "at once", by a zero or by a clock that is slow."""
    waits = waits_of(team, alice, gateway, headers)
    assert waits == sorted(waits)
    assert waits[0] > 29
    assert waits[3] > 230


def test_a_busy_gateway_that_asks_for_too_little_is_soon_left_alone_for_longer(
    team: Team, alice: User, gateway: Gateway
) -> None:
    waits = waits_of(team, alice, gateway, {"Retry-After": "3"})
    assert [round(wait) for wait in waits] == [3, 3, 4, 8, 16, 32]


def test_what_was_not_sent_is_tried_again_in_new_attempts_with_growing_gaps(
    team: Team, alice: User, gateway: Gateway
) -> None:
    gateway.answers(*[httpx.ConnectError("refused")] * 4, accepted())
    task, gaps = begin(team, alice), []
    for _ in range(5):
        lifecycle.sweep()
        work()
        if waiting := task.attempts.filter(state=State.QUEUED).first():
            gaps.append((waiting.due_at - timezone.now()).total_seconds())
            stage.let_pass(max(gaps[-1], 32) + 0.1)  # at least until the gateway is asked for again
    task.refresh_from_db()
    assert task.state == State.ACCEPTED
    assert [a.state for a in task.attempts.all()] == [State.NOT_SENT] * 4 + [State.ACCEPTED]
    assert gaps == sorted(gaps)
    assert sum(gaps) > 120  # an outage of two minutes is survived


def test_a_gateway_that_cannot_be_reached_five_times_fails_the_task_unpaid(
    team: Team, alice: User, gateway: Gateway
) -> None:
    gateway.answers(httpx.ConnectError("refused"))
    task = begin(team, alice)
    for _ in range(8):
        lifecycle.sweep()
        work()
        stage.let_pass(300)
    task.refresh_from_db()
    assert task.state == State.FAILED
    assert [a.state for a in task.attempts.all()] == [State.NOT_SENT] * 5
    assert task.error == "The gateway could not be reached. Nothing was sent."


def test_a_body_that_cannot_be_built_is_not_sent(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)
    Task.objects.update(operation="runway.gone")
    work()
    task.refresh_from_db()
    assert task.state == State.FAILED
    assert not gateway.posts


def test_an_id_that_another_attempt_has_is_an_incident_and_no_crash(team: Team, alice: User, gateway: Gateway) -> None:
    connection = make_connection(team)
    first, second = (begin(team, alice, connection, nonce) for nonce in "ab")
    work()
    assert only_attempt(first).gateway_id == "g1"
    assert only_attempt(second).gateway_id == ""
    assert story(second)[-2:] == ["incident", "unknown"]
    assert Task.objects.get(pk=second.pk).needs_attention


def test_the_key_never_stands_in_what_is_kept(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.Response(400, text="you sent sk-factory-key"))
    task = sent(team, alice)
    assert only_attempt(task).answer_text == "you sent ***"
    assert "sk-factory-key" not in task.error + "".join(event.text for event in task.events.all())


def test_a_key_that_the_gateway_repeats_when_it_stops_it_is_shown_to_nobody(
    team: Team, alice: User, gateway: Gateway
) -> None:
    gateway.answers(httpx.Response(401, json={"error": {"message": "Incorrect API key provided: sk-factory-key."}}))
    task = sent(team, alice)
    assert task.error == "Incorrect API key provided: ***."
    assert task.connection.stopped_because == task.error


@pytest.mark.parametrize("seconds", ["999999999", "1e300"])
def test_a_pause_longer_than_a_day_is_a_day(team: Team, alice: User, gateway: Gateway, seconds: str) -> None:
    gateway.answers(httpx.Response(429, headers={"Retry-After": seconds}))
    connection = sent(team, alice).connection
    assert connection.paused_until is not None
    assert connection.paused_until - timezone.now() <= timedelta(days=1)


def test_an_absurd_price_is_no_reason_to_lose_the_answer(team: Team, alice: User, gateway: Gateway) -> None:
    task = {"task_id": "g1", "point": "99999999999999"}
    gateway.answers(httpx.Response(200, json={"code": 200, "msg": "ok", "data": task}))
    attempt = only_attempt(sent(team, alice))
    assert (attempt.state, attempt.gateway_id, attempt.cost) == (State.ACCEPTED, "g1", None)


def test_a_database_that_is_away_before_the_post_costs_only_time(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)

    def away(execute: Any, sql: str, *more: object) -> Any:
        if sql.startswith("UPDATE") and "sent_text" in sql:
            raise OperationalError("the database is away")
        return execute(sql, *more)

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        work()
    assert (only_attempt(task).state, only_attempt(task).posts) == (State.QUEUED, 0)
    stage.let_pass(11)
    lifecycle.sweep()
    work()
    assert (only_attempt(task).state, len(gateway.posts)) == (State.ACCEPTED, 1)


def test_an_answer_the_database_cannot_take_waits_in_the_spool(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    with ExitStack() as outage, override_settings(RECORD_PATIENCE=0):

        def answer_while_the_database_goes_away(_: httpx.Request) -> httpx.Response:
            outage.enter_context(connection.execute_wrapper(away))
            return accepted()

        gateway.acts = [answer_while_the_database_goes_away]
        lifecycle.send(only_attempt(task).pk)
    assert only_attempt(task).state == State.SENDING
    assert len(list(replies.folder().iterdir())) == 1
    lifecycle.sweep()
    assert (only_attempt(task).state, only_attempt(task).gateway_id) == (State.ACCEPTED, "g1")
    assert not list(replies.folder().iterdir())


class TimeIsUp(SystemExit):
    """As the queue ends a job that takes too long: no `Exception`."""


@pytest.mark.parametrize("end", [TimeIsUp, ArithmeticError])
def test_a_paid_answer_survives_whatever_ends_its_recording(
    team: Team, alice: User, gateway: Gateway, end: type[BaseException]
) -> None:
    task = begin(team, alice)

    def breaks(execute: Any, sql: str, *more: object) -> Any:
        if "answer_text" in sql and sql.startswith("UPDATE"):
            raise end
        return execute(sql, *more)

    def answer_into_trouble(_: httpx.Request) -> httpx.Response:
        trouble.enter_context(connection.execute_wrapper(breaks))
        return accepted()

    gateway.acts = [answer_into_trouble]
    attempt = only_attempt(task)
    with ExitStack() as trouble, pytest.raises(end):
        lifecycle.send(attempt.pk)
    lifecycle.sweep()
    assert (only_attempt(task).state, only_attempt(task).gateway_id) == (State.ACCEPTED, "g1")
    assert not list(replies.folder().iterdir())


def test_a_reply_that_cannot_be_recorded_keeps_no_other_waiting(team: Team, alice: User, gateway: Gateway) -> None:
    sender = make_connection(team)
    first, second = (only_attempt(begin(team, alice, sender, nonce)) for nonce in "ab")
    assert claim(first.pk)
    assert claim(second.pk)
    Task.objects.filter(pk=first.task_id).update(operation="gone.entirely")
    spooled = [
        replies.keep(replies.Reply(a.public_id, "answer", 200, {}, accepted(a.public_id).content))
        for a in (first, second)
    ]
    lifecycle.sweep()
    second.refresh_from_db()
    assert second.state == State.ACCEPTED
    aside = spooled[0].with_suffix(".unreadable")
    assert [aside] == list(replies.folder().iterdir())
    aside.unlink()
    stage.let_pass(121)
    lifecycle.sweep()
    assert Task.objects.get(pk=first.task_id).needs_attention


def test_a_reply_in_the_spool_counts_even_after_the_lease_ended(team: Team, alice: User, gateway: Gateway) -> None:
    attempt = only_attempt(begin(team, alice))
    assert claim(attempt.pk)
    stage.let_pass(121)
    lifecycle.sweep()
    replies.keep(replies.Reply(attempt.public_id, "answer", 200, {}, accepted().content))
    lifecycle.sweep()
    attempt.refresh_from_db()
    assert attempt.state == State.ACCEPTED
