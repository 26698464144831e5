"""The desk at which callbacks arrive: those that come at the same time are kept and heard in one transaction.

Most of what a callback costs is its commit. Whoever finds the desk free serves all who wait there; who waits finds
that done. Nothing is answered before its commit, and what is out of the ordinary (another task's news, a task that
somebody else is changing, a body that cannot be read) leaves the desk untouched, to be kept and heard alone.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from operator import itemgetter
from threading import Lock
from typing import NamedTuple

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from studio.tasks import events, inbox
from studio.tasks.changing import Change
from studio.tasks.continuing import is_its_own
from studio.tasks.durability import AWAY
from studio.tasks.hearing import learn
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.news import News, news_of
from studio.tasks.states import Source
from studio.teams import statements
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
MOST = 32  # callbacks of one transaction
# Callbacks to one address; a gateway sends a handful per task.
PER_MINUTE = 60
PER_ADDRESS = 1000

TASKS = statements.Rows(
    Task,
    "WHERE id IN (SELECT task_id FROM tasks_attempt WHERE public_id IN ({})) ORDER BY id " + statements.FREE,  # noqa: S608
    later=("extras", "fates", "body_text", "pattern", "prompt"),
)
ATTEMPTS = statements.Rows(
    Attempt,
    "WHERE task_id IN (SELECT task_id FROM tasks_attempt WHERE public_id IN ({})) ORDER BY task_id, number",
)
CONNECTIONS = statements.Rows(
    Connection,
    "WHERE id IN (SELECT connection_id FROM tasks_attempt WHERE public_id IN ({}))",
)
FLOODED = """
    SELECT public_id FROM tasks_callback WHERE public_id IN ({}) GROUP BY public_id
    HAVING count(*) FILTER (WHERE received_at > %s) >= %s OR count(*) >= %s
"""


class Outcome(Enum):
    KEPT = "kept"  # committed, and heard
    FLOOD = "flood"  # too many to this address: nothing is kept
    AWAY = "away"  # the database takes nothing in
    ALONE = "alone"  # nothing was done yet: it has to be kept and heard by itself


@dataclass(eq=False)
class Brought:
    """A request at the desk: its genuine address, what came with it, and in the end what became of it."""

    public_id: str
    request: HttpRequest
    body: bytes
    outcome: Outcome | None = None


class Heard(NamedTuple):
    """News of an attempt, and the callback that brought it."""

    one: Change
    attempt: Attempt
    kept: Callback
    news: News


@dataclass
class Desk:
    waiting: deque[Brought] = field(default_factory=deque)
    free: Lock = field(default_factory=Lock)

    def bring(self, public_id: str, request: HttpRequest, body: bytes) -> Outcome:
        """What became of it, once that is committed. Never raises."""
        brought = Brought(public_id, request, body)
        self.waiting.append(brought)
        with self.free:
            while brought.outcome is None:
                serve([self.waiting.popleft() for _ in range(min(MOST, len(self.waiting)))])
        return brought.outcome


def serve(batch: Sequence[Brought]) -> None:
    """Give each its outcome."""
    found: dict[Brought, Outcome] = {}
    try:
        with across_teams(), transaction.atomic():
            taken = take(batch)
        found = taken  # not before the commit
    except AWAY:
        logger.exception("%s callbacks could not be kept", len(batch))
        found = dict.fromkeys(batch, Outcome.AWAY)
    except Exception:
        logger.exception("%s callbacks could not be heard together", len(batch))
    finally:
        for brought in batch:
            brought.outcome = found.get(brought, Outcome.ALONE)


def take(batch: Sequence[Brought]) -> dict[Brought, Outcome]:
    """Keep and hear what can be heard together. Those that it leaves out are to be heard alone.

    Tasks are locked in the order of their ids and never waited for, and the events' lock comes last: nobody who holds
    one of them can wait for another.
    """
    first = {brought.public_id: brought for brought in reversed(batch)}  # one of each address, and of each task
    addresses = list(first)
    floods, tasks, attempts, connections, numbers = statements.at_once(
        *(flooding(addresses), TASKS.among(addresses), ATTEMPTS.among(addresses), CONNECTIONS.among(addresses)),
        statements.numbers(Callback, len(addresses)),
    )
    over, keys = set(floods), dict(opened(connections))
    changes = {task.pk: Change(task) for task in tasks}
    for one in changes.values():
        one.attempts = one.own([attempt for attempt in attempts if attempt.task_id == one.task.pk])
    addressed = {attempt.public_id: attempt for attempt in attempts if attempt.public_id in first}
    outcomes = {brought: Outcome.FLOOD for brought in batch if brought.public_id in over}
    heard: list[Heard] = []
    for address, attempt in addressed.items():
        if address in over or attempt.task_id not in changes:
            continue
        one = changes.pop(attempt.task_id)
        if found := read(one, attempt, keys, first[address]):
            outcomes[first[address]] = Outcome.KEPT
            found.kept.pk = numbers[len(heard)]  # events name it before it is inserted
            heard.append(found)
    with statements.together():
        inbox.keep([each.kept for each in heard])
        for each in heard:
            learn(each.one, each.attempt, each.news, Source.CALLBACK, callback=each.kept)
        events.append_all([line for each in heard for line in each.one.said])
    return outcomes


def flooding(addresses: Sequence[str]) -> statements.Question[str]:
    """Asks for those of these addresses to which too many have come."""
    minute_ago = timezone.now() - timedelta(seconds=60)
    most = (minute_ago, PER_MINUTE, PER_ADDRESS)
    return statements.Question(FLOODED.format(statements.places(addresses)), [*addresses, *most], itemgetter(0))


def opened(connections: Sequence[Connection]) -> Iterator[tuple[int, str]]:
    """Their keys, each opened once, however many callbacks it stands for."""
    for row in connections:
        with suppress(KeyUnreadable):
            yield row.pk, row.key


def read(one: Change, attempt: Attempt, keys: Mapping[int, str], brought: Brought) -> Heard | None:
    """What a callback says, unless it is one to be heard alone."""
    try:
        kept = inbox.row_of(brought.public_id, brought.request, brought.body, attempt, keys[attempt.connection_id])
        report = inbox.read(kept, one.task)
    except Exception:  # whatever it is, it is noted where it is heard alone
        return None
    news = news_of(report)
    if inbox.says_nothing(report) or not is_its_own(attempt, news):
        return None
    kept.heard_at = timezone.now()
    return Heard(one, attempt, kept, news)


DESK = Desk()
