"""How the form that a request brings is shown: its screen, the JSON typed in it, its page and that page's address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer import privacy
from studio.composer.choosing import CONNECTIONS, choose
from studio.composer.code_choice import language_of
from studio.composer.drafts import Draft
from studio.composer.painting import picture_under
from studio.composer.presets import opened_from
from studio.composer.screen import Screen
from studio.composer.words import place_of
from studio.library.opening import Opened
from studio.numbers import number_in
from studio.tasks.models import Task
from studio.tasks.recipes import Place, asked_for
from studio.teams.access import TeamRequest

IMPORT = "import"  # stands for the operation that a form was filled from, where that was a pasted text


def screen_of(
    request: TeamRequest, draft: Draft, preferred: str = "", *, asked: bool = False, task: Task | None = None
) -> Screen:
    connections = CONNECTIONS.ours()
    asked = asked or request.POST.get("asked") == "yes"
    chosen = choose(connections, request.POST.get("connection", ""), preferred, draft.operation)
    under = picture_under(draft.operation, task or parent_of(request))
    return Screen(draft, request.membership, connections, chosen, asked=asked, under=under, code=language_of(request))


def check_json(draft: Draft) -> object:
    """The body that is being edited as JSON, None if it cannot be read: then the draft says why and where."""
    try:
        body = catalog.loads(draft.json_text or "")
    except catalog.JSONProblem as problem:
        draft.json_wrong = place_of(problem)
        return None
    if draft.operation.form.frames and not isinstance(body, list):
        draft.json_wrong = _('This body is a list of frames, for example [{"type": "…"}].')
        return None
    if not (draft.operation.form.frames or isinstance(body, dict)):
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


def parent_of(request: TeamRequest) -> Task | None:
    return task_of(request.POST.get("from", ""))


def task_of(number: str) -> Task | None:
    pk = number_in(number)
    return Task.objects.filter(pk=pk).first() if pk else None


def here(
    screen: Screen, source: Task | None, action: str, port: str, place: Place | None, preset: Opened | None
) -> str:
    """The address at which this form opens."""
    query: dict[str, str | int] = {"from": source.pk} | ({"action": action} if action else {}) if source else {}
    query |= place.query if place else {}
    query |= preset.query if preset else {}
    address = reverse("composer:compose", args=[screen.operation.slug])
    if port == IMPORT:
        address = reverse("composer:imported", args=[screen.operation.slug])
    elif port:
        address = reverse("composer:port", args=[screen.operation.slug, port])
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
    port: str = "",
    carried: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The whole page, to htmx all that is inside its form.

    `restores`: the browser may put the person's last draft back into it; `restored`: it just did. `port` is the
    operation that it was filled from or `IMPORT`, `carried` what became of each value.
    """
    source = task or parent_of(request)
    action = request.POST.get("action", "") or request.GET.get("action", "")
    port = port or request.POST.get("port", "")
    place = asked_for(request.POST or request.GET, screen.operation.slug)
    preset = opened_from(request, screen.operation) if not port else None
    filled_by = [*([str(source.pk), action] if source else []), *(place.query.values() if place else [])]
    filled_by += ["prompt", request.GET["prompt"]] if "prompt" in request.GET else []
    filled_by += [":".join(each) for each in preset.query.items()] if preset else []
    origin = ":".join([*filled_by, *(["port", port] if port else [])])
    context = {
        "screen": screen,
        "nonce": request.POST.get("nonce") or secrets.token_urlsafe(16),
        "source": source,
        "action": action,
        "place": place,
        "draft_name": f"{request.user.pk}:{request.team.pk}:{screen.operation.slug}:{origin}",
        "restores": restores,
        "restored": restored,
        "problem": problem,
        "here": here(screen, source, action, port, place, preset),
        "preset": preset,
        "port": port,
        "carried": carried,
        "private": privacy.wanted(request, screen.operation, source),
    }
    if request.htmx:
        return render(request, "composer/_whole.html", context, status=status)
    return render(request, "composer/compose.html", context, status=status)
