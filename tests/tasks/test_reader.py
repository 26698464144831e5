"""The event reader's two ways to a line: as the database tells of it, and as the table has it."""

from __future__ import annotations

from contextlib import closing

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


def test_a_ring_without_a_word_is_a_reason_to_look(team: Team, alice: User) -> None:
    """As a process rings that has not been replaced by this studio yet."""
    with across_teams(), closing(reader.source_to_follow()) as source:
        task = make_task(team, alice, state=State.RUNNING)
        with transaction.atomic():
            line = task.events.create(team=team, kind=Kind.HEARD, source=Source.POLL, state=task.state)
            if connection.vendor == "postgresql":
                statements.ask("SELECT pg_notify(%s, '')", CHANNEL)
        assert [each.id for each in source.news(line.pk - 1)] == [line.pk]
