"""The event reader's two ways to a line: as the database tells of it, and as the table has it."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest
from django.db import connection, transaction

from studio.tasks import reader
from studio.tasks.events import CHANNEL, append
from studio.tasks.models import Task
from studio.tasks.states import Kind, Source, State
from studio.teams import statements
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_task

pytestmark = pytest.mark.django_db(transaction=True)


def test_news_is_what_the_table_has(team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with across_teams(), closing(reader.source_to_follow()) as source:
        plain = make_task(team, alice, state=State.RUNNING, progress=40)
        private = make_task(team, alice, plain.connection, private=True, state=State.QUEUED)
        public = make_task(team, alice, plain.connection, state=State.RUNNING)
        known = append(plain, Kind.HEARD, Source.POLL).pk
        with transaction.atomic():
            append(plain, Kind.HEARD, Source.POLL)
            append(private, Kind.BEGUN, Source.PERSON)
        with transaction.atomic():
            Task.objects.filter(pk=public.pk).update(private=True)
            append(public, Kind.HEARD, Source.POLL)
        table, news = reader.read(source, known), list[reader.Line]()
        if connection.vendor == "postgresql":
            monkeypatch.setattr(reader, "read", None)  # the rings tell all of it
        while len(news) < len(table):
            news += source.news(news[-1].id if news else known)
    assert news == table
    assert [line[2:] for line in news] == [
        (plain.pk, "heard", "running", 40, None),
        (private.pk, "begun", "queued", None, alice.pk),
        (public.pk, "heard", "running", None, alice.pk),
    ]


def test_what_nobody_rang_for_is_found_in_a_second_without_a_ring(team: Team, alice: User) -> None:
    with across_teams(), closing(reader.source_to_follow()) as source:
        task = make_task(team, alice, state=State.RUNNING)
        first = append(task, Kind.HEARD, Source.POLL)
        assert [line.id for line in source.news(first.pk - 1)] == [first.pk]
        task.events.create(team=team, kind=Kind.HEARD, source=Source.POLL, state=task.state)
        assert len(source.news(first.pk)) == 1


class Stumbling:
    """A database with a line whenever one looks, and a fault of ours in every second look."""

    looks = 0

    def query(self, sql: str, values: tuple[int, ...]) -> list[Any]:
        return [(0, 0)] if "min(id)" in sql else []

    def news(self, after: int) -> list[reader.Line]:
        self.looks += 1
        if self.looks % 2:
            raise ZeroDivisionError
        return [reader.Line(after + 1, 1, 1, "heard", "running", None, None)]

    def close(self) -> None: ...


def test_a_reader_that_stumbles_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    source, heard = Stumbling(), list[int]()
    monkeypatch.setattr(reader, "source_to_follow", lambda: source)
    monkeypatch.setattr(reader, "SAFETY", 0.01)
    follows = reader.Reader(lambda lines: heard.extend(line.id for line in lines))
    follows.start()
    until = time.monotonic() + 10
    while len(heard) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    follows.end()
    assert heard[:3] == [1, 2, 3]


def test_a_ring_without_a_word_is_a_reason_to_look(team: Team, alice: User) -> None:
    """As a process rings that has not been replaced by this studio yet."""
    with across_teams(), closing(reader.source_to_follow()) as source:
        task = make_task(team, alice, state=State.RUNNING)
        with transaction.atomic():
            line = task.events.create(team=team, kind=Kind.HEARD, source=Source.POLL, state=task.state)
            if connection.vendor == "postgresql":
                statements.ask("SELECT pg_notify(%s, '')", CHANNEL)
        assert [each.id for each in source.news(line.pk - 1)] == [line.pk]
