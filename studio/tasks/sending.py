"""send: one POST for one claimed attempt, and what came of it written down, whatever happens."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils.translation import gettext_noop

from studio import catalog
from studio.gateway import AnswerLost, NotSent
from studio.tasks import replies
from studio.tasks.address import callback_url
from studio.tasks.beginning import build
from studio.tasks.claiming import claim
from studio.tasks.models import Attempt
from studio.tasks.recording import record
from studio.tasks.replies import Reply
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
NO_DATABASE = gettext_noop("The studio's database did not answer. Nothing was sent.")


def send(attempt_id: int) -> None:
    """Claim an attempt and POST it, at most once, ever.

    A crash after the claim, and every exit that is no `Exception` (the queue's time-out is a SystemExit), leaves the
    attempt as sending; when its lease is over the sweep calls it unknown.
    """
    attempt = claim(attempt_id)
    if attempt is not None:
        with across_teams():
            write_down(post(attempt))


def post(attempt: Attempt) -> Reply:
    try:
        content = prepare(attempt)
        client = attempt.connection.client()
        own = catalog.get(attempt.task.operation).headers
    except Exception as fault:
        logger.exception("attempt %s could not be prepared", attempt.pk)
        ours = isinstance(fault, DatabaseError | InterfaceError)  # another moment is better; another body is not needed
        return Reply(attempt.public_id, "not_sent", reason=NO_DATABASE if ours else told(fault), permanent=not ours)
    try:
        return Reply.of(attempt.public_id, client.send(attempt.method, attempt.path, content=content, headers=own))
    except NotSent as fault:
        return Reply(attempt.public_id, "not_sent", reason=fault.reason, permanent=fault.permanent)
    except AnswerLost as fault:
        return Reply(attempt.public_id, "lost", reason=fault.reason)
    except Exception as fault:  # whatever this is, bytes may have left
        logger.exception("attempt %s broke off", attempt.pk)
        return Reply(attempt.public_id, "lost", reason=told(fault))


def told(fault: Exception) -> str:
    return str(fault) or type(fault).__name__


def prepare(attempt: Attempt) -> bytes:
    """The exact bytes of the body, kept on the attempt before any of them is sent."""
    task = attempt.task
    operation = catalog.get(task.operation)
    extras = catalog.unpack(task.extras)
    built = build(operation, attempt.connection, task.values, extras, task.fates, callback_url(attempt))
    attempt.sent_text = catalog.dumps(built.body)
    attempt.method = operation.method
    attempt.path = operation.address(task.values, attempt.connection.path_for(operation))
    attempt.save(update_fields=["sent_text", "method", "path"])
    return attempt.sent_text.encode()


def write_down(reply: Reply) -> None:
    """Record a reply, or leave it in the spool for the sweep, whatever ends this job: it may have been paid for."""
    try:
        recorded = record_patiently(reply)
    except BaseException:
        replies.keep(reply)
        raise
    if not recorded:
        replies.keep(reply)


def record_patiently(reply: Reply) -> bool:
    """Record it; while the database is away, wait for it. False when that takes too long."""
    until = time.monotonic() + settings.RECORD_PATIENCE
    pause = 0.2
    while True:
        try:
            record(reply)
            return True
        except (OperationalError, InterfaceError):
            logger.warning("the database is away; the reply to attempt %s waits", reply.attempt)
            if time.monotonic() >= until:
                return False
            connections.close_all()
            time.sleep(pause)
            pause = min(pause * 2, 5)
