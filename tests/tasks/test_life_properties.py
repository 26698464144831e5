"""The life of a task under everything that may happen to it, in any order: what must hold does."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from django_q.models import OrmQ
from hypothesis import HealthCheck, given
from hypothesis import settings as effort_of
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pytest_django import Settings

from studio import catalog
from studio.tasks import epoch, fence, lifecycle
from studio.tasks.address import callback_url
from studio.tasks.models import Attempt, Epoch, Task
from studio.tasks.states import CLOSED, RANK, Source, State
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_attempt, make_connection, make_task
from tests.tasks import stage
from tests.tasks.stage import Gateway, begin, call, feed, told, work

pytestmark = [pytest.mark.usefixtures("everywhere"), pytest.mark.thorough]
ANSWERS: dict[str, Any] = {
    "lost": httpx.ReadTimeout("slow"),
    "not sent": httpx.ConnectError("refused"),
    "refused": httpx.Response(400, json={"error": {"message": "no"}}),
    "busy": httpx.Response(429),
    "wrong key": httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
    "broken": httpx.Response(502),
    "death": SystemExit,
}
PROGRESS = [None, 10, 60]
CALLS = ["0", "1", "2", "3"]  # queued, running, failed, succeeded
NONSENSE = ["no JSON", "[]", '{"code": 500}', "\0", '{"task_id": null, "status": "9"}']
HOUR = 3600


class Life(RuleBasedStateMachine):
    """One task, a gateway that takes what it likes and says what it likes, time, and persons who press buttons."""

    team: Team
    person: User

    def __init__(self) -> None:
        super().__init__()
        self.gateway = Gateway()
        self.stage = stage.playing(self.gateway)
        self.stage.__enter__()
        self.scope = across_teams()
        self.scope.__enter__()
        self.task = begin(self.team, self.person, make_connection(self.team), nonce="n")
        self.seen: dict[int, tuple[int, int]] = {}
        self.called: dict[tuple[object, ...], tuple[Attempt, dict[str, Any]]] = {}
        self.history: list[tuple[Any, ...]] = []
        self.succeeded = False
        self.posts_when_held: int | None = None

    def teardown(self) -> None:
        try:
            self.the_gateway_calls_with_all_of_it_again()
        finally:
            self.leave_nothing()

    def the_gateway_calls_with_all_of_it_again(self) -> None:
        """The last first: the same evidence ends in the same state, however often and in whatever order it comes."""
        stage.let_pass(61)  # no flood
        for attempt in self.posted():
            self.hears(attempt, "1", 60, 10)
        before = self.standing()
        for attempt, news in reversed(self.called.values()):
            assert call(attempt, news) == 200
        assert self.standing() == before

    def standing(self) -> list[tuple[Any, ...]]:
        attempts = Attempt.objects.order_by("task", "number")
        return list(attempts.values_list("task__state", "task__progress", "state", "progress", "open"))

    def leave_nothing(self) -> None:
        Epoch.objects.all().delete()
        epoch.path().unlink(missing_ok=True)  # or the next life begins behind a fence
        Task.objects.filter(parent=self.task).delete()
        self.task.delete()
        OrmQ.objects.all().delete()
        self.scope.__exit__(None, None, None)
        self.stage.__exit__(None, None, None)

    def posted(self) -> list[Attempt]:
        return [attempt for attempt in Attempt.objects.order_by("task", "number") if attempt.posts]

    def run(self) -> None:
        """Each job is taken from the queue before it runs: as many workers die as there are jobs that kill."""
        with suppress(SystemExit):
            return work()
        return self.run()  # the worker died; another one goes on

    @initialize(answer=st.sampled_from(["accepted", "accepted", "lost", "broken", "not yet"]))
    def it_is_sent(self, answer: str) -> None:
        """Most lives begin like this; what comes before it is left to a few."""
        if answer != "not yet":
            self.the_worker_works(answer)

    @rule(answer=st.sampled_from(["accepted", *ANSWERS]))
    def the_worker_works(self, answer: str) -> None:
        self.gateway.answers(ANSWERS.get(answer) or stage.accepted(f"g{len(self.gateway.posts) + 1}"))
        self.run()

    @rule(
        number=st.integers(0, 5),
        status=st.sampled_from(CALLS),
        progress=st.sampled_from(PROGRESS),
        then=st.sampled_from(["nothing", "the same", "less"]),
    )
    def the_gateway_calls(self, number: int, status: str, progress: int | None, then: str) -> None:
        if posted := self.posted():
            attempt = posted[number % len(posted)]
            figures = {"nothing": [progress], "the same": [progress] * 2, "less": [progress, 10]}[then]
            self.hears(attempt, status, *figures)

    def hears(self, attempt: Attempt, status: str, *figures: int | None) -> None:
        gateway_id = attempt.gateway_id or f"late{attempt.number}"
        for progress in figures:
            news = told(gateway_id, status, progress=progress)
            assert call(attempt, news) == 200
            self.called[attempt.pk, gateway_id, status, progress] = attempt, news

    @rule(body=st.sampled_from(NONSENSE), another=st.booleans())
    def somebody_calls_with_nonsense(self, body: str, another: bool) -> None:
        """At a genuine address: a body that says nothing, or news of a task that is not this attempt's."""
        attempt = self.task.attempts.latest("number")
        path = urlsplit(callback_url(attempt)).path
        text = json.dumps(told("somebody-else's", "3")) if another and attempt.gateway_id else body
        assert Client().post(path, text, content_type="application/json").status_code == 200

    @rule(status=st.sampled_from([*CALLS, "silent"]), progress=st.sampled_from(PROGRESS))
    def the_gateway_is_asked(self, status: str, progress: int | None) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if status == "silent":
                return httpx.Response(502)
            return feed(json.loads(request.content)["task_id"], status, progress=progress)

        self.gateway.queries = [answer]
        lifecycle.sweep()
        self.run()

    @rule(seconds=st.sampled_from([1, 15, 130, 700, 90_000]))
    def time_passes(self, seconds: int) -> None:
        stage.let_pass(seconds)
        lifecycle.sweep()

    @rule(leap=st.sampled_from([HOUR, -HOUR]))
    def the_clock_leaps(self, leap: int) -> None:
        stage.let_pass(leap)
        lifecycle.sweep()

    @rule(lifted=st.booleans())
    def a_backup_is_restored(self, lifted: bool) -> None:
        fence.hold()
        self.posts_when_held = len(self.gateway.posts)
        if lifted:
            self.an_operator_lifts_the_fence()

    @rule()
    def an_operator_lifts_the_fence(self) -> None:
        fence.lift()
        self.posts_when_held = None

    @rule(nonce=st.sampled_from(["a", "b"]))
    def a_person_wants_another(self, nonce: str) -> None:
        with suppress(lifecycle.NotNow):
            lifecycle.again(self.task, self.person, nonce)

    @rule(verb=st.sampled_from(["cancel", "send_again", "look", "write_off"]))
    def a_person_presses(self, verb: str) -> None:
        with suppress(lifecycle.NotNow):
            getattr(lifecycle, verb)(self.task, self.person)

    @rule()
    def the_key_is_started_again(self) -> None:
        connection = self.task.connection
        connection.refresh_from_db()
        connection.resume()

    @rule()
    def a_ring_comes_twice(self) -> None:
        for attempt in self.task.attempts.exclude(state=State.QUEUED):
            with suppress(SystemExit):  # what is next in its line may kill the worker
                lifecycle.send(attempt.pk)

    @invariant()
    def no_attempt_is_posted_twice(self) -> None:
        posts = Counter(body["callback_url"] for body in self.gateway.bodies())
        assert all(count == 1 for count in posts.values())
        assert len(posts) == len(self.posted())

    @invariant()
    def nothing_is_posted_behind_the_fence(self) -> None:
        assert self.posts_when_held in {None, len(self.gateway.posts)}

    @invariant()
    def history_is_only_added_to(self) -> None:
        lines = list(self.task.events.order_by("id").values_list("id", "kind", "state", "progress", "text", "attempt"))
        assert lines[: len(self.history)] == self.history
        self.history = lines

    @invariant()
    def at_most_one_attempt_is_open(self) -> None:
        attempts = list(self.task.attempts.all())
        assert len([attempt for attempt in attempts if attempt.open]) <= 1
        assert not [attempt for attempt in attempts if attempt.open and attempt.state in CLOSED]

    @invariant()
    def nothing_goes_back(self) -> None:
        for attempt in Attempt.objects.all():
            rank, progress = RANK[State(attempt.state)], attempt.progress or 0
            before = self.seen.get(attempt.pk, (0, 0))
            released = before[0] == RANK[State.HELD] and attempt.state == State.QUEUED
            assert released or rank >= before[0]
            assert progress >= before[1]
            self.seen[attempt.pk] = (rank, progress)

    @invariant()
    def a_success_stays_one(self) -> None:
        task = Task.objects.get(pk=self.task.pk)
        assert not self.succeeded or task.state == State.SUCCEEDED
        self.succeeded = task.state == State.SUCCEEDED
        assert not self.succeeded or task.results

    @invariant()
    def the_task_shows_its_leading_attempt(self) -> None:
        task = Task.objects.get(pk=self.task.pk)
        shown = task.leading().state
        assert task.state == (State.FAILED if shown == State.NOT_SENT else shown)


