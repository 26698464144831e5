"""The pages of the composer: pick an operation, fill its form, watch the body, run it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio import catalog
from studio.composer import deeds, forms
from studio.composer.drafts import Draft
from studio.composer.picking import shelves
from studio.composer.screen import Screen
from studio.composer.words import place_of
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.switches import is_offered, offered, on_for
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection, Role


def find(slug: str) -> catalog.Operation:
    """An operation that makes something. Raises Http404."""
    try:
        operation = catalog.get(slug)
    except KeyError as problem:
        raise Http404 from problem
    if operation.is_query or operation.makes == "none":
        raise Http404
    return operation


@require_GET
@team_page
def home(request: TeamRequest) -> HttpResponseBase:
    """The operation used last; who has used none yet chooses one."""
    last = Task.objects.filter(person=request.user).values_list("operation", flat=True).first()
    on = last in {operation.slug for operation in offered()}
    return redirect("composer:compose", last) if on else redirect("composer:pick")


@require_GET
@team_page
def pick(request: TeamRequest) -> HttpResponseBase:
    """Every operation that makes something and is on for a connection, by system; `?q=` searches in both languages."""
    query = request.GET.get("q", "")[:100]
    connections = list(Connection.objects.all())
    off = [each for each in catalog.operations() if each.makes_something and not is_offered(each, connections)]
    context = {"shelves": shelves(connections, query), "query": query, "off": len(off)}
    return render(request, "composer/_shelves.html" if request.htmx else "composer/pick.html", context)


@require_GET
@team_page
def compose(request: TeamRequest, operation: str) -> HttpResponseBase:
    """A fresh form, or one filled by another page.

    `?from=` holds an earlier task, with `&action=` what one of its follow-ups carries over; `?example` the documents'
    example.
    """
    found = find(operation)
    task = task_of(request.GET.get("from", ""))
    if task is None and "from" in request.GET:
        raise Http404
    last = task or Task.objects.filter(person=request.user).first()
    fresh = Draft.of_example(found) if "example" in request.GET else Draft.fresh(found)
    draft = draft_of(found, task, request.GET.get("action", "")) if task else fresh
    screen = screen_of(request, draft, str(last.connection_id) if last else "")
    return page(request, screen, task=task, restores=not {"fresh", "example"} & set(request.GET))


@require_POST
@team_page
def preview(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The body of what stands in the form. To htmx: the pane, and what changed in the form; else the whole page."""
    draft = forms.read(find(operation), request.POST)
    deed = request.POST.get("do", "")
    changed = deeds.do(draft, deed)
    if draft.json_text is not None and deed != "edit" and not draft.json_fresh:
        check_json(draft)
    screen = screen_of(request, draft)
    if deed == "edit" or draft.json_fresh:
        draft.json_text = screen.json
    if not request.htmx or deed == "restore":
        return page(request, screen, restored=deed == "restore")
    redrawn = screen.redrawn(request.POST, changed)
    steady = screen.steady(redrawn)
    context = {"screen": screen, "redrawn": redrawn, "steady": steady, "opening": deed == "edit"}
    return render(request, "composer/_changes.html", context)


