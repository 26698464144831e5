"""Versions are numbered and never change; nobody overwrites what somebody else saved."""

from __future__ import annotations

import pytest

from studio.library import saving
from studio.library.kept import FIXED, Kept
from studio.library.models import Immutable, Label, Preset, PresetVersion, new_key
from studio.library.versions import Stale, put_label
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import VALUES
from tests.library.making import TEXT, make_preset, newest


def kept(prompt: str) -> Kept:
    return Kept(VALUES | {"prompt": prompt})


def test_versions_are_numbered_and_keep_what_was_saved(team: Team, alice: User, bob: User) -> None:
    preset = make_preset(team, alice, holds={"model": FIXED})
    with scope(team):
        second = saving.add_version(preset, bob, kept("two boats"), "more boats", 1)
        assert [each.number for each in PresetVersion.objects.filter(preset=preset)] == [2, 1]
        assert (second.author, second.note, second.kept.values["prompt"]) == (bob, "more boats", "two boats")
        assert PresetVersion.objects.get(number=1).kept.holds == {"model": FIXED}
        assert Preset.objects.get().newest == 2


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(team: Team, alice: User, bob: User) -> None:
    preset = make_preset(team, alice)
    with scope(team):
        saving.add_version(Preset.objects.get(), alice, kept("hers"), "", 1)
        with pytest.raises(Stale) as told:
            saving.add_version(preset, bob, kept("his"), "", 1)
        assert told.value.newest.number == 2
        assert [v.kept.values["prompt"] for v in PresetVersion.objects.all()] == ["hers", VALUES["prompt"]]
        saving.add_version(preset, bob, kept("his"), "", 2)
        assert PresetVersion.objects.filter(preset=preset).count() == 3


def test_a_second_click_saves_nothing_twice(team: Team, alice: User) -> None:
    key = new_key()
    first, second = (make_preset(team, alice, key=key) for _ in range(2))
    assert first == second
    with scope(team):
        saving.add_version(first, alice, kept("two boats"), "", 1)
        assert saving.add_version(first, alice, kept("two boats"), "", 1).number == 2
        assert PresetVersion.objects.count() == 2


def test_a_version_cannot_be_changed(team: Team, alice: User) -> None:
    version = newest(make_preset(team, alice))
    version.note = "another"
    with pytest.raises(Immutable):
        version.save()


def test_a_label_moves_and_goes(team: Team, alice: User) -> None:
    preset = make_preset(team, alice)
    with scope(team):
        saving.add_version(preset, alice, kept("two boats"), "", 1)
        for number in (1, 2):
            put_label(preset, "production", number)
            assert Label.objects.get().version.number == number
        put_label(preset, "production", 0)
        assert not Label.objects.exists()


def test_the_body_of_the_day_is_kept(team: Team, alice: User) -> None:
    version = newest(make_preset(team, alice))
    assert version.body_text == version.kept.body(TEXT)
    assert '"prompt": "a paper boat"' in version.body_text
