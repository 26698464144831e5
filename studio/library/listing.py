"""The list of presets: what its address asks for, and a page of it, found by key: a deep one costs as the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from studio import catalog
from studio.library.models import Preset, Star
from studio.library.rights import seen_by
from studio.library.uses import Figures, figures
from studio.paging import Page, Place, address, page_of
from studio.teams.models import User


@dataclass(frozen=True)
class Line:
    """One preset of the list. `stars` counts everybody's, `mine` is whether the person gave one."""

    preset: Preset
    figures: Figures
    stars: int
    mine: bool


@dataclass(frozen=True)
class Filters:
    """What the list's address asks for; unknown words ask for everything.

    `what` is a system or an operation; `shelf` is "", `starred`, `mine` or `archived`.
    """

    person: User
    q: str = ""
    what: str = ""
    shelf: str = ""
    place: Place | None = None

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        shelf = query.get("shelf", "")
        return cls(
            person=person,
            q=query.get("q", "").replace("\0", "").strip()[:200],
            what=query.get("what", "").replace("\0", "")[:80],
            shelf=shelf if shelf in {"starred", "mine", "archived"} else "",
            place=Place.read(query, timed=True),
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.what or self.shelf or self.place)

    @property
    def said(self) -> dict[str, str]:
        return {"q": self.q, "what": self.what, "shelf": self.shelf}

    def url(self, **change: str) -> str:
        """The query of this list with something changed, from its first page on."""
        return address(replace(self, **change).said)  # type: ignore[arg-type]

    def presets(self) -> QuerySet[Preset]:
        rows = seen_by(self.person).filter(archived=self.shelf == "archived")
        if self.what:
            rows = rows.filter(Q(operation=self.what) | Q(operation__startswith=f"{self.what}."))
        for word in self.q.split():
            named = Q(name__icontains=word) | Q(description__icontains=word)
            rows = rows.filter(named | Q(operation__in=called(word)))
        if self.shelf == "mine":
            rows = rows.filter(author=self.person)
        if self.shelf == "starred":
            rows = rows.filter(Exists(Star.objects.filter(preset=OuterRef("pk"), person=self.person)))
        return rows

    def page(self) -> Page[Preset]:
        """The last changed first."""
        return page_of(self.presets().select_related("author"), self.place, by="changed_at")


def lines(presets: list[Preset], person: User) -> list[Line]:
    told, numbers = figures(presets), [preset.pk for preset in presets]
    stars = Star.objects.filter(preset__in=numbers).order_by()
    counted = {row["preset_id"]: row["n"] for row in stars.values("preset_id").annotate(n=Count("pk"))}
    mine = set(stars.filter(person=person).values_list("preset_id", flat=True))
    return [Line(each, told.get(each.pk, Figures()), counted.get(each.pk, 0), each.pk in mine) for each in presets]


def called(word: str) -> list[str]:
    """The operations whose name holds this word, in either language."""
    word = word.casefold()
    return [
        operation.slug
        for operation in catalog.operations()
        if any(
            word in text.casefold()
            for each in (operation.system_title, operation.title)
            for text in (each.get("en"), each.get("zh"), operation.slug)
        )
    ]
