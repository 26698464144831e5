"""What belongs to one prompt or preset is read without what belongs to all the others of the team.

SQLite takes every index for as good as another until it has statistics, which a new studio has not.
"""

from __future__ import annotations

import pytest
from django.db.models import Count, Model

from studio.library.listing import Filters as PresetFilters
from studio.library.models import Named, PresetVersion, PromptStar, PromptTag, PromptVersion, ShareLink, Star, Use
from studio.library.prompts.listing import Filters
from studio.paging import beside
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.explaining import plan

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,  # PostgreSQL has statistics
]


def test_words_are_looked_for_among_the_tags_of_each_prompt_alone(team: Team, alice: User) -> None:
    with scope(team):
        found = plan(Filters(alice, q="boat").prompts())
    assert "tags_of_a_prompt (team_id=? AND prompt_id=?)" in found


@pytest.mark.parametrize(
    ("of", "model"),
    [
        *(("preset", model) for model in (PresetVersion, Star, Named, Use, ShareLink)),
        *(("prompt", model) for model in (PromptVersion, PromptStar, PromptTag)),
    ],
)
def test_the_parts_of_a_whole_are_counted_without_those_of_others(team: Team, of: str, model: type[Model]) -> None:
    with scope(team):
        rows = model._default_manager.filter(**{of: 1}).order_by().values(of)
        assert f"(team_id=? AND {of}_id=?)" in plan(rows.annotate(Count("pk")))


@pytest.mark.parametrize("shelf", ["", "archived"])
def test_a_page_of_a_list_is_read_in_the_order_of_its_index(team: Team, alice: User, shelf: str) -> None:
    with scope(team):
        prompts = plan(beside(Filters(alice, shelf=shelf).prompts(), None, "changed_at")[:51])
        presets = plan(beside(PresetFilters(alice, shelf=shelf).presets(), None, "changed_at")[:51])
    for found, index in ((prompts, "prompts_newest_first"), (presets, "presets_newest_first")):
        assert f"{index} (team_id=? AND archived=?)" in found
        assert "B-TREE" not in found
