"""The pages of the composer: pick an operation, fill its form, watch the body, run it."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from studio import catalog
from studio.composer import deeds
from studio.composer.beginning import begin
from studio.composer.code_choice import remember_language
from studio.composer.copies import goes_inside, use_copies
from studio.composer.drafts import Draft
from studio.composer.finding import find
from studio.composer.holdings import bring
from studio.composer.opening import check_json, page, parent_of, screen_of, take_json, task_of
from studio.composer.picker import Picker
from studio.composer.presets import opened_from, read
from studio.composer.prompting import pattern_parts
from studio.composer.saved_prompts import with_prompt
from studio.composer.uses import draft_of_use, is_use
from studio.numbers import number_in
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.recipes import Place, asked_for
from studio.tasks.switches import offered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

FILLED = {"fresh", "example", "recipe", "preset", "changes", "prompt"}  # an address that says what the form holds


@require_safe
@team_page
def home(request: TeamRequest) -> HttpResponseBase:
    """The operation used last; who has used none yet chooses one."""
    last = Task.objects.filter(person=request.user).values_list("operation", flat=True).first()
    on = last in {operation.slug for operation in offered()}
    return redirect("composer:compose", last) if on else redirect("composer:pick")


@require_safe
@team_page
def pick(request: TeamRequest) -> HttpResponseBase:
    """Every operation that makes something and is on for a connection, by system; `?q=` searches in both languages,
    `?system=` and `?kind=` leave out the others."""
    context = {"picker": Picker.read(request.GET, request.user)}
    return render(request, "composer/_shelves.html" if request.htmx else "composer/pick.html", context)


@require_safe
@team_page
def compose(request: TeamRequest, operation: str) -> HttpResponseBase:
    """A fresh form, or one filled by another page.

    `?from=` holds an earlier task, with `&action=` what one of its follow-ups carries over, or one of its results
    (`uses`); `?example` the documents' example; `?recipe=` and `&step=` a step of a recipe; `?preset=` a version of a
    preset, `?changes=` the same to make its next version from; `?prompt=` a version of a prompt.
    """
    found = find(operation)
    source = opened_from(request, found)
    task = task_of(request.GET.get("from", ""))
    place = asked_for(request.GET, found.slug)
    lost = (task is None and "from" in request.GET) or (place is None and "recipe" in request.GET)
    if lost or (task and source):
        raise Http404
    last = task or Task.objects.filter(person=request.user).first()
    fresh = Draft.of_example(found) if "example" in request.GET else Draft.fresh(found)
    if place and task is None:
        fresh = Draft.of_step(found, place.step, {})
    if source:
        fresh = Draft.of_preset(found, source.kept, changes=source.changes)
    if "prompt" in request.GET:
        fresh = with_prompt(request, fresh)
    draft = draft_of(request, found, task, place) if task else fresh
    if task and request.membership.may_run:
        use_copies(draft, request.team, request.user, lambda at, asset: asset.link_is_dead or goes_inside(found, at))
    screen = screen_of(request, draft, str(last.connection_id) if last else "", task=task)
    return page(request, screen, task=task, restores=not FILLED & set(request.GET))


@require_POST
@team_page
def preview(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The body of what stands in the form. To htmx: the pane, and what changed in the form; else the whole page."""
    draft = read(request, find(operation))
    deed = request.POST.get("do", "")
    anew = draft.wish.do(deed)
    changed = deeds.do(draft, deed)
    draft.hold()
    if request.membership.may_run:
        if deed == "bring":
            bring(draft, request.team, request.user)
        elif deed.startswith("copy:"):
            use_copies(draft, request.team, request.user, lambda at, _asset: at == deed.removeprefix("copy:"))
    typed = draft.json_text is not None and deed != "edit" and not draft.json_fresh
    body = check_json(draft) if typed else None
    screen = screen_of(request, draft)
    draft.overruled = draft.overruled if body is None else draft.held_back(body, screen.built)
    if deed == "edit" or draft.json_fresh:
        draft.json_text = screen.json
    if not request.htmx or deed == "restore":
        return page(request, screen, restored=deed == "restore")
    redrawn = screen.redrawn(request.POST, changed)
    steady = screen.notes_of_others(redrawn)
    context = {"screen": screen, "redrawn": redrawn, "steady": steady, "opening": deed == "edit"}
    context |= pattern_parts(screen.prompted, request.POST, anew=anew)
    return remember_language(request, render(request, "composer/_changes.html", context))


@require_POST
@team_page
def take(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The body that was edited as JSON goes into the form; what is no JSON stays, with the reason and its place."""
    draft = read(request, find(operation))
    take_json(request, draft)
    screen = screen_of(request, draft)
    if request.htmx and draft.json_wrong:
        return render(request, "composer/_unread.html", {"screen": screen})
    return page(request, screen)


@require_POST
@team_page(role=Role.MEMBER)
def run(request: TeamRequest, operation: str) -> HttpResponseBase:
    """Begin a task and go to its page; where that cannot be, the same form with everything in it and the reasons."""
    found = find(operation)
    source, draft = opened_from(request, found), read(request, found)
    take_json(request, draft)
    bring(draft, request.team, request.user)
    screen = screen_of(request, draft, asked=True)
    if screen.run.reasons or screen.connection is None:
        return page(request, screen, status=422)
    try:
        task = begin(request, screen, screen.connection, parent_of(request), source)
    except lifecycle.NotNow as problem:
        return page(request, screen, status=422, problem=str(problem))
    url = reverse("tasks:detail", args=[task.pk])
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def draft_of(request: TeamRequest, found: catalog.Operation, task: Task, place: Place | None) -> Draft:
    """What the form starts with when it comes from a task. Raises Http404 where the task offers no such thing."""
    action = request.GET.get("action", "")
    if is_use(action) and request.membership.may_run:
        return draft_of_use(found, task, action, request.team, request.user)
    if not action:
        if task.operation != found.slug:
            raise Http404
        return Draft.of_task(found, task)
    number = number_in(action)
    offered = task.actions[number] if number is not None and number < len(task.actions) else {}
    if offered.get("operation") != found.slug:
        raise Http404
    carried = offered["values"]
    return Draft.of_step(found, place.step, carried) if place else Draft.of_action(found, carried)
