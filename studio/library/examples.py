"""The presets that the studio brings along, so that a new team has something to begin with.

One document for each system in `examples/`, as an export is written; `zh` holds what is otherwise in Chinese: `name`,
`description`, and some of the `values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

from studio import catalog
from studio.library import importing
from studio.library.documents import Item, item_of
from studio.library.importing import IMPORT, NEW
from studio.library.models import Preset, Visibility
from studio.teams.models import Membership
from studio.teams.scope import scope

FOLDER = Path(__file__).parent / "examples"


@cache
def entries() -> tuple[Mapping[str, Any], ...]:
    documents = [catalog.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return tuple(entry for document in documents for entry in document["presets"])


def items(language: str) -> list[Item]:
    """All of them in this language."""
    return [item_of(in_language(entry, language)) for entry in entries()]


def in_language(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    other = entry["zh"] if language.startswith("zh") else {}
    return {**entry, **other, "values": {**entry["values"], **other.get("values", {})}}


def add(membership: Membership) -> int:
    """Give the team those that it has not; how many these were. Their author is who asks for them."""
    with scope(membership.team):
        rows = importing.rows(items(get_language() or "en"), membership)
        # One that this person does not see is there all the same.
        there = set(Preset.objects.filter(key__in=[row.item.key for row in rows]).values_list("key", flat=True))
        missing = [row for row in reversed(rows) if row.state == NEW and row.item.key not in there]
        chosen = {row.number: IMPORT for row in missing}
        return importing.carry_out(missing, chosen, membership, Visibility.TEAM, "").new
