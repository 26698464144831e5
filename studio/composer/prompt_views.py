"""Saved prompts in the composer, and the person's own last ones."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from studio import catalog
from studio.composer.finding import find
from studio.composer.opening import take_json
from studio.composer.plan import prompt_at
from studio.composer.presets import read
from studio.composer.prompting import meant
from studio.library import patterns
from studio.library.prompts.opening import known, opened
from studio.library.prompts.writing_views import ask_for
from studio.tasks.cells import begun_with
from studio.tasks.models import Task
from studio.tasks.switches import offered
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

LOOKED_AT, REMEMBERED = 200, 50  # tasks that are looked through, and different prompts that come of them
STEPPED_OVER = 5_000  # tasks at most, among them the other cells of a batch: it is one entry, by its newest cell


@require_safe
@team_page(role=Role.MEMBER)
def use(request: TeamRequest, pk: int) -> HttpResponseBase:
    """Open a version of a prompt in the form that the person used last, of those that take a prompt."""
    opened(request.user, str(pk))
    slug = used_last(request)
    if slug is None:
        raise Http404
    return redirect(f"{reverse('composer:compose', args=[slug])}?prompt={pk}")


def used_last(request: TeamRequest) -> str | None:
    takes = [operation.slug for operation in offered() if prompt_at(operation.slug)]
    used = Task.objects.filter(person=request.user).values_list("operation", flat=True)[:LOOKED_AT]
    return next((slug for slug in used if slug in takes), next(iter(takes), None))


def at_of(slug: str) -> str:
    """The path of an operation's prompt; "" for none, or where the catalog has lost the operation."""
    return prompt_at(slug) or "" if catalog.find(slug) else ""


@require_POST
@team_page(role=Role.MEMBER)
def keep(request: TeamRequest, operation: str) -> HttpResponse:
    """Ask how the prompt of the posted form is to be saved: as a version of the one that was opened, or as its own."""
    draft = read(request, find(operation))
    take_json(request, draft)
    text = meant(draft).get(draft.prompt_at or "", "")
    here = reverse("composer:compose", args=[operation])
    return ask_for(request, text if isinstance(text, str) else "", known(request.user, draft.wish.saved), here)


@require_safe
@team_page
def history(request: TeamRequest, operation: str) -> JsonResponse:
    """The person's own last prompts, as they were written, the newest first; those of this operation before others."""
    find(operation)
    rows = Task.objects.filter(person=request.user).order_by("-id")
    newest: dict[str, int] = {}
    for pk, nonce in rows.values_list("id", "nonce")[:STEPPED_OVER]:
        newest.setdefault(begun_with(nonce), pk)
    told = rows.filter(pk__in=list(newest.values())[:LOOKED_AT]).values_list("operation", "prompt", "pattern")
    ordered = sorted(told, key=lambda row: row[0] != operation)
    texts = dict.fromkeys(patterns.texts_of(pattern).get(at_of(slug)) or prompt for slug, prompt, pattern in ordered)
    return JsonResponse({"prompts": [text for text in texts if text][:REMEMBERED]})
