"""send: one POST for one claimed attempt, and what came of it written down, whatever happens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import connections, transaction

from studio.files.filling import NotFilled
from studio.gateway import Answer, AnswerLost, NotSent
from studio.tasks import replies, turns
from studio.tasks.claiming import Claimed, claim, deadline
from studio.tasks.durability import AWAY
from studio.tasks.letters import Letter
from studio.tasks.models import Attempt, Task
from studio.tasks.news import without_key
from studio.tasks.recording import record
from studio.tasks.replies import Reply
from studio.tasks.rings import SEND, ring_for
from studio.tasks.writing import Writing
from studio.teams.models import Connection
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
GOES_ON = 0.5  # seconds for which one job goes on with its line, while other jobs wait


def send(attempt_id: int) -> None:
    """Send whatever's turn it is in the line in which this attempt stands or stood, and for a moment what comes next.

    A job for each task would cost more than its POST. Who sends looks at the line again, so whoever joins one for
    which somebody rang, or from which somebody is sending, needs no ring (`rings.is_rung_for`). What a job leaves
    behind that ends early or is killed, the sweep rings for.
    """
    with across_teams():
        rung = Attempt.objects.filter(pk=attempt_id).select_related("connection").only("connection").first()
    until = time.monotonic() + GOES_ON
    while rung and (claimed := claim(rung.connection_id, attempt_id)) and deliver(claimed):
        if time.monotonic() >= until:
            return ring_again(rung.connection)
    return None


def ring_again(connection: Connection) -> None:
    """Others waited for this worker meanwhile."""
    with across_teams(), transaction.atomic():
        if attempt := turns.first(connection):
            ring_for(Attempt.objects.get(pk=attempt), SEND)


def deliver(claimed: Claimed) -> bool:
    """POST a claimed attempt, once, and write down what came of it. False while the database takes nothing down.

    A crash, and every exit that is no `Exception` (the queue's time-out is a SystemExit), leaves the attempt as
    sending; when its lease is over the sweep calls it unknown.
    """
    with across_teams():
        return write_down(post(claimed), claimed.attempt.task)


def post(claimed: Claimed) -> Reply:
    attempt, letter = claimed
    try:
        if isinstance(letter, Exception):
            raise letter
        call = calling(attempt, letter)
    except NotFilled as fault:
        return Reply(attempt.public_id, "not_sent", reason=str(fault), permanent=True)
    except Exception as fault:
        logger.exception("attempt %s could not be prepared", attempt.pk)
        return Reply(attempt.public_id, "not_sent", reason=told(fault), permanent=True)
    try:
        return Reply.of(attempt.public_id, without_key(call(), attempt.connection))
    except NotSent as fault:
        return Reply(attempt.public_id, "not_sent", reason=fault.reason, permanent=fault.permanent)
    except AnswerLost as fault:
        part = without_key(fault.part, attempt.connection) if fault.part else None
        return Reply.lost(attempt.public_id, fault.reason, part)
    except Exception as fault:  # whatever this is, bytes may have left
        logger.exception("attempt %s broke off", attempt.pk)
        return Reply(attempt.public_id, "lost", reason=told(fault))


def calling(attempt: Attempt, letter: Letter) -> Callable[[], Answer]:
    """The one call of an attempt, with all in hand that it needs. Raises `NotFilled`."""
    operation, client, limit = letter.operation, attempt.connection.client(), deadline(letter.operation.slug)
    heard = Writing(attempt, operation) if operation.may_stream else None
    own = operation.headers_of(attempt.task.values)
    if operation.turn:
        converse = partial(client.converse, attempt.path, letter.frames(), operation.turn)
        return partial(converse, headers=own, deadline=limit, heard=heard)
    content = letter.content()
    headers = content.headers | own
    send = partial(client.send, attempt.method, attempt.path, content=content.data or None)
    return partial(send, headers=headers, deadline=limit, heard=heard)


def told(fault: Exception) -> str:
    return str(fault) or type(fault).__name__


def write_down(reply: Reply, task: Task) -> bool:
    """Record a reply, or leave it in the spool for the sweep, whatever ends this job: it may have been paid for.

    An answer that is a file goes to the spool first: it is the only one of its kind, and there is no link to it.
    """
    spooled = replies.keep(reply) if isinstance(reply.answer.payload, bytes) else None
    try:
        recorded = record_patiently(reply, task)
    except BaseException:
        replies.keep(reply)
        raise
    if not recorded:
        replies.keep(reply)
    elif spooled:
        spooled.unlink(missing_ok=True)
    return recorded


def record_patiently(reply: Reply, task: Task) -> bool:
    """Record it; while the database is away, wait for it. False when that takes too long."""
    until = time.monotonic() + settings.RECORD_PATIENCE
    pause = 0.2
    while True:
        try:
            record(reply, task)
            return True
        except AWAY:
            logger.warning("the database is away; the reply to attempt %s waits", reply.attempt)
            if time.monotonic() >= until:
                return False
            connections.close_all()
            time.sleep(pause)
            pause = min(pause * 2, 5)
