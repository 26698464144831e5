"""Improve and translate: what would be asked of whom, and the answer beside the prompt, which a person may take."""

from __future__ import annotations

import secrets

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from studio import catalog
from studio.composer import rewording
from studio.composer.finding import find
from studio.composer.opening import take_json
from studio.composer.presets import read
from studio.composer.prompting import meant
from studio.ledger.rehearsals import terms_on
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_POST
@team_page(role=Role.MEMBER)
def ask(request: TeamRequest, operation: str) -> HttpResponse:
    """What one may ask for the posted form's prompt. With `what`, it is asked, once for each `asked` number."""
    found = find(operation)
    text, by = text_of(request, found), rewording.writer()
    context = {"operation": found, "text": text, "by": by, "choices": rewording.choices(), "fault": ""}
    what = request.POST.get("what", "")
    if by and text and what in rewording.ASKED:
        try:
            task = rewording.begin(request, found, by, what, text, request.POST.get("asked_as", ""))
        except lifecycle.NotNow as problem:
            context["fault"] = str(problem)
        else:
            return shown(request, found, task)
    if by:
        context["price"] = terms_on(by.connection, request.user, by.operation, by.operation.defaults()).price
    return render(request, "composer/_reword.html", context | {"asked_as": secrets.token_urlsafe(16)})


@require_safe
@team_page(role=Role.MEMBER)
def answer(request: TeamRequest, operation: str, pk: int) -> HttpResponse:
    """What has become of it. The page asks again as long as it is not over."""
    return shown(request, find(operation), get_object_or_404(Task.objects.all(), pk=pk))


def shown(request: TeamRequest, found: catalog.Operation, task: Task) -> HttpResponse:
    reworded = rewording.reworded(task)
    if reworded is None:
        raise Http404
    return render(request, "composer/_reworded.html", {"operation": found, "reworded": reworded, "task": task})


def text_of(request: TeamRequest, found: catalog.Operation) -> str:
    """The prompt as it is written, patterns and all."""
    draft = read(request, found)
    take_json(request, draft)
    text = meant(draft).get(draft.prompt_at or "", "")
    return text.strip() if isinstance(text, str) else ""
