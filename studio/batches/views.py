"""The list of batches, the page of one with its live parts, and what a person does there."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import retarget, trigger_client_event

from studio.batches import verbs
from studio.batches.feeding import feed_one, is_open
from studio.batches.models import Batch, Cell, CellStar, CellState
from studio.batches.places import Places
from studio.batches.showing import Grid, Starred, cells, seen, with_a_star
from studio.batches.standing import Standing, has_files
from studio.numbers import number_in, numbers_in
from studio.paging import Place, page_of
from studio.tasks import lifecycle
from studio.tasks.epoch import is_fenced
from studio.tasks.states import State
from studio.tasks.time_words import in_line
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Membership, Role

MOST_NEWS = 400  # cells that a page may ask about


@require_safe
@team_page
def batches(request: TeamRequest) -> HttpResponse:
    """`?q=` searches their names; `?who=mine`; `?before=` and `?after=` page."""
    rows = Batch.objects.select_related("person").defer("values", "extras", "axes")
    who = "mine" if request.GET.get("who") == "mine" else ""
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    rows = rows.filter(*(Q(name__icontains=word) for word in q.split()))
    page = page_of(rows.filter(person=request.user) if who else rows, Place.read(request.GET))
    done = counted(page.rows)
    lines = [(batch, done.get(batch.pk, {})) for batch in page.rows]
    context = {"lines": lines, "who": who, "q": q} | page.links({"who": who, "q": q})
    return render(request, "batches/list.html", context)


def counted(rows: list[Batch]) -> dict[int, dict[str, int]]:
    """How many cells of each batch run, and how many of them succeeded; one query."""
    numbers = (
        Cell.objects.counted().filter(batch__in=rows).exclude(state=CellState.EXCLUDED).order_by().values("batch_id")
    )
    found = numbers.annotate(all=Count("pk"), good=Count("pk", filter=Q(task__state=State.SUCCEEDED)))
    return {row["batch_id"]: {"all": row["all"], "good": row["good"]} for row in found}


def one(pk: int) -> Batch:
    return get_object_or_404(Batch.objects.select_related("person", "connection"), pk=pk)


def governs(row: Batch, membership: Membership) -> bool:
    return membership.may_run and (row.person_id == membership.user_id or membership.role == Role.OWNER)


def standing_of(row: Batch, membership: Membership) -> dict[str, Any]:
    standing = Standing(row)
    stuck = bool(row.is_running and standing.waiting and not is_open(row))
    mine = Cell.objects.filter(batch=row)
    files = {"has_files": has_files(mine), "has_starred": has_files(with_a_star(mine))}
    return {"batch": row, "standing": standing, "stuck": stuck, "governs": governs(row, membership), **files}


def places_of(context: Mapping[str, Any], wanted: Collection[int]) -> dict[int, str]:
    """Where the batch's tasks stand in line, and those of these cells that wait to become some, in words."""
    row, standing = context["batch"], context["standing"]
    if standing.is_over or is_fenced():
        return {}
    places = Places(row)
    found = {number: in_line(place) for number, place in places.begun().items()}
    if row.is_running and standing.waiting and not context["stuck"]:
        found |= {number: in_line(place) for number, place in places.waiting(wanted).items()}
        found |= dict.fromkeys(places.asking & set(wanted), _("An owner is asked before it starts"))
    return found


@require_safe
@team_page
def batch(request: TeamRequest, pk: int) -> HttpResponse:
    """`?line=` where the page of the grid begins; `?starred` only the cells with a star."""
    row, starred = one(pk), "starred" in request.GET
    context = standing_of(
        row, request.membership
    )  # before the cells: what happens between the two is asked for once more
    kind = Starred if starred else Grid
    grid = kind(row, request.user, number_in(request.GET.get("line", "")) or 0, partial(places_of, context))
    return render(request, "batches/batch.html", context | {"grid": grid, "starred": starred})


@require_safe
@team_page
def news(request: TeamRequest, pk: int) -> HttpResponse:
    """How the batch is doing now, those of the cells that the page still shows as waiting which are not, and where the
    others stand in line."""
    row = one(pk)
    waits = numbers_in(request.GET.getlist("waits")[:MOST_NEWS])
    moved = cells(row).filter(number__in=waits).exclude(state=CellState.WAITING)
    context = standing_of(row, request.membership) | {"moved": seen(moved, request.user)}
    places = dict.fromkeys(waits, str(CellState.WAITING.label)) | places_of(context, waits)
    context["places"] = json.dumps(places, ensure_ascii=False)
    return render(request, "batches/_news.html", context)


@require_safe
@team_page
def cell(request: TeamRequest, pk: int, number: int) -> HttpResponse:
    """What the task of a cell is doing; of one that is private by now nothing, in place of the whole cell."""
    row = one(pk)
    found = seen(cells(row).filter(number=number, state=CellState.BEGUN).exclude(task=None), request.user)
    if not found:
        raise Http404
    [each] = found
    context = {"batch": row, "seen": each, "cell": each.cell, "task": each.cell.task}
    if each.cell.is_hidden:
        return retarget(render(request, "batches/_cell.html", context), f"#cell-{number}")
    return render(request, "batches/_cell_live.html", context)


def turn(request: TeamRequest, pk: int, verb: Callable[[Batch], object]) -> HttpResponse:
    """Ask one verb of a batch, hand over what there is room for, and go to its page. What goes on with it is begun in
    the name of whoever began it, with their money."""
    row = one(pk)
    if not governs(row, request.membership):
        raise PermissionDenied(_("Only whoever began a batch and the team's owners go on with it or stop it."))
    try:
        verb(row)
        feed_one(row.pk)
    except lifecycle.NotNow as why:
        messages.warning(request, str(why))
    return redirect("batches:batch", row.pk)


@require_POST
@team_page(role=Role.MEMBER)
def pause(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, pk, verbs.pause)


@require_POST
@team_page(role=Role.MEMBER)
def resume(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, pk, verbs.resume)


@require_POST
@team_page(role=Role.MEMBER)
def cancel(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, pk, lambda row: verbs.cancel(row, request.user))


@require_POST
@team_page(role=Role.MEMBER)
def retry(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, pk, verbs.retry)


@require_POST
@team_page(role=Role.MEMBER)
def private(request: TeamRequest, pk: int) -> HttpResponse:
    """Its person alone says whether others see it."""
    if one(pk).person_id != request.user.pk:
        raise PermissionDenied(_("Only whoever began a batch says who sees it."))
    return turn(request, pk, lambda row: verbs.keep_private(row, request.user, request.POST.get("private") == "on"))


@require_POST
@team_page(role=Role.MEMBER)
def star(request: TeamRequest, pk: int, number: int) -> HttpResponse:
    """A person's star goes on, or off. To htmx the button."""
    row = get_object_or_404(Cell, batch=one(pk), number=number)
    given = {"cell": row, "person": request.user}
    if on := request.POST.get("star") == "on":
        CellStar.objects.get_or_create(**given, defaults={"team": request.team})
    else:
        CellStar.objects.filter(**given).delete()
    if not request.htmx:
        return redirect(reverse("batches:batch", args=[pk]))
    stars = CellStar.objects.filter(cell=row).count()
    star = {"batch": row.batch, "cell": row, "mine": on, "stars": stars}
    return trigger_client_event(render(request, "batches/_star.html", star), "stars-moved")
