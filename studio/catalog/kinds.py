"""A list whose items are of several kinds: what a member is for depends on what another one says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .table import Table


@dataclass(frozen=True, slots=True)
class Kinds:
    """The member `by` of an item says its kind; `roles` what a value is for in an item of each kind."""

    by: str
    roles: Mapping[str, str]

    def role(self, item: Mapping[str, Any]) -> str:
        kind = item.get(self.by)
        return self.roles.get(kind, "") if isinstance(kind, str) else ""


def read(table: Table) -> Kinds | None:
    """kinds = { by = "type", roles = { text = "prompt", image = "image" } }"""
    data = table.table("kinds")
    if not data:
        return None
    inner = table.within(data)
    made = Kinds(inner.text("by", required=True), inner.texts("roles"))
    inner.done()
    return made
