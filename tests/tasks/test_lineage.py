"""The tree around a task: whole where it is small, bounded where it is large."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from studio.tasks.lineage import MOST, UP, arranged, lineage
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from tests.factories import make_asset, make_attempt, make_connection, make_task

SignIn = Callable[[User], Client]


@pytest.fixture
def gateway(team: Team, everywhere: None) -> Connection:
    return make_connection(team)


@pytest.fixture
def grow(team: Team, alice: User, gateway: Connection) -> Callable[..., Task]:
    def make(parent: Task | None = None, **more: Any) -> Task:
        return make_task(team, alice, gateway, parent=parent, **({"state": "succeeded"} | more))

    return make


def seen(task: Task) -> list[tuple[int, int]]:
    found = lineage(Task.objects.get(pk=task.pk))
    return [(twig.task.pk, twig.level) for twig in found.twigs] if found else []


def test_a_task_alone_has_no_tree(grow: Callable[..., Task]) -> None:
    assert lineage(grow()) is None


def test_a_tree_is_the_same_from_every_place_in_it(grow: Callable[..., Task]) -> None:
    root = grow()
    second = grow(root)
    left, right = grow(second), grow(second)
    leaf = grow(left)
    whole = [(root.pk, 0), (second.pk, 0), (left.pk, 1), (leaf.pk, 2), (right.pk, 1)]
    for task in (root, second, left, leaf):
        assert seen(task) == whole
    beside = lineage(right)  # of its brother's children it only says how many
    assert beside
    assert [(twig.task.pk, twig.hidden) for twig in beside.twigs] == [
        (root.pk, 0),
        (second.pk, 0),
        (left.pk, 1),
        (right.pk, 0),
    ]


def test_the_states_in_it_are_those_of_now(grow: Callable[..., Task]) -> None:
    root = grow()
    child = grow(root, state="running")
    found = lineage(root)
    assert found
    assert found.moving == [child.pk]
    Task.objects.filter(pk=child.pk).update(state="failed")
    later = lineage(root)
    assert later
    assert (later.moving, later.twigs[1].task.state) == ([], "failed")


def test_a_long_line_is_cut_above_and_below_and_says_so(grow: Callable[..., Task]) -> None:
    line = [grow()]
    for _ in range(UP + 12):
        line.append(grow(line[-1]))
    middle = lineage(line[UP + 2])
    assert middle
    assert middle.earlier == line[1].pk
    assert middle.twigs[0].task.pk == line[2].pk
    assert middle.twigs[-1].hidden == 1


@pytest.mark.usefixtures("everywhere")
def test_a_tree_of_a_thousand_costs_few_queries_and_little_time(
    team: Team, alice: User, gateway: Connection, grow: Callable[..., Task], signed_in: SignIn
) -> None:
    root = grow()
    given: dict[str, Any] = {"team": team, "person": alice, "connection": gateway, "operation": root.operation}
    given |= {"body_text": "{}", "state": "succeeded"}
    first = Task.objects.bulk_create(Task(**given, nonce=f"a{n}", parent=root) for n in range(30))
    Task.objects.bulk_create(Task(**given, nonce=f"b{n}", parent=first[n % 30]) for n in range(970))
    make_attempt(first[4], open=False)
    with CaptureQueriesContext(connection) as small:
        assert lineage(grow(grow()))
    with CaptureQueriesContext(connection) as large:
        found = lineage(first[4])
    assert found
    assert len(large) <= len(small) + 2 <= 12
    assert len(found.twigs) == MOST
    assert found.twigs[0].task.pk == root.pk
    assert found.twigs[0].hidden == 30 - sum(twig.level == 1 for twig in found.twigs) > 0
    assert {twig.hidden for twig in found.twigs if twig.here or twig.level == 2} == {0}
    browser = signed_in(alice)
    browser.get(f"/tasks/{first[4].pk}/")
    begun = time.thread_time()
    page = browser.get(f"/tasks/{first[4].pk}/").content.decode()
    assert time.thread_time() - begun < 1.5
    assert page.count("tree__twig") >= MOST


def test_a_tree_is_followed_until_the_last_picture_in_it_is_kept(grow: Callable[..., Task]) -> None:
    root = grow()
    made = {"results": [{"kind": "image", "url": "https://cdn.example.com/boat.png"}], "finished_at": timezone.now()}
    running, ended, failed = grow(root, state="running"), grow(root, **made), grow(root, state="failed")

    def moving() -> list[int]:
        found = lineage(Task.objects.get(pk=root.pk))
        return found.moving if found else []

    assert moving() == [running.pk, ended.pk]
    kept = make_asset(ended, keeping="waiting")
    assert ended.pk in moving()
    type(kept).objects.filter(pk=kept.pk).update(keeping="kept", sha256="0" * 64, size=13)
    assert moving() == [running.pk]
    assert failed.is_final


def test_nobody_sees_the_tree_of_another_team(
    grow: Callable[..., Task], other_team: Team, charlie: User, signed_in: SignIn, alice: User
) -> None:
    root = grow()
    make_attempt(root, open=False)
    stranger = make_task(other_team, charlie, parent=root, prompt="canary")
    assert "canary" not in signed_in(alice).get(f"/tasks/{root.pk}/").content.decode()
    Task.objects.filter(pk=stranger.pk).update(parent=None)  # the database would let no such row be committed


@st.composite
def forests(draw: st.DrawFn) -> dict[int, int | None]:
    size = draw(st.integers(1, 40))
    return {n: draw(st.none() | st.integers(1, n - 1)) if n > 1 else None for n in range(1, size + 1)}


@given(forests())
def test_every_task_stands_once_after_what_it_was_made_from(parents: dict[int, int | None]) -> None:
    lines = arranged(parents)
    assert sorted(number for number, _, _ in lines) == sorted(parents)
    place = {number: at for at, (number, _, _) in enumerate(lines)}
    level = {number: depth for number, depth, _ in lines}
    for number, parent in parents.items():
        if parent is not None:
            assert place[parent] < place[number]
            assert level[number] - level[parent] in {0, 1}
            between = lines[place[parent] + 1 : place[number]]
            assert all(depth >= level[number] for _, depth, _ in between)
    assert sum(shown for _, _, shown in lines) == sum(parent is not None for parent in parents.values())
