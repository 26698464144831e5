"""The page on which owners say what things cost, what a month may cost, and what they want to be asked about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from studio.ledger import pricing
from studio.ledger.budgets import Left, applying, left, month_of, plain
from studio.ledger.forms import BudgetForm, Posted, ThresholdForm, read_prices
from studio.ledger.models import Budget, Threshold
from studio.ledger.terms import forget_sheet
from studio.numbers import number_in
from studio.teams.access import TeamRequest, team_page
from studio.teams.acts import What, note
from studio.teams.models import Connection, Role, Team

MOST = 200  # budgets on the page


@require_safe
@team_page(role=Role.OWNER)
def money(request: TeamRequest) -> HttpResponse:
    """`?q=` searches operations, `?whose=` the people who have a budget."""
    return page(request, q=request.GET.get("q", ""))


@require_POST
@team_page(role=Role.OWNER)
def prices(request: TeamRequest) -> HttpResponse:
    """Save the prices that were typed. Where one is no number, or was changed meanwhile, none is saved, and all stand
    there again."""
    posted = Posted.read(request.POST.dict())
    found, faults = read_prices(posted.typed)
    q = request.POST.get("q", "")
    if faults:
        return page(request, q=q, posted=replace(posted, faults=faults), status=422)
    try:
        changed = pricing.keep(request.team, found, read_prices(posted.was)[0], request.user)
    except pricing.Moved as moved:
        return page(request, q=q, posted=moved.told(posted), status=409)
    said = ngettext("%(number)s price was changed.", "%(number)s prices were changed.", changed) % {"number": changed}
    messages.success(request, said if changed else _("Nothing was changed."))
    return redirect(reverse("ledger:money") + (f"?{urlencode({'q': q})}" if q else ""))


@require_POST
@team_page(role=Role.OWNER)
def threshold(request: TeamRequest) -> HttpResponse:
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return page(request, threshold=form, status=422)
    points = form.cleaned_data["points"]
    with transaction.atomic():
        if points is None:
            Threshold.objects.filter(team=request.team).delete()
        else:
            Threshold.objects.update_or_create(team=request.team, defaults={"points": points})
        note(What.THRESHOLD_CHANGED, request.team, request.user, points=None if points is None else plain(points))
    return saved(request)


@require_POST
@team_page(role=Role.OWNER)
def budget(request: TeamRequest) -> HttpResponse:
    """A new budget, or another sum for one that is there."""
    form = BudgetForm(request.POST, team=request.team)
    if not form.is_valid():
        return page(request, budget=form, status=422)
    person, points = form.cleaned_data["person"], form.cleaned_data["points"]
    with transaction.atomic():
        Budget.objects.update_or_create(team=request.team, person=person, defaults={"points": points})
        note(What.BUDGET_CHANGED, request.team, request.user, person or request.team, points=plain(points))
    return saved(request)


@require_POST
@team_page(role=Role.OWNER)
def remove(request: TeamRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Budget.objects.select_related("person"), pk=pk)
    with transaction.atomic():
        if Budget.objects.filter(pk=row.pk).delete()[0]:
            note(What.BUDGET_REMOVED, request.team, request.user, row.person or request.team, points=plain(row.points))
    return saved(request)


def saved(request: TeamRequest) -> HttpResponse:
    team = request.team.pk
    transaction.on_commit(lambda: forget_sheet(team))
    messages.success(request, _("Saved."))
    return redirect("ledger:money")


@require_safe
@team_page(role=Role.MEMBER)
def what_is_left(request: TeamRequest) -> HttpResponse:
    """A fragment beside the Run button: the sum of a month takes longer than a key stroke should. Of a `?connection=`
    that is the sandbox there is nothing to say."""
    number = number_in(request.GET.get("connection", ""))
    if number and Connection.objects.filter(pk=number, is_sandbox=True).exists():
        return HttpResponse()
    rows = Budget.objects.filter(applying(request.user)).order_by("pk")
    return render(request, "ledger/_left.html", {"budgets": left(request.team, request.user, list(rows))})


def page(
    request: TeamRequest,
    *,
    q: str = "",
    posted: Posted | None = None,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The whole page; a form that was filled in takes the place of the one that stands there otherwise."""
    team, posted = request.team, posted or Posted()
    q = q.replace("\0", "").strip()[:100]
    lines, more = pricing.lines(team, q, posted)
    limit = Threshold.objects.filter(team=team).values_list("points", flat=True).first()
    kept = {"points": plain(limit)} if limit is not None else {}
    whose = request.GET.get("whose", "").replace("\0", "").strip()[:100]
    shown, others = budgets(team, whose)
    context = {
        "lines": lines,
        "more": more,
        "q": q,
        "faults": posted.faults,
        "whose": whose,
        "budgets": shown,
        "other_budgets": others,
        "threshold": ThresholdForm(initial=kept),
        "budget": BudgetForm(team=team, auto_id="budget_%s"),
        "month": timezone.localtime(),
    }
    return render(request, "ledger/money.html", context | forms, status=status)


def budgets(team: Team, whose: str) -> tuple[list[Left], int]:
    """The team's own first, then those of people whose name or address holds all words of `whose`; and how many more
    of them there are."""
    rows = Budget.objects.all()
    for word in whose.split():
        rows = rows.filter(Q(person=None) | Q(person__first_name__icontains=word) | Q(person__email__icontains=word))
    by_name = rows.order_by(F("person__first_name").asc(nulls_first=True), "person__email", "pk")
    found = list(by_name.select_related("person")[:MOST])
    others = rows.count() - MOST if len(found) == MOST else 0
    taken = team.tasks.counted().filter(counted_at__gte=month_of(timezone.now())[0]).order_by()
    named = taken.filter(person__in=[each.person_id for each in found if each.person_id])
    spent: dict[int | None, Decimal] = dict(named.values_list("person").annotate(Sum("charge")))
    spent[None] = taken.aggregate(all=Sum("charge"))["all"] or Decimal()
    return [Left(each, spent.get(each.person_id, Decimal())) for each in found], others
