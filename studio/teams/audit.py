"""The page of acts, for owners: filtered by its address, paged by key, and as a CSV of the same lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.acts import KINDS, Act
from studio.teams.models import Role, User

PAGE = 50
PEOPLE = 200  # who can be chosen; anybody else by their name in a line
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet would begin to calculate


@dataclass(frozen=True)
class Filters:
    """What the page's address asks for; unknown words ask for everything."""

    kind: str = ""
    person: int = 0
    before: int = 0

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        kind = query.get("kind", "")
        person, before = (number_in(query.get(name, "")) or 0 for name in ("person", "before"))
        return cls(kind if kind in KINDS else "", person, before)

    def rows(self) -> QuerySet[Act]:
        asked = Q()
        asked &= Q(what__startswith=f"{self.kind}.") if self.kind else Q()
        asked &= Q(person=self.person) if self.person else Q()
        asked &= Q(pk__lt=self.before) if self.before else Q()
        return Act.objects.filter(asked).order_by("-id")

    def url(self, **change: str | int) -> str:
        other = replace(self, **{"before": 0} | change)  # type: ignore[arg-type]
        said = {"kind": other.kind, "person": other.person, "before": other.before}
        return "?" + urlencode({name: value for name, value in said.items() if value})


@require_GET
@team_page(role=Role.OWNER)
def audit(request: TeamRequest) -> HttpResponse:
    """`?kind=` one of `KINDS`, `&person=` an id, `&before=` the id of the last line of the page before."""
    filters = Filters.read(request.GET)
    found = list(filters.rows()[: PAGE + 1])
    members = request.team.memberships.select_related("user").order_by("user__first_name", "user__email")[:PEOPLE]
    context = {
        "acts": found[:PAGE],
        "filters": filters,
        "kinds": [
            (filters.url(kind=name), label, name == filters.kind) for name, label in {"": _("All"), **KINDS}.items()
        ],
        "people": [each.user for each in members],
        "chosen": User.objects.filter(pk=filters.person, pk__in=Act.objects.values("person")).first(),
        "older": filters.url(before=found[PAGE - 1].pk) if len(found) > PAGE else "",
        "newest": filters.url() if filters.before else "",
    }
    return render(request, "teams/audit.html", context)


@require_GET
@team_page(role=Role.OWNER)
def export(request: TeamRequest) -> HttpResponseBase:
    """All lines that the filters leave, in the order of their time."""
    rows = replace(Filters.read(request.GET), before=0).rows().order_by("id")
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingHttpResponse(lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


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
