"""The life of a task under everything that may happen to it, in any order: what must hold does."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import pytest
from django_q.models import OrmQ
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from studio import catalog
from studio.tasks import lifecycle
from studio.tasks.models import Attempt, Task
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
CALLS = ["0", "1", "2", "3"]  # queued, running, failed, succeeded


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
        self.succeeded = False

    def teardown(self) -> None:
        self.task.delete()
        OrmQ.objects.all().delete()
        self.scope.__exit__(None, None, None)
        self.stage.__exit__(None, None, None)

    def posted(self) -> list[Attempt]:
        return [attempt for attempt in self.task.attempts.order_by("number") if attempt.posts]

    def run(self) -> None:
        try:
            work()
        except SystemExit:  # the worker died; another one goes on
            work()

    @rule(answer=st.sampled_from(["accepted", *ANSWERS]))
    def the_worker_works(self, answer: str) -> None:
        self.gateway.answers(ANSWERS.get(answer) or stage.accepted(f"g{len(self.gateway.posts) + 1}"))
        self.run()

    @rule(number=st.integers(0, 5), status=st.sampled_from(CALLS), twice=st.booleans())
    def the_gateway_calls(self, number: int, status: str, twice: bool) -> None:
        if posted := self.posted():
            attempt = posted[number % len(posted)]
            gateway_id = attempt.gateway_id or f"late{attempt.number}"
            for _ in range(1 + twice):
                assert call(attempt, told(gateway_id, status)) == 200

    @rule(status=st.sampled_from([*CALLS, "silent"]))
    def the_gateway_is_asked(self, status: str) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            silent = status == "silent"
            return httpx.Response(502) if silent else feed(json.loads(request.content)["task_id"], status)

        self.gateway.queries = [answer]
        lifecycle.sweep()
        self.run()

    @rule(seconds=st.sampled_from([1, 15, 130, 700, 90_000]))
    def time_passes(self, seconds: int) -> None:
        stage.let_pass(seconds)
        lifecycle.sweep()

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
            lifecycle.send(attempt.pk)

    @invariant()
    def no_attempt_is_posted_twice(self) -> None:
        posts = Counter(body["callback_url"] for body in self.gateway.bodies())
        assert all(count == 1 for count in posts.values())
        assert len(posts) == len(self.posted())

    @invariant()
    def at_most_one_attempt_is_open(self) -> None:
        attempts = list(self.task.attempts.all())
        assert len([attempt for attempt in attempts if attempt.open]) <= 1
        assert not [attempt for attempt in attempts if attempt.open and attempt.state in CLOSED]

    @invariant()
    def nothing_goes_back(self) -> None:
        for attempt in self.task.attempts.all():
            rank, progress = RANK[State(attempt.state)], attempt.progress or 0
            before = self.seen.get(attempt.pk, (0, 0))
            released = before[0] == RANK[State.HELD] and attempt.state == State.QUEUED
            assert released or (rank, progress) >= before
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


def test_a_task_survives_whatever_happens_in_whatever_order(team: Team, alice: User) -> None:
    class OfAlice(Life):
        pass

    OfAlice.team, OfAlice.person = team, alice
    effort = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfAlice, settings=effort)


report = st.builds(
    catalog.Report,
    st.sampled_from([(), ("g1",)]),
    st.sampled_from([None, "queued", "running", "failed", "cancelled", "succeeded"]),
    st.none() | st.integers(0, 100),
)
evidence = st.lists(st.tuples(report, st.sampled_from([Source.ANSWER, Source.CALLBACK, Source.POLL])), max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
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
