"""The page of what was spent: owners see the whole team, everybody else what they spent themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from studio import catalog
from studio.languages import in_words
from studio.ledger.budgets import applying, left, month_of
from studio.ledger.models import Budget
from studio.numbers import number_in
from studio.paging import Place, address
from studio.tasks.spending import Month, earliest
from studio.tasks.spending_chart import chart
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import User


@require_safe
@team_page
def spending(request: TeamRequest) -> HttpResponse:
    """`?month=2026-11`; for owners `&person=`; `&before=` and `&after=` page the list of failures."""
    is_owner = request.membership.is_owner
    person = person_of(request) if is_owner else request.user
    first, end = month_of(moment_of(request.GET.get("month", "")))
    month = Month(first, end, person)
    failures = month.failures(Place.read(request.GET))
    people, left_out = month.people() if person is None else ([], 0)
    began = earliest()
    is_now = first <= timezone.now() < end
    rows = Budget.objects.filter(applying(person) if person else applying(request.user), team=request.team)
    shown = rows if person else rows.filter(person=None)
    context = {
        "month": month,
        "person": person if is_owner else None,
        "totals": month.totals(),
        "rehearsals": month.rehearsals(),
        "people": people,
        "left_out": left_out,
        "systems": month.systems({each.slug: in_words(each.title) for each in catalog.systems()}),
        "chart": chart(month.days()),
        "budgets": left(request.team, person or request.user, list(shown.order_by("pk"))) if is_now else [],
        "failures": failures.rows,
        "last": query(of(first - timedelta(days=1), person), is_owner) if began and began < first else "",
        "next": "" if is_now else query(of(end, person), is_owner),
        "all": query(Month(first, end), is_owner),
    } | failures.links(said(month, is_owner))
    return render(request, "tasks/spending.html", context)


def of(moment: datetime, person: User | None) -> Month:
    return Month(*month_of(moment), person)


def moment_of(text: str) -> datetime:
    """A moment in the month that an address names; now, where it names none that was."""
    now = timezone.localtime()
    try:
        named = timezone.make_aware(datetime.strptime(f"{text}-01", "%Y-%m-%d"))
    except (ValueError, OverflowError):
        return now
    return named if named.year > 2000 and named < now else now


def person_of(request: TeamRequest) -> User | None:
    """Whoever the address names and ever began a task in this team."""
    number = number_in(request.GET.get("person", "")) or 0
    return User.objects.filter(pk=number, tasks__team=request.team).distinct().first()


def said(month: Month, is_owner: bool) -> dict[str, str | int | None]:
    return {"month": month.name, "person": month.person.pk if month.person and is_owner else None}


def query(month: Month, is_owner: bool) -> str:
    return address(said(month, is_owner))
