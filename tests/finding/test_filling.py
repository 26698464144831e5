"""What was there before the search is put into it, once; what is there is never put in twice."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest
from django.core.management import call_command
from django.db import connection

from studio.finding.filling import AT_ONCE, fill
from studio.library.models import Prompt
from studio.search import index
from studio.search.models import Entry, Kind
from studio.search.words import terms
from studio.teams.models import Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection, make_task
from tests.library.making import make_preset, make_prompt

pytestmark = pytest.mark.django_db


def found(team: Team, kind: Kind, question: str) -> list[int]:
    return [hit.of for hit in index.find(team.pk, kind, terms(question), 10)]


def test_filling_puts_in_what_is_missing_and_nothing_else(
    team: Team, alice: User, other_team: Team, charlie: User
) -> None:
    preset, prompt = make_preset(team, alice), make_prompt(team, alice)
    with across_teams():
        own = make_task(team, alice, make_connection(team), prompt="纸船")
        theirs = make_task(other_team, charlie, make_connection(other_team), prompt="纸船")
        gone = make_task(team, alice, own.connection, operation="gone.away", prompt="old boat")
    assert fill() == 3
    assert fill() == 0
    assert found(team, Kind.TASK, "纸船") == [own.pk]
    assert found(team, Kind.TASK, "gone boat") == [gone.pk]
    assert found(other_team, Kind.TASK, "纸船") == [theirs.pk]
    assert found(team, Kind.PRESET, "boats") == [preset.pk]
    assert found(team, Kind.PROMPT, "boats") == [prompt.pk]


def test_the_index_made_anew_is_the_same(team: Team, alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    preset = make_preset(team, alice, name="纸船")
    make_prompt(team, alice)
    with across_teams():
        before = set(Entry.objects.values_list("kind", "of", "words"))
    call_command("search", "--anew")
    with across_teams():
        assert set(Entry.objects.values_list("kind", "of", "words")) == before
    assert found(team, Kind.PRESET, "纸船") == [preset.pk]
    assert capsys.readouterr().out == "2 put into the search.\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite  # PostgreSQL has many writers
def test_others_write_between_every_few_rows(team: Team, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with across_teams():
        given = {"team": team, "author": alice, "text": "boat"}
        Prompt.objects.bulk_create(Prompt(**given, name=f"p{number}") for number in range(2 * AT_ONCE + 5))
    written: list[int] = []

    def write(_seconds: float) -> None:
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            written.append(other.execute("SELECT count(*) FROM search_entry").fetchone()[0])

    monkeypatch.setattr(time, "sleep", write)
    assert fill() == 2 * AT_ONCE + 5
    assert written == [AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE + 5]
    assert AT_ONCE <= 100
