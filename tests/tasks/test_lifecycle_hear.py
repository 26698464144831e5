"""hear and poll: whatever comes, in whatever order and however often, ends in the same truth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db.models import F
from django.utils import timezone

from studio import catalog
from studio.tasks import lifecycle, polling, rings, schedule
from studio.tasks.listing import attention
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Source, State
from studio.teams.models import Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, call, feed, only_attempt, playing, story, told, unknown_task, work

pytestmark = pytest.mark.usefixtures("everywhere")
VIDEO = "https://cdn.example.com/g1.mp4"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


@pytest.fixture
def task(team: Team, alice: User, gateway: Gateway) -> Task:
    """Accepted by the gateway as g1."""
    task = begin(team, alice)
    work()
    return task


def now(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def test_a_success_told_by_a_callback_is_only_believed_after_a_query(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="3"))
    call(only_attempt(task), told(status="3", video_url="https://attacker.example/x.mp4"))
    assert (now(task).state, now(task).results) == (State.RUNNING, [])
    work()
    assert now(task).state == State.SUCCEEDED
    assert [r["url"] for r in now(task).results] == [VIDEO]
    assert len(gateway.asked) == 1
    assert (rings.KEEP, (task.pk,)) in stage.rings()


def test_a_forged_success_never_becomes_one(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="1"))
    for _ in range(5):
        call(only_attempt(task), told(status="3", video_url="https://attacker.example/x.mp4"))
        work()
        stage.let_pass(700)
        lifecycle.sweep()
        work()
    assert (now(task).state, now(task).results) == (State.RUNNING, [])
    assert rings.KEEP not in [job for job, _ in stage.rings()]


def test_a_told_success_is_believed_unverified_when_the_gateway_cannot_be_asked(task: Task, gateway: Gateway) -> None:
    gateway.says(httpx.Response(502))
    call(only_attempt(task), told(status="3"))
    for _ in range(2):
        work()
        assert now(task).state == State.RUNNING
        stage.let_pass(301)
        lifecycle.sweep()
    work()
    assert now(task).state == State.SUCCEEDED
    assert [r["url"] for r in now(task).results] == [VIDEO]
    assert task.events.last().text == "unverified"  # type: ignore[union-attr]


CALLED_DONE: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "cogvideox.generate",
        {"model": "cogvideox", "prompt": "a fox"},
        {"id": "g7", "task_status": "SUCCESS", "video_result": []},
        {"video_result": [{"url": VIDEO}]},
    ),
    (
        "luma.generate",
        {"user_prompt": "a fox"},
        {"id": "g7", "state": "completed", "video": None},
        {"video": {"url": VIDEO}},
    ),
]


@pytest.mark.parametrize(("operation", "values", "bare", "link"), CALLED_DONE)
def test_what_is_called_done_without_a_link_fails_after_a_while_and_may_be_looked_at_again(
    team: Team,
    alice: User,
    gateway: Gateway,
    operation: str,
    values: dict[str, Any],
    bare: dict[str, Any],
    link: dict[str, Any],
) -> None:
    gateway.says(httpx.Response(200, json={"id": "g7"}), httpx.Response(200, json=bare))
    task = begin(team, alice, operation=catalog.get(operation), values=values)
    for _ in range(3):
        work()
        assert now(task).state in {State.ACCEPTED, State.RUNNING}
        stage.let_pass(240)
        Event.objects.update(created_at=F("created_at") - timedelta(seconds=240))
        lifecycle.sweep()
    assert [event.text for event in task.events.all() if event.text] == [polling.NO_LINK_YET]
    Event.objects.update(created_at=F("created_at") - timedelta(seconds=700))
    work()
    assert (now(task).state, now(task).error) == (State.FAILED, polling.NO_LINK)
    assert only_attempt(task).next_poll_at is None
    assert (meaning := catalog.explain(polling.NO_LINK, 200, operation.partition(".")[0]))
    assert meaning.name == "no-link"

    gateway.says(httpx.Response(200, json=bare | link))
    lifecycle.look(now(task), alice)
    work()
    assert (now(task).state, [result["url"] for result in now(task).results]) == (State.SUCCEEDED, [VIDEO])


def test_a_link_that_comes_late_is_a_success(team: Team, alice: User, gateway: Gateway) -> None:
    operation, values, bare, link = CALLED_DONE[0]
    done = [httpx.Response(200, json=each) for each in ({"id": "g7"}, bare, bare | link)]
    gateway.says(*done)
    task = begin(team, alice, operation=catalog.get(operation), values=values)
    for _ in range(3):
        work()
        stage.let_pass(240)
        lifecycle.sweep()
    assert (now(task).state, now(task).error) == (State.SUCCEEDED, "")


def test_a_failure_shows_at_once_and_is_asked_for_once_more(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="2"))
    call(only_attempt(task), told(status="2"))
    assert (now(task).state, now(task).error) == (State.FAILED, "the model gave up")
    work()
    assert len(gateway.asked) == 1
    assert only_attempt(task).next_poll_at is None
    assert now(task).refunded


def test_a_paid_result_wins_over_a_failure(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="3"))
    call(only_attempt(task), told(status="2"))
    assert now(task).state == State.FAILED
    work()
    assert (now(task).state, now(task).error) == (State.SUCCEEDED, "")


def test_one_of_several_that_is_done_ends_nothing_until_all_are_heard_of(task: Task) -> None:
    attempt = only_attempt(task)
    Attempt.objects.filter(pk=attempt.pk).update(gateway_ids=["g1", "g2"])
    one = [catalog.Result("audio", url="https://cdn.example.com/g1.mp3")]
    both = [*one, catalog.Result("audio", url="https://cdn.example.com/g2.mp3")]
    lifecycle.hear(attempt, catalog.Report(("g1",), "succeeded", results=one), Source.POLL)
    assert (now(task).state, now(task).results) == (State.RUNNING, [])
    lifecycle.hear(attempt, catalog.Report(("g2", "g1"), "succeeded", results=both), Source.POLL)
    assert now(task).state == State.SUCCEEDED
    assert len(now(task).results) == 2


def test_a_late_callback_does_not_reopen_a_final_task(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="3"))
    call(only_attempt(task), told(status="3"))
    work()
    before = story(task)
    for status in ("1", "2", "2", "3", "0"):
        call(only_attempt(task), told(status=status))
    assert now(task).state == State.SUCCEEDED
    assert story(task) == [*before, "late"]


def test_the_same_callback_five_times_is_one_event(task: Task, gateway: Gateway) -> None:
    before = story(task)
    for _ in range(5):
        call(only_attempt(task), told(status="1"))
    assert story(task) == [*before, "heard"]


def test_a_failed_query_is_not_a_failed_task(task: Task, gateway: Gateway) -> None:
    gateway.says(unknown_task(), httpx.Response(500), httpx.ReadTimeout("slow"), feed(status="3"))
    for _ in range(6):
        stage.let_pass(61)
        lifecycle.sweep()
        work()
    assert now(task).state == State.SUCCEEDED
    assert len(gateway.asked) == 4
    assert story(task).count("no_word") == 1


def test_several_rings_make_one_query(task: Task, gateway: Gateway) -> None:
    stage.let_pass(30)
    for _ in range(5):
        lifecycle.poll(only_attempt(task).pk)
    assert len(gateway.asked) == 1


def test_a_query_is_skipped_when_a_callback_was_just_heard(task: Task, gateway: Gateway) -> None:
    stage.let_pass(25)
    call(only_attempt(task), told(status="1"))
    lifecycle.sweep()
    work()
    assert not gateway.asked
    stage.let_pass(31)
    lifecycle.sweep()
    work()
    assert len(gateway.asked) == 1


def test_a_query_names_the_gateways_id(task: Task, gateway: Gateway) -> None:
    stage.let_pass(30)
    lifecycle.poll(only_attempt(task).pk)
    assert gateway.asked[0].content == b'{"task_id":"g1"}'


def test_a_query_that_speaks_of_another_task_changes_nothing(task: Task, gateway: Gateway) -> None:
    gateway.says(feed("somebody-elses", "3"))
    stage.let_pass(30)
    lifecycle.poll(only_attempt(task).pk)
    assert (now(task).state, now(task).results) == (State.ACCEPTED, [])
    assert story(task)[-1] == "incident"


def test_a_callback_with_another_tasks_id_is_one_incident_without_effect(task: Task, gateway: Gateway) -> None:
    for _ in range(3):
        call(only_attempt(task), told("g2", "3"))
    assert (now(task).state, only_attempt(task).gateway_id) == (State.ACCEPTED, "g1")
    assert story(task).count("incident") == 1


def test_a_callback_may_beat_the_answer(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)

    def call_first(_: httpx.Request) -> httpx.Response:
        assert call(only_attempt(task), told(status="3")) == 200
        return stage.accepted()

    gateway.acts = [call_first]
    gateway.says(feed(status="3"))
    work()
    assert now(task).state == State.SUCCEEDED
    assert len(gateway.posts) == 1


def test_an_answer_outweighs_the_id_of_a_callback_that_beat_it(team: Team, alice: User, gateway: Gateway) -> None:
    task = begin(team, alice)

    def call_back_about_a_stranger(_: httpx.Request) -> httpx.Response:
        call(only_attempt(task), told("stranger", status="3"))
        return stage.accepted("g1")

    gateway.acts = [call_back_about_a_stranger]
    gateway.says(feed(status="3"))
    lifecycle.send(only_attempt(task).pk)
    assert only_attempt(task).gateway_id == "g1"
    assert "incident" in story(task)
    stage.let_pass(30)
    lifecycle.poll(only_attempt(task).pk)
    assert (now(task).state, now(task).results[0]["url"]) == (State.SUCCEEDED, VIDEO)


def test_a_lost_answer_is_healed_by_its_callback(team: Team, alice: User, gateway: Gateway) -> None:
    gateway.answers(httpx.ReadTimeout("slow"))
    gateway.says(feed(status="3"))
    task = begin(team, alice)
    work()
    assert now(task).state == State.UNKNOWN
    stage.let_pass(1800)
    call(only_attempt(task), told(status="3"))
    work()
    assert now(task).state == State.SUCCEEDED
    assert only_attempt(task).gateway_id == "g1"
    assert len(gateway.posts) == 1


def test_a_gateway_that_takes_what_it_refused_is_an_incident_and_the_next_attempt_is_withdrawn(
    team: Team, alice: User, gateway: Gateway
) -> None:
    gateway.answers(httpx.Response(429))
    gateway.says(feed(status="3"))
    task = begin(team, alice)
    work()
    call(task.attempts.first(), told(status="1"))  # type: ignore[arg-type]
    assert [a.state for a in task.attempts.all()] == [State.RUNNING, State.CANCELLED]
    assert now(task).state == State.RUNNING
    assert "incident" in story(task)
    stage.let_pass(700)
    lifecycle.sweep()
    work()
    assert now(task).state == State.SUCCEEDED
    assert len(gateway.posts) == 1


def test_an_attempt_that_a_restored_backup_calls_unsent_is_not_sent_when_its_callback_comes(
    team: Team, alice: User, gateway: Gateway
) -> None:
    task = begin(team, alice)
    call(only_attempt(task), told(status="1"))
    work()
    assert now(task).state == State.RUNNING
    assert not gateway.posts


def test_progress_only_grows(task: Task) -> None:
    seen = []
    for progress in (10, 50, 30, 80, 20):
        report = catalog.Report(("g1",), "running", progress)
        lifecycle.hear(only_attempt(task), report, Source.POLL)
        seen.append(now(task).progress)
    assert seen == [10, 50, 50, 80, 80]


def test_costs_are_counted_even_when_they_come_late(task: Task, gateway: Gateway) -> None:
    gateway.says(feed(status="3"))
    call(only_attempt(task), told(status="3"))
    work()
    assert now(task).cost == 120
    assert not now(task).refunded


def test_two_attempts_of_one_connection_never_share_an_id(team: Team, alice: User, gateway: Gateway) -> None:
    connection = make_connection(team)
    gateway.answers(httpx.ReadTimeout("slow"))
    first, second = (begin(team, alice, connection, nonce) for nonce in "ab")
    work()
    call(only_attempt(first), told("same", "1"))
    call(only_attempt(second), told("same", "3"))
    assert [a.gateway_id for a in Attempt.objects.order_by("id")] == ["same", ""]
    assert now(second).state == State.UNKNOWN
    assert "incident" in story(second)


def test_queries_grow_rarer_and_end_after_a_week() -> None:
    young = [schedule.until_query(n, timedelta()) for n in range(8)]
    seconds = [wait.total_seconds() for wait in young if wait]
    assert 15 <= seconds[0] <= 25
    assert all(wait <= 60 for wait in seconds)
    assert min(seconds[-3:]) >= 45
    assert schedule.until_query(50, timedelta(minutes=31)) == timedelta(minutes=5)
    assert schedule.until_query(50, timedelta(hours=25)) == timedelta(days=1)
    assert schedule.until_query(50, timedelta(days=8)) is None


def test_with_all_callbacks_lost_queries_finish_the_task(task: Task, gateway: Gateway) -> None:
    gateway.says(*[feed(status="1")] * 6, feed(status="3"))
    for _ in range(45):
        stage.let_pass(10)
        lifecycle.sweep()
        work()
    assert now(task).state == State.SUCCEEDED
    assert len(gateway.asked) == 7
    assert now(task).finished_at is not None
    assert now(task).finished_at <= timezone.now()  # type: ignore[operator]


def test_asking_for_an_operation_that_is_gone_ends_after_a_week(task: Task, gateway: Gateway) -> None:
    Task.objects.update(operation="gone.entirely")
    stage.let_pass(30)
    lifecycle.poll(only_attempt(task).pk)
    assert only_attempt(task).misses == 1
    stage.let_pass(8 * 86_400)
    lifecycle.poll(only_attempt(task).pk)
    assert only_attempt(task).next_poll_at is None


def test_a_key_that_a_query_repeats_is_shown_to_nobody(task: Task, gateway: Gateway) -> None:
    gateway.says(httpx.Response(401, json={"error": {"message": "sk-factory-key is no key"}}))
    for _ in range(3):
        stage.let_pass(120)
        lifecycle.poll(only_attempt(task).pk)
    assert task.events.get(kind="no_word").text == "*** is no key"


def test_a_task_that_the_gateway_never_ends_is_put_before_a_person(task: Task, gateway: Gateway) -> None:
    call(only_attempt(task), told(status="1"))
    assert not Task.objects.get().needs_attention
    Task.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert Task.objects.get().needs_attention
    assert Task.objects.filter(attention()).get() == task
