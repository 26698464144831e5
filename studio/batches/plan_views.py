"""The plan page: what stands in the composer's form, what differs from cell to cell, and Run."""

from __future__ import annotations

import hashlib
import secrets

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from studio import catalog
from studio.batches.asking import SWAP, Asked, named
from studio.batches.drawing import Drawing
from studio.batches.laying import Form, lay
from studio.batches.models import Batch
from studio.batches.planning.cells import Plan
from studio.composer import privacy
from studio.composer.drafts import Draft
from studio.composer.finding import find
from studio.composer.holdings import bring
from studio.composer.opening import page, screen_of, take_json
from studio.composer.presets import opened_from, read
from studio.drafts import taken
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Connection, Role


def drawn(request: TeamRequest, found: catalog.Operation, *, bringing: bool = False) -> Drawing | HttpResponse:
    """The plan of what is posted; the composer's own page where its form cannot be read."""
    draft = read(request, found)
    take_json(request, draft)
    if bringing:
        bring(draft, request.team, request.user)
    screen = screen_of(request, draft, asked=True)
    if draft.wrong or draft.json_wrong or draft.extra_wrong:
        return page(request, screen, status=422)
    asked = Asked.read(request.POST)
    asked.do(request.POST.get("do", ""))
    return Drawing(screen, asked, request.membership)


def shown(
    request: TeamRequest, drawing: Drawing, template: str, status: int = 200, *, restores: bool = False
) -> HttpResponse:
    operation = drawing.operation
    context = {
        "draft": f"plan:{request.user.pk}:{request.team.pk}:{operation.slug}",
        "restores": restores,
        "drawing": drawing,
        "asked": drawing.asked,
        "screen": drawing.screen,
        "swap": SWAP,
        "nonce": request.POST.get("nonce") or secrets.token_urlsafe(16),
        "private": privacy.wanted(request, operation, None),
        "default_name": named(Asked(), operation, drawing.screen.draft.values),
    }
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@team_page(role=Role.MEMBER)
def plan(request: TeamRequest, operation: str) -> HttpResponseBase:
    """The plan of the posted form. To htmx the count, after a button all that is inside the page's form.

    To GET that of a fresh form: the browser puts the plan there that it keeps, and posts it to `restore` the page; it
    goes to the composer where it keeps none.
    """
    found = find(operation)
    if request.method != "POST":
        screen = screen_of(request, Draft.fresh(found), asked=True)
        fresh = Drawing(screen, Asked.read(request.POST), request.membership)
        return shown(request, fresh, "batches/plan.html", restores=True)
    drawing, restoring = drawn(request, found), request.POST.get("do") == "restore"
    if isinstance(drawing, HttpResponse):
        return HttpResponseClientRedirect(reverse("composer:compose", args=[operation])) if restoring else drawing
    if restoring or not request.htmx:
        return shown(request, drawing, "batches/plan.html")
    return shown(request, drawing, "batches/_work.html" if "do" in request.POST else "batches/_told.html")


@require_POST
@team_page(role=Role.MEMBER)
def run(request: TeamRequest, operation: str) -> HttpResponseBase:
    """Begin the batch and go to its page; where that cannot be, the same page with everything in it and the reasons."""
    found = find(operation)
    drawing = drawn(request, found, bringing=True)
    if isinstance(drawing, HttpResponse):
        return drawing
    if drawing.reasons or drawing.plan is None or drawing.screen.connection is None:
        return shown(request, drawing, "batches/plan.html", status=422)
    batch = begin(request, drawing, drawing.plan, drawing.screen.connection)
    return taken(request, redirect("batches:batch", batch.pk))


def begin(request: TeamRequest, drawing: Drawing, plan: Plan, connection: Connection) -> Batch:
    draft = drawing.screen.draft
    source, private = opened_from(request, drawing.operation), privacy.wanted(request, drawing.operation, None)
    privacy.remember(request.membership, drawing.operation, private)
    return lay(
        request.team,
        request.user,
        connection,
        Form(drawing.operation, drawing.values, draft.extras, draft.own_fates, drawing.pattern),
        plan,
        name=named(drawing.asked, drawing.operation, draft.values),
        nonce=nonce_of(request, drawing),
        version=source.version if source and not source.changes else None,
        private=private,
    )


def nonce_of(request: TeamRequest, drawing: Drawing) -> str:
    """The page's own nonce joined with what is run: a second click is the same batch, an edited plan another one."""
    cells = drawing.plan.cells if drawing.plan else []
    what = "\0".join([request.POST.get("nonce", ""), *(f"{bool(cell.why)}{cell.digest}" for cell in cells)])
    return hashlib.sha256(what.encode()).hexdigest()
