"""Lists, newest first, a page at a time, by key: a page begins beside a row, so a deep one costs as much as the first,
and rows that arrive move nothing on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from studio.numbers import number_in

PAGE = 50  # rows of a list
Row = TypeVar("Row")
Kept = TypeVar("Kept", bound=Model)


@dataclass(frozen=True)
class Place:
    """Beside which row a page stands: after it, among the older rows, or before it, among the newer ones.

    `moment` is the row's time in a list that goes by one, None in a list that goes by id.
    """

    number: int
    moment: datetime | None = None
    newer: bool = False

    @classmethod
    def read(cls, query: QueryDict, *, timed: bool = False) -> Self | None:
        """`?before=` a row: the older ones; `?after=` it: the newer ones; None for the first page."""
        newer = cls.parse(query.get("after", ""), timed=timed, newer=True)
        return newer or cls.parse(query.get("before", ""), timed=timed)

    @classmethod
    def parse(cls, text: str, *, timed: bool = False, newer: bool = False) -> Self | None:
        """Of `17`, or with a time of `2026-01-31T10:00:00+00:00~17`; None for anything else."""
        when, tilde, digits = text.rpartition("~")
        try:
            number, moment = number_in(digits), parse_datetime(when)
        except ValueError:
            return None
        if number is None or (not (moment and moment.tzinfo) if timed else tilde):
            return None
        return cls(number, moment, newer)

    @property
    def text(self) -> str:
        return f"{self.moment.isoformat()}~{self.number}" if self.moment else str(self.number)

    @property
    def said(self) -> dict[str, str]:
        """As an address says it."""
        return {"after" if self.newer else "before": self.text}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, newest first, and where the pages beside them stand; None where there are none."""

    rows: list[Row]
    newer: Place | None = None
    older: Place | None = None

    def links(self, said: Mapping[str, str | int | None]) -> dict[str, str]:
        """The addresses that `components/pager.html` takes; they keep what the page's own says."""
        both = {"newer": self.newer, "older": self.older}
        return {name: address(said, place) if place else "" for name, place in both.items()}


def address(said: Mapping[str, str | int | None], place: Place | None = None) -> str:
    """A query; what is empty is not in it."""
    whole = {**said, **(place.said if place else {})}
    return "?" + urlencode({name: value for name, value in whole.items() if value})


def page_of(rows: QuerySet[Kept], place: Place | None, size: int = PAGE, by: str = "") -> Page[Kept]:
    """One page of these rows, which go by their ids, or by the time in their column `by` and then their ids."""
    return paged(lambda at: nearest(rows, at, size + 1, by), lambda row: place_of(row, by), place, size)


def paged(
    near: Callable[[Place | None], Sequence[Row]], place_of: Callable[[Row], Place], place: Place | None, size: int
) -> Page[Row]:
    """One page of whatever `near` finds beside a place: up to one more than `size`, the nearest first."""
    if place and place.newer:
        found = near(place)
        if len(found) > size:
            shown = list(found[:size])[::-1]
            return Page(shown, newer_than(place_of(shown[0])), place_of(shown[-1]))
        place = None  # all that is newer is the first page
    found = near(place)
    shown = list(found[:size])
    newer = None
    if place:
        newer = newer_than(place_of(shown[0]) if shown else Place(place.number - 1, place.moment))
    return Page(shown, newer, place_of(shown[-1]) if len(found) > size else None)


def nearest(rows: QuerySet[Kept], place: Place | None, count: int, by: str = "") -> list[Kept]:
    """The first rows beside a place; the newest where there is none."""
    return list(beside(rows, place, by)[:count])


def beside(rows: QuerySet[Kept], place: Place | None, by: str = "") -> QuerySet[Kept]:
    """All rows on one side of a place, the nearest first."""
    columns = [by, "pk"] if by else ["pk"]
    if place is None:
        return rows.order_by(*(f"-{column}" for column in columns))
    side = "gt" if place.newer else "lt"
    beyond = Q(**{f"pk__{side}": place.number})
    if by:
        beyond = Q(**{f"{by}__{side}": place.moment}) | Q(**{by: place.moment}) & beyond
        beyond &= Q(**{f"{by}__{side}e": place.moment})  # says no more, but an index can begin there
    return rows.filter(beyond).order_by(*(column if place.newer else f"-{column}" for column in columns))


def place_of(row: Any, by: str = "") -> Place:
    return Place(row.pk, getattr(row, by) if by else None)


def newer_than(place: Place) -> Place:
    return Place(place.number, place.moment, newer=True)
