"""Which lines of a task's history somebody should be told of, and whom."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from studio.notices.models import What
from studio.notices.telling import News, decided, owners, tell
from studio.tasks.models import Task
from studio.tasks.states import Approval, Kind
from studio.teams.models import User

logger = logging.getLogger(__name__)
TOLD = {
    Kind.HELD: What.ATTENTION,
    Kind.UNKNOWN: What.ATTENTION,
    Kind.APPROVED: What.APPROVED,
    Kind.DECLINED: What.DECLINED,
}


def tell_of(task: Task, kind: str, person: User | None, data: Mapping[str, Any]) -> None:
    """Tell who should know. What goes wrong here is logged and undone: a paid task never fails for it."""
    what = what_of(task, kind, data)
    if what is None:
        return
    actor = person.pk if person else None
    try:
        with transaction.atomic():
            people = owners(task.team_id) if what == What.APPROVAL else [task.person_id]
            tell(News(task.team_id, what, ("task", task.pk), actor), people)
            if what in {What.APPROVED, What.DECLINED}:
                decided(task.team_id, ("task", task.pk))
    except Exception:
        logger.exception("nobody was told of task %s", task.pk)


def what_of(task: Task, kind: str, data: Mapping[str, Any]) -> What | None:
    """None for most: what goes well is shown by the task itself."""
    if kind == Kind.BEGUN:
        return What.APPROVAL if task.approval == Approval.ASKED else None
    if kind == Kind.HEARD:
        return What.ATTENTION if data.get("needs") else None
    return TOLD.get(Kind(kind))
