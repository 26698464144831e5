"""What the worker and the clock call."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from studio.assets import keeping
from studio.assets.models import Asset, Keeping
from studio.files import storing
from studio.tasks.models import Task
from studio.tasks.rings import KEEP, ring
from studio.tasks.states import State
from studio.teams.scope import across_teams

AT_ONCE = 50  # tasks in one round; the next round goes on
RING_AGAIN = timedelta(seconds=60)
LOST_RING = timedelta(days=2)


def keep(task_id: int) -> None:
    keeping.keep(task_id)


def sweep() -> None:
    ring_due()


def ring_due() -> int:
    """Ring for what is due and not rung for lately, and tidy up; how many tasks were rung for."""
    with across_teams():
        plan_forgotten()
        tasks = due()
        Asset.objects.filter(task__in=tasks, keeping=Keeping.WAITING).update(rung_at=timezone.now())
        for task_id in tasks:
            ring(KEEP, task_id)
    storing.tidy()
    return len(tasks)


def due() -> list[int]:
    """The tasks with an asset that may be tried now, those that wait longest first. Needs a scope."""
    unrung = Q(rung_at=None) | Q(rung_at__lt=timezone.now() - RING_AGAIN)
    waiting = keeping.due().filter(unrung).order_by("next_try_at", "pk").values_list("task_id", flat=True)
    return list(dict.fromkeys(waiting[: AT_ONCE * 4]))[:AT_ONCE]


def plan_forgotten() -> None:
    """Rows for tasks whose ring was lost before the first of them was made."""
    recent = Task.objects.filter(state__in=[State.SUCCEEDED, State.FAILED], finished_at__gte=timezone.now() - LOST_RING)
    for task in recent.filter(assets=None).exclude(results=[])[:AT_ONCE]:
        keeping.plan(task)
