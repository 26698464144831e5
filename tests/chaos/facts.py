"""What the studio itself knows about some tasks; called inside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django_q.models import OrmQ

from studio.assets.models import Asset
from studio.batches.models import Cell
from studio.tasks import replies
from studio.tasks.models import Attempt, Callback, Task
from studio.teams.scope import across_teams

OURS = ("studio.tasks.jobs.send", "studio.tasks.jobs.poll", "studio.assets.jobs.keep")


def facts(tasks: Sequence[int]) -> dict[str, Any]:
    """The rows of these tasks and of all batches', and what is under way in the whole studio. Callbacks are (public
    id, digest, rows)."""
    connection.close_if_unusable_or_obsolete()
    with across_teams():
        mine = Q(pk__in=tasks) | Q(nonce__startswith="batch-")
        rows = Task.objects.filter(mine).order_by("pk").prefetch_related("events", "attempts", "assets")
        stored = Counter(Callback.objects.values_list("public_id", "digest"))
        return {
            "tasks": [told(task) for task in rows],
            "cells": list(Cell.objects.order_by("pk").values("batch", "number", "state", "task")),
            "attempts": list(Attempt.objects.values_list("public_id", flat=True)),
            "callbacks": [[*who, count] for who, count in stored.items()],
            "unheard": Callback.objects.filter(heard_at=None, tries=0).count(),
            "jobs": sum(row.func() in OURS for row in OrmQ.objects.all()),
            "spool": len(replies.kept()),
        }


def told(task: Task) -> dict[str, Any]:
    """`history` has the state that the task showed after each line; an asset is kept, lost, waiting, or spoiled."""
    return {
        "id": task.pk,
        "state": task.state,
        "final": task.is_final,
        "attention": task.needs_attention,
        "results": len(task.results),
        "history": [event.state for event in task.events.all()],
        "attempts": [
            {"public_id": each.public_id, "state": each.state, "gateway_id": each.gateway_id, "asked": asked(each)}
            for each in task.attempts.all()
        ],
        "assets": [
            "spoiled" if asset.keeping == "kept" and not is_whole(asset) else asset.keeping
            for asset in task.assets.all()
        ],
    }


def asked(attempt: Attempt) -> str:
    """How asking for it stands: for who has to find out why it came to no end."""
    soon = attempt.next_poll_at - timezone.now() if attempt.next_poll_at else None
    again = f"again in {soon.total_seconds():.0f} s" if soon is not None else "not again"
    told = f", told {attempt.told['state']}" if attempt.told else ""
    return f"asked {attempt.polls} times, the last {attempt.misses} in vain, {again}{told}"


def is_whole(asset: Asset) -> bool:
    path = Path(settings.MEDIA_ROOT) / str(asset.file)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == asset.sha256
