"""poll: ask the gateway how an attempt is. Always, as the net under the callbacks; a failed query fails no task."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from studio import catalog
from studio.gateway import Answer, WireError
from studio.tasks.changing import change
from studio.tasks.hearing import hear, learn, next_query
from studio.tasks.models import Attempt
from studio.tasks.news import News, without_key
from studio.tasks.rebinding import bind_another, doubt
from studio.tasks.schedule import MISSES, UNHEARD_FOR
from studio.tasks.states import WAITING_AT_GATEWAY, Kind, Source, State
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
TURN = timedelta(seconds=60)  # a query that dies is asked again after this
PROOF_BY = timedelta(minutes=10)  # how long a told success waits for a gateway that cannot be asked
LINK_BY = timedelta(minutes=15)  # how long a task that is called done may be without a link
BROKEN = 500  # a status from here on says nothing about the task
RUNS = 3  # in a row that ended their worker; then it is left alone
NO_LINK_YET = gettext_noop("The gateway says that it is done, but gives no link yet.")
NO_LINK = gettext_noop("The gateway said that it was done, but gave no link for a quarter of an hour.")
ENDS_WORKERS = gettext_noop("Asking for it ended the worker three times, so it is not asked any more by itself.")


def poll(attempt_id: int) -> None:
    """Ask once, if a query is due, and hear the answer. Several rings at the same time make one query."""
    with across_teams():
        attempt = take_turn(attempt_id)
        if attempt is None:
            return
        if attempt.unended > RUNS:
            return park(attempt)
        try:
            ask_and_hear(attempt)
        except WireError as fault:
            miss(attempt, fault.reason)
        except DatabaseError:
            raise  # nothing can be noted either; the turn that was taken ends by itself
        except Exception as fault:  # an operation that is gone, a key that cannot be read: it is asked ever less often
            logger.exception("attempt %s could not be asked for", attempt.pk)
            miss(attempt, f"{type(fault).__name__}: {fault}"[:500])
        Attempt.objects.filter(pk=attempt_id).update(unended=0)
    return None


def park(attempt: Attempt) -> None:
    """Whatever the answer is, it ends the worker that reads it. A person may look again; callbacks are heard."""
    with change(attempt.task_id) as one:
        fresh = one.attempt(attempt.pk)
        fresh.next_poll_at, fresh.unended = None, 0
        fresh.save(update_fields=["next_poll_at", "unended"])
        one.say(Kind.NO_WORD, Source.TIMER, attempt=fresh, text=ENDS_WORKERS)


def ask_and_hear(attempt: Attempt) -> None:
    answer = without_key(ask(attempt), attempt.connection)
    operation, asked = catalog.get(attempt.task.operation), attempt.task.values
    report = operation.read(answer.payload, "poll", answer.status, asked, attempt.gateway_ids)
    if report.state is None:  # a refused query; so is "task unknown", which a young task may be for some seconds
        miss(attempt, report.said or f"HTTP {answer.status}", denied=answer.status < BROKEN)
    else:
        hear(attempt, report, Source.POLL)
        if report.bare:
            wait_for_link(attempt)


def wait_for_link(attempt: Attempt) -> None:
    """The gateway calls the task done and gives nothing that it made. That may come a little later, or never: the first
    such answer stands in the history, and a while after it the attempt has failed. A person may look again."""
    with change(attempt.task_id) as one:
        fresh = one.attempt(attempt.pk)
        if fresh.state not in WAITING_AT_GATEWAY:
            return
        one.say_once(Kind.HEARD, Source.POLL, fresh, text=NO_LINK_YET, bare=True)
        first = one.task.events.filter(kind=Kind.HEARD, attempt=fresh, data={"bare": True}).first()
        if first and first.created_at < timezone.now() - LINK_BY:
            learn(one, fresh, News(State.FAILED, error=NO_LINK), Source.TIMER)


def take_turn(attempt_id: int) -> Attempt | None:
    """The attempt, when its query is due and no callback has just made it needless."""
    now = timezone.now()
    rows = Attempt.objects.filter(pk=attempt_id, next_poll_at__lte=now)
    heard = rows.filter(called_at__gt=now - UNHEARD_FOR, told__isnull=True)
    if heard.update(next_poll_at=F("called_at") + UNHEARD_FOR):
        return None
    turn = {"next_poll_at": now + TURN, "polls": F("polls") + 1, "unended": F("unended") + 1}
    if not rows.exclude(gateway_id="").update(**turn):
        return None
    return Attempt.objects.select_related("task", "connection").get(pk=attempt_id)


def ask(attempt: Attempt) -> Answer:
    operation = catalog.get(attempt.task.operation)
    query, values = catalog.get(operation.poll), operation.poll_values(attempt.gateway_ids)
    body = query.body(values).body
    content = catalog.dumps(body).encode() if body else None
    path = query.address(values, attempt.connection.path_for(query))
    return attempt.connection.client().query(query.method, path, content=content, headers=query.headers)


def miss(attempt: Attempt, reason: str, *, denied: bool = False) -> None:
    """A query without a word about the task: ask again, and say so when it becomes a habit. Where the gateway `denied`
    to know an id that only callbacks named, another of them may be meant; where there is none, a person has to look.

    A success that a callback told of is believed, marked unverified, when the gateway could not be asked for ten
    minutes: its links would rot meanwhile, and they are fetched through the guard.
    """
    with change(attempt.task_id) as one:
        fresh = one.attempt(attempt.pk)
        fresh.misses += 1
        if denied and fresh.misses >= MISSES and not fresh.id_is_certain:
            if bind_another(one, fresh):
                return None
            doubt(one, fresh)
        told = fresh.told or {}
        waited = fresh.told_at is not None and fresh.told_at < timezone.now() - PROOF_BY
        if told.get("state") == State.SUCCEEDED and waited and fresh.misses >= MISSES:
            return learn(one, fresh, News(State.SUCCEEDED), Source.TIMER, text="unverified")
        fresh.next_poll_at = next_query(fresh)
        fresh.save(update_fields=["misses", "next_poll_at"])
        if fresh.misses == MISSES:
            one.say(Kind.NO_WORD, Source.POLL, attempt=fresh, text=reason)
        return None
