"""The task list and the task page, their live fragments, and what a person can do there."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from studio import catalog
from studio.paging import address
from studio.tasks import lifecycle
from studio.tasks.listing import Filters, newest_event
from studio.tasks.models import Callback, Task
from studio.tasks.showing import CALLBACKS, HeardText, page, usual, version, writes
from studio.tasks.switches import offered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role, User

Verb = Callable[[Task, User], None]


def the_list(request: TeamRequest) -> dict[str, object]:
    seen = newest_event()  # before the rows: what happens between the two is asked for once more
    filters = Filters.read(request.GET, request.user)
    page = filters.page()
    return {
        "filters": filters,
        "here": address(filters.said, filters.place if page.newer else None),
        "tasks": page.rows,
        "chips": filters.chips(),
        "seen": seen,
        "operations": offered(),
        **({} if page.newer else filters.waiting()),
    } | page.links(filters.said)


@require_safe
@team_page
def tasks(request: TeamRequest) -> HttpResponse:
    return render(request, "tasks/list.html", the_list(request))


@require_safe
@team_page
def rows(request: TeamRequest) -> HttpResponse:
    """The list without the frame; 204 when nothing happened since the rows that the browser has."""
    if request.GET.get("seen") == str(newest_event()):
        return HttpResponse(status=204)
    found = the_list(request)
    answer = render(request, "tasks/_list.html", found)
    if "seen" not in request.GET:  # a person changed the filters
        answer["HX-Replace-Url"] = reverse("tasks:list") + str(found["here"])
    return answer


def one(pk: int) -> Task:
    callbacks = Prefetch(
        "attempts__callbacks", Callback.objects.counted().order_by("-id")[:CALLBACKS], "newest_callbacks"
    )
    rows = Task.objects.select_related("person", "connection", "team")
    return get_object_or_404(rows.prefetch_related(callbacks, "assets"), pk=pk)


def shown(pk: int, seen: int) -> dict[str, object]:
    return page(one(pk), seen) | {"nonce": secrets.token_hex(16)}


@require_safe
@team_page
def row(request: TeamRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.select_related("person", "team").prefetch_related("assets"), pk=pk)
    return render(request, "tasks/_row.html", {"task": task})


@require_safe
@team_page
def detail(request: TeamRequest, pk: int) -> HttpResponse:
    return render(request, "tasks/detail.html", shown(pk, version(pk)))


@require_safe
@team_page
def card(request: TeamRequest, pk: int) -> HttpResponse:
    """The live part of the task page; 204 when the browser has this version already.

    It comes with as many results as the browser has (`?upto=`), so that nobody who asked for more loses them.
    """
    seen = version(pk)
    if request.GET.get("seen") == str(seen):
        get_object_or_404(Task.objects.only("pk"), pk=pk)
        return HttpResponse(status=204)
    return render(request, "tasks/_card.html", shown(pk, seen) | {"upto": request.GET.get("upto", "")})


@require_safe
@team_page
def place(request: TeamRequest, pk: int) -> HttpResponse:
    """Where the task stands in its line; nothing once it is on its way."""
    task = get_object_or_404(Task.objects.select_related("connection"), pk=pk)
    return render(request, "tasks/_place.html", {"task": task})


@require_safe
@team_page
def writing(request: TeamRequest, pk: int) -> HttpResponse:
    """An answer as far as it has been written; 204 once it is whole, which the card shows."""
    task = get_object_or_404(Task.objects.prefetch_related("attempts"), pk=pk)
    attempt = task.leading()
    if not writes(attempt):
        return HttpResponse(status=204)
    found = {"task": task, "heard": HeardText.of(attempt), "usual": usual(catalog.find(task.operation))}
    return render(request, "tasks/_heard.html", found)


def turn(request: TeamRequest, task: Task, verb: Verb) -> HttpResponse:
    """Ask one verb of a task, and go to its page, with the sentence why where it does not fit."""
    try:
        verb(task, request.user)
    except lifecycle.NotNow as why:
        messages.warning(request, str(why))
    return go(request, task)


def go(request: TeamRequest, task: Task) -> HttpResponse:
    url = reverse("tasks:detail", args=[task.pk])
    if task.private and not Task.objects.filter(pk=task.pk).exists():  # it waited for an owner, and is decided
        url = reverse("tasks:list")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_POST
@team_page(role=Role.MEMBER)
def cancel(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, get_object_or_404(Task.objects, pk=pk), lifecycle.cancel)


@require_POST
@team_page(role=Role.OWNER)
def approve(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, get_object_or_404(Task.objects, pk=pk), lifecycle.approve)


@require_POST
@team_page(role=Role.OWNER)
def decline(request: TeamRequest, pk: int) -> HttpResponse:
    task, why = get_object_or_404(Task.objects, pk=pk), request.POST.get("why", "").replace("\0", "").strip()
    if not why:
        messages.warning(request, _("Say in a sentence why: the person who asked reads it."))
        return go(request, task)
    return turn(request, task, partial(lifecycle.decline, why=why))


@require_POST
@team_page(role=Role.MEMBER)
def look(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, get_object_or_404(Task.objects, pk=pk), lifecycle.look)


@require_POST
@team_page(role=Role.MEMBER)
def send_again(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, get_object_or_404(Task.objects, pk=pk), lifecycle.send_again)


@require_POST
@team_page(role=Role.MEMBER)
def write_off(request: TeamRequest, pk: int) -> HttpResponse:
    return turn(request, get_object_or_404(Task.objects, pk=pk), lifecycle.write_off)


@require_POST
@team_page(role=Role.MEMBER)
def private(request: TeamRequest, pk: int) -> HttpResponse:
    """Its person alone says whether others see it."""
    task = get_object_or_404(Task.objects, pk=pk)
    if task.person_id != request.user.pk:
        raise PermissionDenied(_("Only whoever began a task says who sees it."))
    return turn(request, task, partial(lifecycle.keep_private, private=request.POST.get("private") == "on"))
