"""Whether anything more of a task is to come by itself."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from studio.tasks.models import Task

QUIET = timedelta(hours=1)  # after which a finished task has nothing more to tell


def settled(task: Task) -> bool:
    """Nothing more will come by itself: it has ended, and its files are kept or lost."""
    if not task.is_final:
        return False
    if task.finished_at and timezone.now() - task.finished_at > QUIET:
        return True
    assets = list(task.assets.all())
    return bool(assets or not task.results) and all(asset.keeping != "waiting" for asset in assets)
