"""The shelf of recipes in the picker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from studio import catalog
from studio.composer.picking import folded, words
from studio.languages import in_words
from studio.tasks.switches import is_offered
from studio.teams.models import Connection


class RecipeCard(NamedTuple):
    slug: str
    title: str
    system: str
    description: str
    steps: int


def recipes_shelf(connections: Sequence[Connection], query: str, system: str, kind: str) -> list[RecipeCard]:
    """The recipes whose every step is on for one of these connections, that hold all words of the query, and that are
    of this system and end in this kind ("" for any)."""
    wanted = words(query)
    return [
        RecipeCard(each.slug, in_words(each.title), in_words(one.title), in_words(each.description), len(each.steps))
        for one in catalog.systems()
        if system in {"", one.slug}
        for each in one.recipes
        if kind in {"", catalog.get(each.steps[-1].operation).makes}
        and all(is_offered(catalog.get(step.operation), connections) for step in each.steps)
        and all(word in told(one, each) for word in wanted)
    ]


def told(system: catalog.System, recipe: catalog.Recipe) -> str:
    texts = [system.title, recipe.title, recipe.description, *(step.title for step in recipe.steps)]
    return folded(" ".join([recipe.slug, recipe.seed_row, *(word for text in texts for word in (text.en, text.zh))]))