@require_POST
@team_page
def take(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The body that was edited as JSON goes into the form; what is no JSON stays, with the reason and its place."""
    draft = forms.read(find(operation), request.POST)
    take_json(request, draft)
    screen = screen_of(request, draft)
    if request.htmx and draft.json_wrong:
        return render(request, "composer/_unread.html", {"screen": screen})
    return page(request, screen)


@require_POST
@team_page(role=Role.MEMBER)
def run(request: TeamRequest, operation: str) -> HttpResponseBase:
    """Begin a task and go to its page; where that cannot be, the same form with everything in it and the reasons."""
    draft = forms.read(find(operation), request.POST)
    take_json(request, draft)
    screen = screen_of(request, draft, asked=True)
    if screen.run.reasons or screen.connection is None:
        return page(request, screen, status=422)
    try:
        task = lifecycle.begin(
            team=request.team,
            person=request.user,
            connection=screen.connection,
            operation=draft.operation,
            values=draft.values,
            extras=draft.extras,
            fates=draft.own_fates,
            nonce=nonce_of(request, screen),
            parent=parent_of(request),
        )
    except lifecycle.NotNow as problem:
        return page(request, screen, status=422, problem=str(problem))
    url = reverse("tasks:detail", args=[task.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def task_of(number: str) -> Task | None:
    return Task.objects.filter(pk=number).first() if number.isdecimal() else None


def draft_of(found: catalog.Operation, task: Task, action: str) -> Draft:
    """What the form starts with when it comes from a task. Raises Http404 where the task offers no such thing."""
    if not action:
        if task.operation != found.slug:
            raise Http404
        return Draft.of_task(found, task)
    offered = task.actions[int(action)] if action.isdecimal() and int(action) < len(task.actions) else {}
    if offered.get("operation") != found.slug:
        raise Http404
    return Draft.of_action(found, offered["values"])


def screen_of(request: TeamRequest, draft: Draft, preferred: str = "", *, asked: bool = False) -> Screen:
    connections = list(Connection.objects.all())
    asked = asked or request.POST.get("asked") == "yes"
    chosen = choose(connections, request.POST.get("connection", ""), preferred, draft.operation)
    return Screen(draft, request.membership, connections, chosen, asked=asked)


def choose(
    connections: Sequence[Connection], wanted: str, preferred: str, operation: catalog.Operation
) -> Connection | None:
    """The connection asked for; else among those where the operation is on, the preferred one or the first that works;
    else the first that works; else the first."""
    named = [connection for connection in connections if str(connection.pk) == wanted]
    fitting = on_for(operation, connections)
    liked = [connection for connection in fitting if str(connection.pk) == preferred]
    working = [connection for connection in (*fitting, *connections) if not connection.is_stopped]
    return next(iter([*named, *liked, *working, *fitting, *connections]), None)


def check_json(draft: Draft) -> object:
    """The body that is being edited as JSON, None if it cannot be read: then the draft says why and where."""
    try:
        body = catalog.loads(draft.json_text or "")
    except catalog.JSONProblem as problem:
        draft.json_wrong = place_of(problem)
        return None
    if not isinstance(body, dict):
        draft.json_wrong = _('A body is one JSON object, for example {"prompt": "…"}.')
        return None
    return body


def take_json(request: TeamRequest, draft: Draft) -> None:
    """What was typed as JSON goes into the form; an untouched text says nothing, the form may be newer."""
    if draft.json_text is None:
        return
    if draft.json_fresh:
        draft.json_text = None
        return
    body = check_json(draft)
    if not draft.json_wrong:
        draft.take_body(body, screen_of(request, draft).profile)


def nonce_of(request: HttpRequest, screen: Screen) -> str:
    """The form's own nonce joined with what is run: a second click is the same task, an edited form another one."""
    what = f"{request.POST.get('nonce', '')}\0{screen.connection and screen.connection.pk}\0{screen.json}"
    return hashlib.sha256(what.encode()).hexdigest()


def parent_of(request: TeamRequest) -> Task | None:
    return task_of(request.POST.get("from", ""))


def here(screen: Screen, source: Task | None, action: str) -> str:
    """The address at which this form opens."""
    query = {"from": source.pk} | ({"action": action} if action else {}) if source else {}
    address = reverse("composer:compose", args=[screen.operation.slug])
    return f"{address}?{urlencode(query)}" if query else address


def page(
    request: TeamRequest,
    screen: Screen,
    *,
    task: Task | None = None,
    restores: bool = False,
    restored: bool = False,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """The whole page, to htmx all that is inside its form.

    `restores`: the browser may put the person's last draft back into it; `restored`: it just did.
    """
    source = task or parent_of(request)
    action = request.POST.get("action", "") or request.GET.get("action", "")
    origin = f"{source.pk}:{action}" if source else ""
    context = {
        "screen": screen,
        "nonce": request.POST.get("nonce") or secrets.token_urlsafe(16),
        "source": source,
        "action": action,
        "draft_name": f"{request.user.pk}:{request.team.pk}:{screen.operation.slug}:{origin}",
        "restores": restores,
        "restored": restored,
        "problem": problem,
        "here": here(screen, source, action),
    }
    if request.htmx:
        return render(request, "composer/_whole.html", context, status=status)
    return render(request, "composer/compose.html", context, status=status)
