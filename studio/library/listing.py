"""The list of presets: what its address asks for, and a page of it, found by key: a deep one costs as the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.db.models import Q, QuerySet
from django.http import QueryDict

from studio import catalog
from studio.library.models import Preset, Star
from studio.library.rights import seen_by
from studio.library.shelves import Shelves
from studio.library.stars import Stars, stars_of
from studio.library.uses import Figures, figures
from studio.paging import Page, page_of
from studio.teams.models import User


@dataclass(frozen=True)
class Line:
    """One preset of the list."""

    preset: Preset
    figures: Figures
    stars: Stars


@dataclass(frozen=True)
class Filters(Shelves):
    """`what` is a system or an operation."""

    what: str = ""

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        return cls(person, what=query.get("what", "").replace("\0", "")[:80], **cls.asked(query))

    @property
    def said(self) -> dict[str, str]:
        return super().said | {"what": self.what}

    def presets(self) -> QuerySet[Preset]:
        rows = self.on_shelf(seen_by(self.person), Star.objects.all(), "preset")
        if self.what:
            rows = rows.filter(Q(operation=self.what) | Q(operation__startswith=f"{self.what}."))
        for word in self.q.split():
            named = Q(name__icontains=word) | Q(description__icontains=word)
            rows = rows.filter(named | Q(operation__in=called(word)))
        return rows

    def page(self) -> Page[Preset]:
        """The last changed first."""
        return page_of(self.presets().select_related("author"), self.place, by="changed_at")


def lines(presets: list[Preset], person: User) -> list[Line]:
    told, numbers = figures(presets), [preset.pk for preset in presets]
    stars = stars_of(Star.objects.all(), "preset", numbers, person)
    return [Line(each, told.get(each.pk, Figures()), stars.get(each.pk, Stars())) for each in presets]


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
