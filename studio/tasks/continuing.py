"""One task of the gateway's, two of ours: what waited for input goes on as the task that brought the input."""

from __future__ import annotations

from studio import catalog
from studio.tasks.changing import change
from studio.tasks.models import Attempt, Task
from studio.tasks.news import News
from studio.tasks.states import FINAL, WAITING_AT_GATEWAY, Kind, Source, State
from studio.teams.scope import across_teams

# What the question whose news it is needs to know; it is asked with every callback and every query.
ASKED = [
    *("gateway_id", "connection_id", "task__operation", "task__values", "task__needs"),
    *("continued_by__gateway_id", "continued_by__task_id"),
]


def continued_id(task: Task) -> str:
    """The gateway's id of the waiting task that this task's body brings input to; "" where it brings none."""
    at = catalog.get(task.operation).continues
    return str(task.values.get(at) or "") if at else ""


def rightful(attempt: Attempt, news: News) -> Attempt:
    """The attempt that news heard at this attempt's address is about. Where it must, it hands the gateway's id over."""
    with across_teams():
        fresh = Attempt.objects.select_related("task", "continued_by").only(*ASKED).get(pk=attempt.pk)
        if heir := fresh.continued_by:
            return heir if heir.gateway_id in {"", fresh.gateway_id} else fresh
        if moved_on(fresh, news) and (heir := heir_of(fresh)):
            hand_over(fresh, heir)
            return heir
        if not fresh.gateway_id and continued_id(fresh.task) in news.gateway_ids:
            make_way(fresh)
        return fresh


def is_its_own(attempt: Attempt, news: News) -> bool:
    """Whether news heard at this attempt's address is about it for certain: nobody waits, and nobody was waited for."""
    if attempt.continued_by_id or moved_on(attempt, news):
        return False
    return bool(attempt.gateway_id) or continued_id(attempt.task) not in news.gateway_ids


def moved_on(attempt: Attempt, news: News) -> bool:
    return bool(attempt.task.needs) and news.state in {State.RUNNING, *FINAL}


def heir_of(attempt: Attempt) -> Attempt | None:
    """What has brought input to this waiting attempt and does not know yet that it was taken: its answer was lost, or
    is on its way."""
    sent = Attempt.objects.filter(state__in=[State.SENDING, State.UNKNOWN], gateway_id="")
    brought = sent.filter(task__parent=attempt.task_id, connection=attempt.connection_id).select_related("task")
    return next((each for each in brought if continued_id(each.task) == attempt.gateway_id), None)


def make_way(heir: Attempt) -> None:
    """The gateway has taken what `heir` brought: whoever waited for it gives up the gateway's id."""
    if wanted := continued_id(heir.task):
        with across_teams():
            rows = Attempt.objects.filter(connection=heir.connection_id, gateway_id=wanted, continued_by=None)
            holder = rows.filter(state__in=WAITING_AT_GATEWAY).exclude(task=heir.task_id).first()
        if holder:
            hand_over(holder, heir)


def hand_over(holder: Attempt, heir: Attempt) -> None:
    """End the task that waited, in a transaction of its own: no two tasks are ever locked together.

    Should the studio stop here, the heir finds the id free when its answer is recorded again.
    """
    with change(holder.task_id) as one:
        fresh = one.attempt(holder.pk)
        if fresh.continued_by_id or fresh.state not in WAITING_AT_GATEWAY:
            return
        fresh.continued_by, fresh.next_poll_at = heir, None
        fresh.told, fresh.told_at = None, None
        one.raise_to(fresh, State.SUCCEEDED)
        one.task.actions = []
        fresh.save()
        one.show()
        one.say(Kind.CONTINUED, Source.ANSWER, attempt=fresh, heir=heir.task_id)
