"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from studio import catalog
from studio.catalog.exact import DEEPEST
from studio.tasks.models import Attempt, Task
from studio.tasks.states import RANK, State, join
from studio.teams.models import Team, User
from tests.factories import VALUES, make_attempt, make_connection, make_task

pytestmark = pytest.mark.usefixtures("everywhere")


def test_an_attempt_is_never_posted_twice(team: Team, alice: User) -> None:
    attempt = make_attempt(make_task(team, alice), state=State.SENDING, posts=1)
    with pytest.raises(IntegrityError):
        Attempt.objects.filter(pk=attempt.pk).update(posts=2)


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD])
def test_what_was_posted_never_waits_for_a_post_again(team: Team, alice: User, state: State) -> None:
    attempt = make_attempt(make_task(team, alice), state=State.SENDING, posts=1)
    with pytest.raises(IntegrityError):
        Attempt.objects.filter(pk=attempt.pk).update(state=state)


def test_a_task_has_at_most_one_open_attempt(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    make_attempt(task)
    with pytest.raises(IntegrityError):
        make_attempt(task, number=2)


def test_a_gateway_id_is_bound_once_per_connection(team: Team, alice: User) -> None:
    connection = make_connection(team)
    make_attempt(make_task(team, alice, connection), gateway_id="g1")
    with pytest.raises(IntegrityError):
        make_attempt(make_task(team, alice, connection), gateway_id="g1")


def test_two_teams_may_use_the_same_nonce_but_one_team_may_not(
    team: Team, alice: User, other_team: Team, charlie: User
) -> None:
    make_task(team, alice, nonce="n")
    make_task(other_team, charlie, nonce="n")
    with pytest.raises(IntegrityError):
        make_task(team, alice, nonce="n")


def test_values_keep_their_order_and_their_numbers_as_written(team: Team, alice: User) -> None:
    text = '{"z":0.3999999999999999,"a":1.0,"m":12345678901234567890,"提示":"纸船"}'
    task = make_task(team, alice, values=catalog.loads(text))
    assert catalog.dumps(Task.objects.get(pk=task.pk).values) == text


def test_a_task_shows_the_attempt_that_can_still_bring_a_result(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    old = make_attempt(task, number=1, state=State.UNKNOWN, open=False)
    new = make_attempt(task, number=2, state=State.QUEUED)
    assert task.leading() == new
    Attempt.objects.filter(pk=old.pk).update(state=State.RUNNING)
    assert task.leading() == old
    Attempt.objects.filter(pk=new.pk).update(state=State.SUCCEEDED)
    assert task.leading() == new


def test_a_cancelled_second_attempt_does_not_hide_the_lost_first_one(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    lost = make_attempt(task, number=1, state=State.UNKNOWN, open=False)
    make_attempt(task, number=2, state=State.CANCELLED, open=False)
    assert task.leading() == lost


def test_a_task_that_was_written_off_is_final_and_asks_for_nothing(team: Team, alice: User) -> None:
    task = make_task(team, alice, state=State.UNKNOWN)
    assert task.needs_attention
    assert not task.is_final
    task.finished_at = timezone.now()
    assert task.is_final
    assert not task.needs_attention


def test_joining_states_is_a_lattice() -> None:
    assert set(RANK) == set(State)
    assert len(set(RANK.values())) == len(RANK)
    for a in State:
        assert join(a, a) == a
        for b in State:
            assert join(a, b) == join(b, a)
            assert all(join(join(a, b), c) == join(a, join(b, c)) for c in State)


def test_a_value_as_deep_as_a_body_may_be_is_read_again_from_its_row(team: Team, alice: User) -> None:
    deep = catalog.loads("[" * DEEPEST + "1" + "]" * DEEPEST)
    task = make_task(team, alice, values=VALUES | {"options.seconds": deep})
    assert Task.objects.get(pk=task.pk).values["options.seconds"] == deep
