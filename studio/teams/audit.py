"""The page of acts, for owners: filtered by its address, paged by key, and as a CSV of the same lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio.numbers import number_in
from studio.paging import Place, address, page_of
from studio.teams.access import TeamRequest, team_page
from studio.teams.acts import KINDS, Act
from studio.teams.models import Role, User

PEOPLE = 200  # who can be chosen; anybody else by their name in a line
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet would begin to calculate


@dataclass(frozen=True)
class Filters:
    """What the page's address asks for; unknown words ask for everything."""

    kind: str = ""
    person: int = 0
    place: Place | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        kind = query.get("kind", "")
        return cls(kind if kind in KINDS else "", number_in(query.get("person", "")) or 0, Place.read(query))

    def rows(self) -> QuerySet[Act]:
        asked = Q()
        asked &= Q(what__startswith=f"{self.kind}.") if self.kind else Q()
        asked &= Q(person=self.person) if self.person else Q()
        return Act.objects.filter(asked)

    @property
    def said(self) -> dict[str, str | int]:
        return {"kind": self.kind, "person": self.person}

    def url(self, **change: str) -> str:
        """The query of this list with something changed, from its first page on."""
        return address(replace(self, **change).said)  # type: ignore[arg-type]


@require_safe
@team_page(role=Role.OWNER)
def audit(request: TeamRequest) -> HttpResponse:
    """`?kind=` one of `KINDS`, `&person=` an id; `&before=` and `&after=` page."""
    filters = Filters.read(request.GET)
    page = page_of(filters.rows(), filters.place)
    members = request.team.memberships.select_related("user").order_by("user__first_name", "user__email")[:PEOPLE]
    context = {
        "acts": page.rows,
        "filters": filters,
        "kinds": [
            (filters.url(kind=name), label, name == filters.kind) for name, label in {"": _("All"), **KINDS}.items()
        ],
        "people": [each.user for each in members],
        "chosen": User.objects.filter(pk=filters.person, pk__in=Act.objects.values("person")).first(),
    } | page.links(filters.said)
    return render(request, "teams/audit.html", context)


@require_safe
@team_page(role=Role.OWNER)
def export(request: TeamRequest) -> HttpResponseBase:
    """All lines that the filters leave, in the order of their time."""
    rows = Filters.read(request.GET).rows().order_by("id")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "X-Content-Type-Options": "nosniff"}
    text = [] if request.method == "HEAD" else lines(rows)
    return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


class Echo:
    """What the CSV writer writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def lines(rows: QuerySet[Act]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(["id", "at", "person", "by", "what", "about", "detail"])
    for row in rows.iterator():
        detail = "; ".join(f"{name}: {value}" for name, value in row.detail.items())
        told = [row.pk, row.at.isoformat(), row.person_id or "", row.by, row.what, row.about, detail]
        yield writer.writerow([plain(each) for each in told])


def plain(value: object) -> object:
    """Text that a spreadsheet takes for text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
