"""Run again: the same task once more, which counts for the preset that the first one was made with."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from studio.library.uses import remember_again
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.views import go
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role


@require_POST
@team_page(role=Role.MEMBER)
def again(request: TeamRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(Task.objects, pk=pk)
    try:
        with transaction.atomic():
            copy = lifecycle.again(task, request.user, request.POST.get("nonce") or secrets.token_hex(16))
            remember_again(task.pk, copy.pk)
    except lifecycle.NotNow as why:
        messages.warning(request, str(why))
        return go(request, task)
    return go(request, copy)
