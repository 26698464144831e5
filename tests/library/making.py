"""Presets, prompts and word lists for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio import catalog
from studio.library import saving
from studio.library.kept import Kept
from studio.library.models import Preset, PresetVersion, Prompt, WordList, new_key
from studio.library.prompts import saving as prompt_saving
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import VALUES

TEXT = catalog.get("runway.generate-text")


def make_preset(
    team: Team,
    author: User,
    *,
    values: Mapping[str, Any] = VALUES,
    holds: Mapping[str, str] | None = None,
    extras: Mapping[str, Any] = catalog.Extras(),
    **more: Any,
) -> Preset:
    """A preset of one version."""
    given: dict[str, Any] = {"name": "Boats", "operation": TEXT, "key": new_key()} | more
    return saving.begin(team=team, person=author, kept=Kept(values, extras, holds=holds or {}), **given)


def newest(preset: Preset) -> PresetVersion:
    with scope(preset.team_id):
        return PresetVersion.objects.get(preset=preset, number=preset.newest)


def make_prompt(team: Team, author: User, **more: Any) -> Prompt:
    """A prompt of one version."""
    given: dict[str, Any] = {"name": "Boats", "text": "a paper boat", "key": new_key()} | more
    return prompt_saving.begin(team=team, person=author, **given)


def make_word_list(team: Team, author: User, name: str = "colour", lines: Sequence[str] = ("red", "teal")) -> WordList:
    with scope(team):
        given = {"team": team, "author": author, "changed_by": author}
        return WordList.objects.create(**given, name=name, text="\n".join(lines))
