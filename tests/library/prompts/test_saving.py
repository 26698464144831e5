"""Versions are numbered and never change; nobody overwrites what somebody else saved."""

from __future__ import annotations

import pytest

from studio.library.models import Immutable, Prompt, PromptLabel, PromptVersion, new_key
from studio.library.prompts import saving
from studio.library.prompts.word_lists import lists_for
from studio.library.versions import Stale, put_label
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.library.making import make_prompt, make_word_list


def test_versions_are_numbered_and_keep_what_was_saved(team: Team, alice: User, bob: User) -> None:
    prompt = make_prompt(team, alice)
    with scope(team):
        second = saving.add_version(prompt, bob, "two boats", "more boats", 1)
        assert (second.number, second.author, second.note) == (2, bob, "more boats")
        assert [each.text for each in PromptVersion.objects.all()] == ["two boats", "a paper boat"]
        row = Prompt.objects.get()
        assert (row.newest, row.text) == (2, "two boats")
        assert saving.add_version(prompt, bob, "two boats", "again", 2).number == 2, "the same text is no version"


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(team: Team, alice: User, bob: User) -> None:
    prompt = make_prompt(team, alice)
    with scope(team):
        saving.add_version(Prompt.objects.get(), alice, "hers", "", 1)
        with pytest.raises(Stale) as told:
            saving.add_version(prompt, bob, "his", "", 1)
        assert (told.value.newest.number, told.value.newest.text) == (2, "hers")
        saving.add_version(prompt, bob, "his", "", 2)
        assert PromptVersion.objects.count() == 3


def test_a_second_click_begins_nothing_twice(team: Team, alice: User) -> None:
    key = new_key()
    first, second = (make_prompt(team, alice, key=key) for _ in range(2))
    assert first == second


def test_a_version_cannot_be_changed(team: Team, alice: User) -> None:
    make_prompt(team, alice)
    with scope(team):
        version = PromptVersion.objects.get()
        version.text = "another"
        with pytest.raises(Immutable):
            version.save()


def test_labels_move_and_go_and_tags_are_as_given(team: Team, alice: User) -> None:
    prompt = make_prompt(team, alice)
    with scope(team):
        saving.add_version(prompt, alice, "two boats", "", 1)
        for number in (1, 2):
            put_label(prompt, "production", number)
            assert PromptLabel.objects.get().version.number == number
        put_label(prompt, "production", 0)
        assert not PromptLabel.objects.exists()
        for names in (["film", "night"], ["night", "雨"], []):
            saving.put_tags(prompt, names)
            assert sorted(tag.name for tag in prompt.tags.all()) == sorted(names)


def test_only_the_lists_that_a_text_names_are_read(team: Team, other_team: Team, alice: User, charlie: User) -> None:
    make_word_list(team, alice)
    make_word_list(team, alice, name="颜色_2", lines=["红"])
    make_word_list(other_team, charlie, name="lens", lines=["85 mm"])
    with scope(team):
        assert lists_for("no list") == {}
        assert lists_for("__colour____颜色_2__ __lens__") == {"colour": ("red", "teal"), "颜色_2": ("红",)}
