"""What the lists of presets and of prompts have in common: words, a shelf, and where a page stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from studio.library.models import Preset, Prompt
from studio.paging import Place, address
from studio.teams.models import User

SHELVES = {"starred", "mine", "archived"}
M = TypeVar("M", Preset, Prompt)


@dataclass(frozen=True)
class Shelves:
    """What such a list's address asks for; unknown words ask for everything. `shelf` is "" or one of `SHELVES`."""

    person: User
    q: str = ""
    shelf: str = ""
    place: Place | None = None

    @staticmethod
    def asked(query: QueryDict) -> dict[str, Any]:
        shelf = query.get("shelf", "")
        return {
            "q": query.get("q", "").replace("\0", "").strip()[:200],
            "shelf": shelf if shelf in SHELVES else "",
            "place": Place.read(query, timed=True),
        }

    @property
    def narrowed(self) -> bool:
        return any(self.said.values()) or self.place is not None

    @property
    def said(self) -> dict[str, str]:
        return {"q": self.q, "shelf": self.shelf}

    def url(self, **change: str) -> str:
        """The query of this list with something changed, from its first page on."""
        return address(replace(self, **change).said)  # type: ignore[arg-type]

    def on_shelf(self, rows: QuerySet[M], stars: QuerySet[Any], of: str) -> QuerySet[M]:
        """Those of the shelf; `of` is the field by which stars name them."""
        # In a list of one: Django would write NOT archived, for which SQLite looks in no index and sorts all rows.
        rows = rows.filter(archived__in=[self.shelf == "archived"])
        if self.shelf == "mine":
            rows = rows.filter(author=self.person)
        if self.shelf == "starred":
            rows = rows.filter(Exists(stars.filter(**{of: OuterRef("pk")}, person=self.person)))
        return rows
