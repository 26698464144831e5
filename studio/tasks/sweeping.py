"""sweep: what the clock rings for. It finds what was forgotten: rings, dead senders, due queries, unheard callbacks."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from studio.notices.sending import is_any_due
from studio.tasks import fence, inbox, replies, turns
from studio.tasks.apart import each
from studio.tasks.changing import change
from studio.tasks.durability import AWAY
from studio.tasks.epoch import is_fenced
from studio.tasks.keys import held_by_keys, release, stop
from studio.tasks.models import Attempt, Callback
from studio.tasks.recording import lose, record
from studio.tasks.rings import FEED_BATCHES, POLL, RING_AGAIN, SEND, SWEEP_ASSETS, TELL, ring, ring_for
from studio.tasks.states import UNSENT, Kind, Source, State
from studio.teams.models import Connection, Membership, Role
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
AT_ONCE = 200  # rows of a kind in one sweep; the next sweep goes on
NEVER_CAME_BACK = 3  # tries that count for one that ended the worker; it is left alone after the second
NOBODYS = gettext_noop("Whoever asked for it is not of the team any more, or may only look.")
CRASHED = "The sender stopped before an answer was written down."


def sweep() -> None:
    """One round. A part that fails is logged and does not keep the others from their work."""
    with across_teams():
        for part in PARTS:
            try:
                part()
            except Exception:
                logger.exception("%s failed", part.__name__)


def mind_fence() -> None:
    fence.look()


def import_spool() -> None:
    """A reply that still cannot be recorded is put aside for a person, so that it does not keep the others waiting."""
    for path in replies.kept():
        if reply := replies.read(path):
            try:
                record(reply)
            except AWAY:
                raise
            except Exception:
                logger.exception("the reply to attempt %s cannot be recorded", reply.attempt)
                replies.put_aside(path)
            else:
                path.unlink(missing_ok=True)


def end_leases() -> None:
    """A sender that is silent beyond its lease died somewhere between the claim and the record."""
    over = Attempt.objects.filter(state=State.SENDING, lease_until__lt=timezone.now())
    each(over[:AT_ONCE], end_lease)


def end_lease(dead: Attempt) -> None:
    with change(dead.task_id) as one:
        attempt = one.attempt(dead.pk)
        if attempt.state == State.SENDING:
            lose(one, attempt, CRASHED)


def mind_keys() -> None:
    """Hold what waits for a stopped key, release what was held when its key is started again."""
    for waiting, act in ((Attempt.objects.filter(state=State.QUEUED), hold_all), (held_by_keys(), release)):
        for connection in Connection.objects.filter(pk__in=waiting.values("connection").distinct()):
            if connection.is_stopped == (act is hold_all):
                act(connection)


def hold_all(connection: Connection) -> None:
    stop(connection, connection.stopped_because)


def take_back() -> None:
    """What waits in the name of somebody who was taken out of the team, or may only look by now, is never sent."""
    role = Membership.objects.filter(team=OuterRef("team"), user=OuterRef("task__person"))
    may_run = Exists(role.filter(role__in=[Role.OWNER, Role.MEMBER]))
    waiting = Attempt.objects.filter(~may_run, state__in=UNSENT).order_by()
    each(waiting.values_list("task", flat=True)[:AT_ONCE], take_back_one)


def take_back_one(task_id: int) -> None:
    with change(task_id) as one:
        if one.task.attempts.filter(state__in=UNSENT).update(state=State.CANCELLED, open=False):
            one.show()
            one.say(Kind.CANCELLED, Source.TIMER, text=NOBODYS)


def ring_for_queued() -> None:
    """As often for each connection as it may send now, so that a long queue of one team delays no other. Whose turn it
    is then, whoever answers finds out."""
    if is_fenced():
        return
    now = timezone.now()
    due = unrung(Attempt.objects.filter(state=State.QUEUED, due_at__lte=now))
    for connection in Connection.objects.filter(pk__in=due.values("connection").distinct()):
        if connection.paused_until is None or connection.paused_until <= now:
            for attempt in due.filter(connection=connection).order_by("id")[: turns.free(connection)]:
                ring_for(attempt, SEND)


def ring_for_queries() -> None:
    for attempt in unrung(Attempt.objects.filter(next_poll_at__lte=timezone.now())).order_by("next_poll_at")[:AT_ONCE]:
        ring_for(attempt, POLL)


def unrung(attempts: QuerySet[Attempt]) -> QuerySet[Attempt]:
    return attempts.filter(Q(rung_at=None) | Q(rung_at__lt=timezone.now() - RING_AGAIN))


def hear_unheard() -> None:
    """Callbacks whose hearing failed or never came, each less often the more often it was tried."""
    now, due = timezone.now(), Q()
    for tries in range(inbox.TRIES):
        due |= Q(tries=tries, received_at__lt=now - timedelta(seconds=10 * 4**tries))
    waiting = Callback.objects.filter(due, heard_at=None).exclude(attempt=None).order_by("id")
    for callback in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        row = Callback.objects.filter(pk=callback)
        row.update(tries=F("tries") + NEVER_CAME_BACK)
        inbox.hear_callback(callback)
        row.update(tries=F("tries") - NEVER_CAME_BACK)


def ring_for_assets() -> None:
    ring(SWEEP_ASSETS)


def ring_for_batches() -> None:
    ring(FEED_BATCHES)


def ring_for_messages() -> None:
    if is_any_due():
        ring(TELL)


PARTS = (
    mind_fence,
    import_spool,
    end_leases,
    mind_keys,
    take_back,
    ring_for_queued,
    ring_for_queries,
    hear_unheard,
    ring_for_assets,
    ring_for_batches,
    ring_for_messages,
)
