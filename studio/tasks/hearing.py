"""hear: what answer, callback, query or person tells about an attempt, joined into what is known already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from studio import catalog
from studio.tasks.changing import Change, change, twice_if_raced
from studio.tasks.continuing import continued_id, is_its_own, rightful
from studio.tasks.models import Attempt, Callback
from studio.tasks.news import News, news_of
from studio.tasks.rings import KEEP, POLL, ring
from studio.tasks.schedule import WAITS, until_check, until_query
from studio.tasks.states import CLOSED, FINAL, RANK, UNSENT, WAITING_AT_GATEWAY, Kind, Source, State
from studio.teams import statements

ANOTHER_ID = gettext_noop("The gateway spoke of a task id that is not this attempt's. It had no effect.")

# What news changes of an attempt.
LEARNED = (
    *("state", "open", "progress", "error", "cost", "refunded", "gateway_id", "gateway_ids"),
    *("id_is_certain", "told", "told_at", "called_at", "next_poll_at", "misses", "rung_at"),
)

ANOTHERS = """
    SELECT EXISTS (
        SELECT 1 FROM tasks_attempt
        WHERE connection_id = %s AND gateway_id = %s AND NOT (gateway_id = '') AND continued_by_id IS NULL AND id <> %s
    )
"""

FALSE_ID = gettext_noop("A callback had named a task id that the gateway's own answer denies. The answer counts.")


def hear(
    attempt: Attempt, report: catalog.Report, source: Source, *, callback: Callback | None = None, text: str = ""
) -> None:
    """Join a report into an attempt and its task, and write one event if that changed anything.

    Order and repetition do not matter. A success told by a callback is only shown as running until a query confirms it,
    where the operation has one. News under an id that is not this attempt's has no effect and is an incident. What is
    heard of an attempt that another task continues is news of that one.
    """
    news = news_of(report)

    def join_it() -> None:
        with change(attempt.task_id) as one:
            if is_its_own(mine := one.attempt(attempt.pk), news):
                return join_into(one, mine)
        meant = rightful(attempt, news)  # with nothing held: two tasks are never locked together
        with change(meant.task_id) as one:
            return join_into(one, one.attempt(meant.pk))

    def join_into(one: Change, mine: Attempt) -> None:
        learn(one, mine, news, source, callback=callback, text=text)
        if callback:  # heard and marked as heard, or neither
            callback.heard_at, callback.problem = timezone.now(), ""
            statements.update(callback, ("heard_at", "problem"))

    twice_if_raced(join_it)


def learn(
    one: Change,
    attempt: Attempt,
    news: News,
    source: Source,
    *,
    callback: Callback | None = None,
    text: str = "",
) -> None:
    """What `hear` does, for a caller that holds the task already."""
    facts: dict[str, Any] = {"callback": callback.pk} if callback else {}
    if source == Source.ANSWER and is_denied(attempt, news):
        one.say_once(Kind.INCIDENT, source, attempt, text=FALSE_ID, gateway_id=attempt.gateway_id)
        unbind(attempt)
    if source == Source.ANSWER and news.state == State.SUCCEEDED and not attempt.gateway_id and unfit_id(attempt, news):
        news = replace(news, gateway_ids=())  # the same result as another attempt's, which keeps the id
    if stranger := unfit_id(attempt, news):
        one.say_once(Kind.INCIDENT, source, attempt, text=ANOTHER_ID, gateway_id=stranger)
        return
    before, known = visible(attempt), State(attempt.state)
    if news.gateway_ids and not attempt.gateway_id:
        attempt.gateway_id, attempt.gateway_ids = news.gateway_ids[0], list(news.gateway_ids)
    attempt.id_is_certain = bool(attempt.gateway_id) and (attempt.id_is_certain or names_it(source, news))
    proven, told = weigh(attempt, news, source)
    join_state(one, attempt, proven, news)
    join_figures(attempt, news)
    join_needs(one, attempt, news)
    join_results(one, attempt, proven, news, known)
    join_told(attempt, told, news, confirmed=proven in FINAL and told is None)
    note_time(attempt, source)
    plan_query(attempt, source)
    statements.update(attempt, LEARNED)
    one.show()
    if visible(attempt) != before:
        facts |= {"gateway_id": attempt.gateway_id} | ({"verifying": True} if attempt.told else {})
        facts |= {"needs": one.task.needs} if one.task.needs not in {"", before[-1]} else {}
        surprising = known != attempt.state and is_unexpected(attempt, known)
        kind = Kind.INCIDENT if surprising else Kind.HEARD
        one.say(kind, source, attempt=attempt, text=text or news.error, **facts)
    elif news.state in FINAL and news.state != attempt.state and attempt.told is None:
        one.say_once(Kind.LATE, source, attempt, text=text or news.error, said=str(news.state))


def visible(attempt: Attempt) -> tuple[Any, ...]:
    """What people can see of an attempt; while this stays the same, there is nothing to tell."""
    task, told = attempt.task, attempt.told or {}
    shown = (attempt.state, None if attempt.state in FINAL else attempt.progress, attempt.gateway_id, told.get("state"))
    return *shown, attempt.cost, attempt.refunded, len(task.results), task.needs


def unfit_id(attempt: Attempt, news: News) -> str:
    """The id that shows this news to be about something else, or nothing."""
    if not news.gateway_ids:
        return ""
    first = news.gateway_ids[0]
    if attempt.gateway_id:
        return "" if set(news.gateway_ids) & {attempt.gateway_id, *attempt.gateway_ids} else first
    return first if is_anothers(attempt, first) else ""


def is_anothers(attempt: Attempt, gateway_id: str) -> bool:
    return bool(statements.ask(ANOTHERS, attempt.connection_id, gateway_id, attempt.pk)[0])


def is_denied(attempt: Attempt, news: News) -> bool:
    """Whether the answer names other ids than the callback that was quicker: the answer came over our own call."""
    bound = {attempt.gateway_id, *attempt.gateway_ids} - {""}
    return bool(bound and news.gateway_ids) and not bound & set(news.gateway_ids) and attempt.state != State.SUCCEEDED


def names_it(source: Source, news: News) -> bool:
    """Whether the gateway itself, over our own call, says that this is the id: it answers a query for it, or its answer
    holds it. An answer that broke off names none, and what a callback named meanwhile stays as doubtful as it was."""
    return source == Source.POLL or (source == Source.ANSWER and bool(news.gateway_ids))


def unbind(attempt: Attempt) -> None:
    attempt.gateway_id, attempt.gateway_ids, attempt.id_is_certain = "", [], False
    attempt.told, attempt.told_at, attempt.next_poll_at, attempt.misses = None, None, None, 0


def weigh(attempt: Attempt, news: News, source: Source) -> tuple[State | None, State | None]:
    """What the news proves, and which end it merely tells of.

    The address of a callback may leak, so its word about an end wants a query: a success shows as running until then, a
    failure shows at once, because a success may still replace it. An id alone proves that the gateway accepted.
    """
    if source != Source.CALLBACK:
        return (State.RUNNING if news.state in FINAL and is_part(attempt, news) else news.state), None
    if news.state is None:
        return (State.ACCEPTED if news.gateway_ids else None), None
    if news.state not in FINAL or attempt.state == State.SUCCEEDED or not can_ask(attempt):
        return news.state, None
    return (State.RUNNING if news.state == State.SUCCEEDED else news.state), news.state


def is_part(attempt: Attempt, news: News) -> bool:
    """Whether the news is silent about some of what the attempt waits for: one request may make several things."""
    return bool(news.gateway_ids) and not {*attempt.gateway_ids} <= {*news.gateway_ids}


def can_ask(attempt: Attempt) -> bool:
    return bool(attempt.gateway_id and catalog.get(attempt.task.operation).poll)


def is_unexpected(attempt: Attempt, known: State) -> bool:
    """Whether news of this attempt contradicts what the sender positively knew: it was not sent, or it was refused."""
    return known in UNSENT | {State.NOT_SENT, State.REFUSED} or (known == State.CANCELLED and attempt.posts == 0)


def join_state(one: Change, attempt: Attempt, proven: State | None, news: News) -> None:
    if proven is None or not one.raise_to(attempt, proven):
        return
    attempt.error = news.error if attempt.state in FINAL - {State.SUCCEEDED} else ""
    attempt.refunded = False  # what was said of money goes with the state that it was said of
    if attempt.state in WAITING_AT_GATEWAY or attempt.state == State.SUCCEEDED:
        withdraw_others(one, attempt)


def withdraw_others(one: Change, attempt: Attempt) -> None:
    """This attempt is alive after all: another that still waits to be sent would only be paid twice."""
    for other in one.attempts:
        if other.pk == attempt.pk or other.state not in UNSENT:
            continue
        other.state, other.open = State.CANCELLED, False
        other.save(update_fields=["state", "open"])
        one.say(Kind.CANCELLED, Source.TIMER, attempt=other)


def join_figures(attempt: Attempt, news: News) -> None:
    """Money is only taken from news that fits the state: not from an end that is merely told, nor from a late one."""
    if news.progress is not None:
        attempt.progress = max(attempt.progress or 0, news.progress)
    if news.state in FINAL and news.state != attempt.state:
        return
    if news.cost is not None:
        attempt.cost = max(attempt.cost or Decimal(), news.cost)
    attempt.refunded = attempt.refunded or news.refunded


def join_needs(one: Change, attempt: Attempt, news: News) -> None:
    """What the task waits for, with the offers that bring it, until it moves on. A window that this very task was the
    answer to is no new one: the gateway may speak of it for some time."""
    task = one.task
    if attempt.state != State.ACCEPTED:
        task.needs, task.actions = "", [] if task.needs else task.actions
    elif news.needs and continued_id(task) != attempt.gateway_id:
        task.needs, task.actions = news.needs, news.actions


def join_results(one: Change, attempt: Attempt, proven: State | None, news: News, known: State) -> None:
    """Keep what a proven success brought. A second success with other links to the same files adds nothing."""
    task = one.task
    if proven != State.SUCCEEDED or (known == State.SUCCEEDED and task.results):
        return
    found = news.results or (attempt.told or {}).get("results", [])
    fresh = [result for result in found if result not in task.results]
    task.actions = news.actions or task.actions
    if fresh:
        task.results = [*task.results, *fresh]
        ring(KEEP, task.pk)


def join_told(attempt: Attempt, told: State | None, news: News, *, confirmed: bool) -> None:
    """Remember an end that a callback told of until a query confirms one. A success told outranks a failure told."""
    known = (attempt.told or {}).get("state")
    if confirmed:
        attempt.told, attempt.told_at = None, None
    elif told and (known is None or RANK[told] > RANK[State(known)]):
        attempt.told = {"state": str(told), "results": news.results, "actions": news.actions, "error": news.error}
        attempt.told_at = timezone.now()
        attempt.next_poll_at = timezone.now()
        attempt.misses = 0
        attempt.rung_at = timezone.now()
        ring(POLL, attempt.pk)


def note_time(attempt: Attempt, source: Source) -> None:
    now = timezone.now()
    attempt.task.heard_at = now
    if source == Source.CALLBACK:
        attempt.called_at = now
    if source == Source.POLL:
        attempt.misses = 0


def plan_query(attempt: Attempt, source: Source) -> None:
    """When to ask the gateway next. A query just answered moves it on; other news only starts or ends the asking."""
    if not can_ask(attempt) or (attempt.state in CLOSED and not attempt.told):
        attempt.next_poll_at = None
    elif source == Source.POLL or attempt.next_poll_at is None:
        attempt.next_poll_at = next_query(attempt)


def next_query(attempt: Attempt) -> datetime | None:
    now = timezone.now()
    age = now - (attempt.claimed_at or now)
    wait = until_check(attempt.misses, age) if attempt.told else until_query(attempt.polls, age)
    if wait is None or attempt.continued_by_id:
        return None
    return now + (max(wait, WAITS) if attempt.task.needs else wait)
