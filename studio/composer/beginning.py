"""From the form to a task: its nonce, its place in a recipe, and the version of a preset that it was made with."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from studio.composer import privacy
from studio.composer.screen import Screen
from studio.library.opening import Opened
from studio.library.uses import remember
from studio.tasks import lifecycle
from studio.tasks.beginning import digest
from studio.tasks.models import Task
from studio.tasks.recipes import Place, asked_for
from studio.teams.access import TeamRequest
from studio.teams.models import Connection


@transaction.atomic
def begin(
    request: TeamRequest, screen: Screen, connection: Connection, parent: Task | None, source: Opened | None
) -> Task:
    """Begin a task with what the screen holds. Raises `lifecycle.NotNow`."""
    draft, private = screen.draft, privacy.wanted(request, screen.operation, parent)
    task = lifecycle.begin(
        team=request.team,
        person=request.user,
        connection=connection,
        operation=draft.operation,
        values=draft.sent,
        extras=draft.extras,
        fates=draft.own_fates,
        nonce=nonce_of(request, screen, connection),
        parent=parent,
        pattern=screen.prompted.record() if screen.prompted else {},
        private=private,
        **in_recipe(asked_for(request.POST, draft.operation.slug)),
    )
    if not (parent and parent.private):
        privacy.remember(request.membership, draft.operation, private)
    if source and not source.changes:
        remember(source.version, task.pk)
    return task


def nonce_of(request: HttpRequest, screen: Screen, connection: Connection) -> str:
    """The form's own nonce joined with what is run, address and body: a second click is the same task, an edited form
    another one."""
    asked = digest(screen.draft.operation, connection, screen.draft.sent, screen.json)
    return hashlib.sha256(f"{request.POST.get('nonce', '')}\0{asked}".encode()).hexdigest()


def in_recipe(place: Place | None) -> dict[str, Any]:
    """What a task remembers of the recipe that it is a step of."""
    return {"recipe": place.recipe.slug, "step": place.number} if place else {}
