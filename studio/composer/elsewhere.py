"""What was filled in for one operation, opened in another: choose which, and see what became of each value."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from studio import catalog
from studio.composer import forms
from studio.composer.carrying import carried, places, summary, told, unmissed
from studio.composer.drafts import Draft
from studio.composer.finding import find
from studio.composer.opening import page, screen_of, take_json, task_of
from studio.composer.presets import read
from studio.composer.prompting import meant
from studio.composer.texts import text_fields
from studio.composer.wishes import Wish
from studio.languages import in_words
from studio.library.opening import opened
from studio.tasks.models import Task
from studio.teams.access import IN_EVERY_FORM, TeamRequest, team_page
from studio.teams.models import Connection

OURS = IN_EVERY_FORM | {"nonce", "asked", "do", "port", "preset", "changes"}
SOURCE_PRESET = "source-preset"  # the version whose fixed fields have no controls among those that are posted


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def choose(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The operations that can take what stands in the posted form, or in `?from=` a task; most is kept by the first."""
    found = find(operation)
    task = earlier(request, operation)
    if request.method != "POST" and task is None:
        return redirect("composer:compose", operation)
    draft = Draft.of_task(found, task) if task else read(request, found)
    take_json(request, draft)
    if draft.json_wrong:
        return page(request, screen_of(request, draft), status=422)
    same, others = places(draft, list(Connection.objects.all()))
    held = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    if version := request.POST.get("preset"):
        held.append((SOURCE_PRESET, version))  # under its own name it would be one of the operation that opens
    context = {"source": found, "title": in_words(found.title), "task": task, "same": same, "others": others}
    return render(request, "composer/elsewhere.html", context | {"held": held, "system": in_words(found.system_title)})


@require_http_methods(["GET", "HEAD", "POST"])
@team_page
def port(request: TeamRequest, operation: str, source: str) -> HttpResponseBase:
    """The form of an operation, filled with what the posted form of `source`, or `?from=` a task of it, holds.

    The draft of the source, and the one that this operation had, stay in the browser as they were.
    """
    found, origin = find(operation), find(source)
    task = earlier(request, source)
    if request.method != "POST" and task is None:
        return page(request, screen_of(request, Draft.fresh(found)), port=source, restores=True)
    draft = Draft.of_task(origin, task) if task else read_source(request, origin)
    take_json(request, draft)
    draft.values = meant(draft)
    ported = carried(draft, found)
    made = Draft(found, ported.values, ported.extras, wish=Wish(values=draft.wish.values))
    if not text_fields(origin.slug):
        made.as_typed()
    screen = screen_of(request, made, str(task.connection_id) if task else "")
    carried_over = {
        "source": origin,
        "title": in_words(origin.title),
        "system": in_words(origin.system_title),
        "summary": summary(ported),
        "rows": told(draft, ported, found),
        "unmissed": unmissed(draft, ported),
    }
    return page(request, screen, task=task, port=source, carried=carried_over, restores=task is not None)


def read_source(request: TeamRequest, origin: catalog.Operation) -> Draft:
    """The draft of the form that was posted on. Raises Http404 for a preset that this person may not open."""
    version = request.POST.get(SOURCE_PRESET)
    source = opened(request.user, request.membership, origin.slug, version, changes=False) if version else None
    return forms.read(origin, request.POST, source.kept if source else None)


def earlier(request: TeamRequest, operation: str) -> Task | None:
    """The task that the query names, None for none. Raises Http404 where it is not of this operation."""
    if "from" not in request.GET:
        return None
    task = task_of(request.GET["from"])
    if task is None or task.operation != operation:
        raise Http404
    return task
