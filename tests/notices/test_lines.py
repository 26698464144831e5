"""The lines: which happenings make one, for whom, and how they are read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from studio.batches import feeding, verbs
from studio.batches.models import Batch, Cell, CellState
from studio.notices.listing import page, short, unread_number
from studio.notices.models import Awaited, Notice, What
from studio.notices.telling import News, tell
from studio.tasks import events, lifecycle
from studio.tasks.models import Task
from studio.tasks.states import Approval, Kind, Source, State
from studio.teams.models import Role, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_attempt, make_member, make_task

SignIn = Callable[[User], Client]


@pytest.fixture
def task(team: Team, bob: User) -> Task:
    with scope(team):
        return make_task(team, bob)


def sentences(person: User, team: Team) -> list[str]:
    with scope(team):
        return [line.sentence for line in page(person).unread]


def happens(task: Task, kind: Kind, person: User | None = None, **data: Any) -> None:
    with across_teams():
        events.append(task, kind, Source.TIMER, person=person, **data)


def test_owners_are_told_what_waits_for_them_and_who_asked_what_they_decided(
    team: Team, alice: User, bob: User, task: Task
) -> None:
    other = make_member(team, "erik", Role.OWNER)
    task.approval, task.state = Approval.ASKED, State.HELD
    with scope(team):
        task.save()
        make_attempt(task)
    happens(task, Kind.BEGUN, bob)
    told = f"Bob asks you to approve Task {task.pk} · a paper boat"
    assert sentences(alice, team) == sentences(other, team) == [told]
    assert sentences(bob, team) == []
    lifecycle.decline(task, alice, "Too dear")
    assert sentences(bob, team) == [f"Alice declined what you asked for: Task {task.pk} · a paper boat"]


def test_a_lost_answer_a_held_task_and_a_window_need_whoever_asked_in_a_line_each(
    team: Team, alice: User, bob: User, task: Task, signed_in: SignIn
) -> None:
    with scope(team):
        others = [make_task(team, bob, task.connection) for _ in range(2)]
        make_attempt(others[1])
    happens(task, Kind.UNKNOWN)
    happens(task, Kind.UNKNOWN)
    assert sentences(bob, team) == [f"Task {task.pk} · a paper boat waits for you"]
    happens(others[0], Kind.HELD)
    happens(others[1], Kind.HEARD, needs="modal")
    newest_first = [others[1], others[0], task]
    assert sentences(bob, team) == [f"Task {each.pk} · a paper boat waits for you" for each in newest_first]
    assert sentences(alice, team) == []
    with scope(team):
        line = Notice.objects.get(task=others[0])
    client = signed_in(bob)
    client.get(reverse("tasks:detail", args=[others[1].pk]))
    for ask in (client.head, client.get):  # who only asks where it leads has not read it
        assert len(sentences(bob, team)) == 2
        answer = ask(reverse("notices:follow"), {"line": line.pk})
        assert answer["Location"] == reverse("tasks:detail", args=[others[0].pk])
    assert len(sentences(bob, team)) == 1


def test_under_the_bell_lines_that_are_alike_are_a_few_and_a_number(
    team: Team, alice: User, bob: User, task: Task, signed_in: SignIn
) -> None:
    with scope(team):
        tell(News(team.pk, What.COMMENTED, ("task", task.pk), alice.pk), [bob.pk])
        for each in [make_task(team, bob, task.connection, prompt=f"boat {n}.") for n in range(15)]:
            tell(News(team.pk, What.ATTENTION, ("task", each.pk)), [bob.pk])
        tell(News(team.pk, What.DECLINED, ("task", task.pk), alice.pk), [bob.pk])
        shown = short(bob)
    assert [line.more for line in shown.unread] == [0, 0, 0, 12, 0]
    page = signed_in(bob).get(reverse("notices:bell") + "?open=yes").content.decode()
    assert f'href="{reverse("tasks:list")}?state=attention"' in page
    assert "and 12 more" in page
    assert page.index("boat 12.") < page.index("and 12 more") < page.index("Alice commented on")
    assert "boat 11." not in page


def test_what_one_owner_decided_is_nothing_for_another_to_read(team: Team, alice: User, bob: User, task: Task) -> None:
    other = make_member(team, "erik", Role.OWNER)
    task.approval, task.state = Approval.ASKED, State.HELD
    with scope(team):
        task.save()
        make_attempt(task)
    happens(task, Kind.BEGUN, bob)
    lifecycle.decline(task, alice, "Too dear")
    assert sentences(other, team) == []


@pytest.mark.parametrize("kind", [Kind.BEGUN, Kind.HEARD, Kind.SENDING, Kind.KEPT, Kind.CANCELLED])
def test_what_goes_well_makes_no_line(team: Team, bob: User, task: Task, kind: Kind) -> None:
    happens(task, kind)
    assert sentences(bob, team) == []


def test_a_task_goes_on_where_nobody_can_be_told(
    team: Team, bob: User, task: Task, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "INSERT" in sql and "notices_notice" in sql:
            execute("INSERT INTO no_such_table VALUES (1)", *[None, *rest[1:]])
        return execute(sql, *rest)

    with connection.execute_wrapper(breaks):
        happens(task, Kind.UNKNOWN)
    with scope(team):
        assert task.events.get().kind == Kind.UNKNOWN
        assert not Notice.objects.exists()
    assert "nobody was told" in caplog.text


def batch_of(team: Team, person: User, tasks: list[Task]) -> Batch:
    given = {"operation": tasks[0].operation, "connection": tasks[0].connection}
    batch = Batch.objects.create(team=team, person=person, name="Boats", size=len(tasks), nonce="b", **given)
    for number, task in enumerate(tasks, 1):
        Cell.objects.create(team=team, batch=batch, number=number, task=task, state=CellState.BEGUN)
    return batch


def test_the_end_of_a_batch_is_told_once_and_again_when_it_went_on(team: Team, bob: User) -> None:
    with scope(team):
        first = make_task(team, bob, state=State.FAILED)
        second = make_task(team, bob, first.connection, state=State.RUNNING)
        batch = batch_of(team, bob, [first, second])
        Awaited.objects.create(team=team, batch=batch)
    feeding.feed()
    assert sentences(bob, team) == []
    with scope(team):
        Task.objects.filter(pk=second.pk).update(state=State.SUCCEEDED, finished_at=first.finished_at)
    for _ in range(2):
        feeding.feed()
    assert sentences(bob, team) == ["Your batch Boats has ended"]
    with scope(team):
        verbs.retry(batch)
        assert Awaited.objects.filter(batch=batch).exists()


def test_unread_lines_come_first_and_all_can_be_read_at_once(
    team: Team, bob: User, alice: User, task: Task, signed_in: SignIn
) -> None:
    with scope(team):
        tasks = [make_task(team, bob, task.connection, prompt=f"boat {n}.") for n in range(60)]
        for each in tasks:
            tell(News(team.pk, What.COMMENTED, ("task", each.pk), alice.pk), [bob.pk])
        Notice.objects.exclude(task=tasks[0]).update(read_at=tasks[0].created_at)
    client = signed_in(bob)
    first = client.get(reverse("notices:list")).content.decode()
    assert first.index("boat 0.") < first.index("boat 59.")
    assert "boat 11." in first
    assert "boat 10." not in first
    before = first.split("?before=")[1].split('"')[0]
    second = client.get(reverse("notices:list"), {"before": before}).content.decode()
    assert "boat 10." in second
    assert "boat 11." not in second
    assert "boat 0." not in second
    assert client.post(reverse("notices:read")).status_code == 302
    with scope(team):
        assert unread_number(bob) == 0
    assert "Notices, 1 unread" not in client.get(reverse("notices:list")).content.decode()


def test_the_bell_counts_no_further_than_a_hundred(team: Team, bob: User, task: Task, signed_in: SignIn) -> None:
    with scope(team):
        Notice.objects.bulk_create(
            Notice(team=team, person=bob, key=f"talk:task:{n}", what="commented", task=task) for n in range(130)
        )
    answer = signed_in(bob).get(reverse("notices:bell")).content.decode()
    assert "99+" in answer
    assert "100 or more unread" in answer


def test_somebody_elses_line_leads_nowhere(team: Team, alice: User, bob: User, task: Task, signed_in: SignIn) -> None:
    happens(task, Kind.UNKNOWN)
    with scope(team):
        line = Notice.objects.get()
    answer = signed_in(alice).get(reverse("notices:follow"), {"line": line.pk})
    assert answer["Location"] == reverse("notices:list")
    assert len(sentences(bob, team)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite  # PostgreSQL has many writers
def test_a_page_is_shown_while_its_lines_cannot_be_marked_as_read(
    team: Team, bob: User, task: Task, signed_in: SignIn
) -> None:
    with scope(team):
        make_attempt(task)
    happens(task, Kind.UNKNOWN)
    client, there = signed_in(bob), reverse("tasks:detail", args=[task.pk])
    connection.cursor().execute("PRAGMA busy_timeout = 20")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.get(there).status_code == 200
        assert len(sentences(bob, team)) == 1
    connection.cursor().execute("PRAGMA busy_timeout = 20000")
    assert client.get(there).status_code == 200
    assert sentences(bob, team) == []
