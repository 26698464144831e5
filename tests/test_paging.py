"""Where a page begins, as an address says it; the lists themselves are tested where they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from studio.paging import Page, Place, paged

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("place", [Place(17), Place(17, newer=True), Place(17, NOON), Place(17, NOON, newer=True)])
def test_a_place_is_read_as_it_is_written(place: Place) -> None:
    query = QueryDict(mutable=True)
    query.update(place.said)
    assert Place.read(query, timed=bool(place.moment)) == place


@pytest.mark.parametrize(
    "text", ["", "x", "~17", "2026-01-31~17", "2026-13-31T10:00:00+00:00~17", "2026-01-31T10:00~17"]
)
def test_what_is_no_place_is_the_first_page(text: str) -> None:
    assert Place.parse(text) is None
    assert Place.parse(text, timed=True) is None


def test_a_place_of_another_order_is_none() -> None:
    assert Place.parse(Place(17, NOON).text) is None
    assert Place.parse("17", timed=True) is None


def page(rows: list[int], place: Place | None) -> Page[int]:
    def near(at: Place | None) -> list[int]:
        if at and at.newer:
            return [row for row in reversed(rows) if row > at.number][:3]
        return [row for row in rows if at is None or row < at.number][:3]

    return paged(near, Place, place, 2)


def test_pages_lead_to_each_other() -> None:
    rows = [5, 4, 3, 2, 1]
    assert page(rows, None) == Page([5, 4], None, Place(4))
    assert page(rows, Place(4)) == Page([3, 2], Place(3, newer=True), Place(2))
    assert page(rows, Place(2)) == Page([1], Place(1, newer=True), None)
    assert page(rows, Place(1, newer=True)) == Page([3, 2], Place(3, newer=True), Place(2))
    assert page(rows, Place(3, newer=True)) == Page([5, 4], None, Place(4))  # the first page, whole


def test_a_page_that_has_become_empty_leads_back() -> None:
    empty = page([5, 4, 3], Place(3))
    assert empty == Page([], Place(2, newer=True), None)
    assert page([5, 4, 3], empty.newer).rows == [4, 3]
