"""The picture that a person may paint over: what the task made that a form goes on from, or a task before it."""

from __future__ import annotations

from studio import catalog
from studio.assets.models import RESULT, Asset, Keeping
from studio.tasks.models import Task

FURTHEST = 4  # tasks back


def picture_under(operation: catalog.Operation, task: Task | None) -> Asset | None:
    """The nearest kept picture, up the lineage; None where nothing is painted, or there is none. Needs the team's
    scope."""
    if not any(field.paints for field in operation.fields):
        return None
    pictures = Asset.objects.filter(kind="image", role=RESULT, keeping=Keeping.KEPT, width__isnull=False)
    for _ in range(FURTHEST):
        if task is None:
            return None
        if found := pictures.filter(task=task).first():
            return found
        task = task.parent
    return None