def test_a_task_survives_whatever_happens_in_whatever_order(
    team: Team, alice: User, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path

    class OfAlice(Life):
        pass

    OfAlice.team, OfAlice.person = team, alice
    effort = effort_of(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfAlice, settings=effort)


report = st.builds(
    catalog.Report,
    st.sampled_from([(), ("g1",)]),
    st.sampled_from([None, "queued", "running", "failed", "cancelled", "succeeded"]),
    st.none() | st.integers(0, 100),
)
evidence = st.lists(st.tuples(report, st.sampled_from([Source.ANSWER, Source.CALLBACK, Source.POLL])), max_size=5)


@effort_of(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(evidence=evidence, data=st.data())
def test_the_same_evidence_in_any_order_and_twice_ends_in_the_same_state(
    team: Team, alice: User, evidence: list[tuple[catalog.Report, Source]], data: st.DataObject
) -> None:
    orders = [evidence, data.draw(st.permutations(evidence)), data.draw(st.permutations(evidence * 2))]
    ends = set()
    for order in orders:
        connection = make_connection(team)
        task = make_task(team, alice, connection, state=State.SENDING)
        attempt = make_attempt(task, posts=1, gateway_id="g1", gateway_ids=["g1"])
        for news, source in order:
            lifecycle.hear(attempt, news, source)
        attempt.refresh_from_db()
        task.refresh_from_db()
        ends.add((attempt.state, attempt.progress, attempt.open, task.state, task.progress))
    assert len(ends) == 1
