"""begin and claim: one click is one task, and one attempt is taken by one sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from studio import catalog
from studio.tasks import lifecycle, rings
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams.models import Membership, Team, User
from tests.factories import VALUES, make_connection
from tests.tasks import stage
from tests.tasks.stage import begin, claim, only_attempt, story

pytestmark = pytest.mark.usefixtures("everywhere")


def test_begin_makes_task_attempt_event_and_ring(team: Team, alice: User) -> None:
    task = begin(team, alice)
    attempt = only_attempt(task)
    assert (task.state, attempt.state, attempt.posts) == (State.QUEUED, State.QUEUED, 0)
    assert story(task) == ["begun"]
    assert stage.rings() == [(rings.SEND, (attempt.pk,))]
    assert task.prompt == VALUES["prompt"]


def test_the_planned_body_holds_no_real_callback_address(team: Team, alice: User) -> None:
    task = begin(team, alice)
    assert only_attempt(task).public_id not in task.body_text
    assert catalog.loads(task.body_text)["prompt"] == VALUES["prompt"]


def test_a_second_click_is_the_same_task(team: Team, alice: User) -> None:
    connection = make_connection(team)
    first, second = begin(team, alice, connection, "n"), begin(team, alice, connection, "n")
    assert first.pk == second.pk
    assert len(stage.rings()) == 1


def test_a_body_with_errors_makes_no_task(team: Team, alice: User) -> None:
    with pytest.raises(lifecycle.NotNow):
        begin(team, alice, values={"model": "gen3", "prompt": 7})
    assert not Task.objects.exists()
    assert not stage.rings()


def test_with_a_stopped_key_the_task_is_held_until_the_key_is_started(team: Team, alice: User) -> None:
    connection = make_connection(team)
    connection.stop("the key is wrong")
    task = begin(team, alice, connection)
    assert (task.state, task.held_because) == (State.HELD, "the key is wrong")
    lifecycle.sweep()
    task.refresh_from_db()
    assert task.state == State.HELD
    connection.resume()
    lifecycle.sweep()
    task.refresh_from_db()
    assert (task.state, task.held_because) == (State.QUEUED, "")
    assert [ring for ring in stage.rings() if ring[0] == rings.SEND] == [(rings.SEND, (only_attempt(task).pk,))]


def test_a_claim_is_given_once(team: Team, alice: User) -> None:
    attempt = only_attempt(begin(team, alice))
    claimed = claim(attempt.pk)
    assert claimed is not None
    attempt = claimed.attempt
    assert (attempt.state, attempt.posts, attempt.task.state) == (State.SENDING, 1, State.SENDING)
    assert claim(attempt.pk) is None


def test_nothing_is_claimed_before_it_is_due(team: Team, alice: User) -> None:
    attempt = only_attempt(begin(team, alice))
    Attempt.objects.update(due_at=timezone.now() + timedelta(seconds=5))
    assert claim(attempt.pk) is None


def test_a_connection_has_only_so_many_calls_at_the_same_time(team: Team, alice: User) -> None:
    connection = make_connection(team, concurrency=2)
    attempts = [only_attempt(begin(team, alice, connection, f"n{n}")) for n in range(3)]
    assert [claim(a.pk) is not None for a in attempts] == [True, True, False]
    attempts[2].refresh_from_db()
    assert (attempts[2].state, attempts[2].rung_at) == (State.QUEUED, None), "whoever is sending looks again"
    stage.let_pass(121)  # the leases are over: the slots are free again, though nobody knows what became of the calls
    assert claim(attempts[2].pk) is not None


def test_a_connection_has_only_so_many_calls_in_a_minute(team: Team, alice: User) -> None:
    connection = make_connection(team, concurrency=50, per_minute=2)
    attempts = [only_attempt(begin(team, alice, connection, f"n{n}")) for n in range(3)]
    assert [claim(a.pk) is not None for a in attempts] == [True, True, False]
    OrmQ.objects.all().delete()
    stage.let_pass(55)
    lifecycle.sweep()
    assert rings.SEND not in dict(stage.rings()), "it is full"
    assert claim(attempts[2].pk) is None
    stage.let_pass(6)
    lifecycle.sweep()
    assert (rings.SEND, (attempts[2].pk,)) in stage.rings()
    assert claim(attempts[2].pk) is not None


def test_a_paused_connection_waits_and_others_do_not(team: Team, alice: User) -> None:
    paused = make_connection(team)
    paused.pause(timezone.now() + timedelta(seconds=40))
    waiting, free = only_attempt(begin(team, alice, paused, "a")), only_attempt(begin(team, alice, None, "b"))
    assert claim(waiting.pk) is None
    assert claim(free.pk) is not None
    stage.let_pass(43)
    assert claim(waiting.pk) is not None


def test_a_claim_under_a_stopped_key_holds_the_task(team: Team, alice: User) -> None:
    connection = make_connection(team)
    task = begin(team, alice, connection)
    connection.stop("spent")
    assert claim(only_attempt(task).pk) is None
    task.refresh_from_db()
    assert (task.state, task.held_because) == (State.HELD, "spent")
    assert story(task) == ["begun", "held"]


@pytest.mark.parametrize("left", [{"role": "viewer"}, None])
def test_what_waits_in_the_name_of_somebody_who_left_is_never_sent(
    team: Team, alice: User, bob: User, left: dict[str, str] | None
) -> None:
    sender = make_connection(team)
    hers, his = begin(team, alice, sender, "hers"), begin(team, bob, sender, "his")
    mine = Membership.objects.filter(team=team, user=bob)
    mine.update(**left) if left else mine.delete()
    lifecycle.sweep()
    assert [Task.objects.get(pk=each.pk).state for each in (hers, his)] == [State.QUEUED, State.CANCELLED]
    assert his.events.latest("id").text.startswith("Whoever asked for it")
    claimed = claim(only_attempt(hers).pk)
    assert claimed
    assert claimed.attempt.task_id == hers.pk
    assert claim(only_attempt(hers).pk) is None
