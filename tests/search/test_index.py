"""What is put into the index is found again, newest first, in its own team and kind only, on every database."""

from __future__ import annotations

import pytest
from django.db import transaction

from studio.search import index
from studio.search.models import Entry, Kind
from studio.search.words import terms
from studio.teams.models import Team
from studio.teams.scope import across_teams, scope

pytestmark = pytest.mark.django_db


def put(team: Team, of: int, *texts: str, kind: Kind = Kind.TASK) -> None:
    with scope(team):
        index.put(team.pk, kind, of, texts)


def found(team: Team, question: str, kind: Kind = Kind.TASK, limit: int = 10, before: int | None = None) -> list[int]:
    return [hit.of for hit in index.find(team.pk, kind, terms(question), limit, before)]


def test_a_word_is_found_by_its_beginning_and_not_by_its_middle(team: Team) -> None:
    put(team, 1, "a paper boat on the lake")
    assert found(team, "boat") == found(team, "pap") == found(team, "BO lake") == [1]
    assert found(team, "oat") == found(team, "paper ship") == []


def test_two_characters_of_chinese_are_found_wherever_they_stand(team: Team) -> None:
    put(team, 1, "阳光下一只小纸船")
    put(team, 2, "纸做的船")
    assert found(team, "纸船") == found(team, "小纸船") == found(team, "阳光 纸船") == [1]
    assert found(team, "船") == [2, 1]
    assert found(team, "船纸") == found(team, "光一") == []


def test_more_than_two_characters_are_found_only_side_by_side(team: Team) -> None:
    put(team, 1, "光明，明媚，阳光")
    put(team, 2, "阳光明媚")
    assert found(team, "阳光明媚") == [2]


def test_an_emoji_is_found_wherever_it_stands(team: Team) -> None:
    put(team, 1, "a small🦊in the snow, 雨☔")
    put(team, 2, "1f98a")
    assert found(team, "🦊") == found(team, "🦊 snow") == found(team, "☔🦊") == [1]
    assert found(team, "🌊") == found(team, "🦊🌊") == []
    assert found(team, "1f98a") == [2]


def test_the_newest_come_first_and_a_page_goes_on_where_the_last_one_ended(team: Team) -> None:
    for number in range(1, 8):
        put(team, number, "boat")
    first = index.find(team.pk, Kind.TASK, terms("boat"), 3)
    assert [hit.of for hit in first] == [7, 6, 5]
    assert found(team, "boat", limit=3, before=first[-1].entry) == [4, 3, 2]


def test_another_team_and_another_kind_have_shelves_of_their_own(team: Team, other_team: Team) -> None:
    put(team, 1, "boat")
    put(team, 2, "boat", kind=Kind.PRESET)
    put(other_team, 3, "boat")
    assert found(team, "boat") == [1]
    assert found(team, "boat", Kind.PRESET) == [2]
    assert found(other_team, "boat") == [3]


def test_nobody_can_ask_for_the_shelf_of_another_team(team: Team, other_team: Team) -> None:
    put(other_team, 1, "boat")
    assert found(team, f"_{other_team.pk}_task") == found(team, f"boat OR _{other_team.pk}_task") == []


def test_who_is_put_in_again_is_found_by_the_new_words_only_and_comes_first(team: Team) -> None:
    put(team, 1, "red fox")
    put(team, 2, "grey fox")
    put(team, 1, "blue fox")
    assert found(team, "fox") == [1, 2]
    assert found(team, "red") == []
    with scope(team):
        assert Entry.objects.count() == 2


def test_what_is_rolled_back_was_never_there(team: Team) -> None:
    put(team, 1, "red fox")
    with transaction.atomic():
        put(team, 1, "blue fox")
        put(team, 2, "green fox")
        transaction.set_rollback(True)
    assert (found(team, "red"), found(team, "blue"), found(team, "green")) == ([1], [], [])


def test_many_at_once_are_found_like_one_by_one(team: Team) -> None:
    put(team, 1, "boat")
    with across_teams():
        index.put_many([index.entry(team.pk, Kind.TASK, number, ["纸船 boat"]) for number in (2, 3)])
    assert found(team, "boat") == [3, 2, 1]
    assert found(team, "纸船") == [3, 2]
    with across_teams():
        index.empty()
    assert found(team, "boat") == []


@pytest.mark.parametrize(
    "text", ["", "'", '"', "\\", "a'b\"c\\d", "🦊🦊", "\u0301", "& | ! <-> ( ) :*", "a" * 5000, "猫" * 30_000]
)
def test_no_text_breaks_the_index_or_a_question(team: Team, text: str) -> None:
    put(team, 1, text)
    assert found(team, text) in ([1], [])
