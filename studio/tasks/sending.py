"""send: one POST for one claimed attempt, and what came of it written down, whatever happens."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from studio import catalog
from studio.files.filling import NotFilled, fill
from studio.gateway import NO_CONTENT, AnswerLost, Content, NotSent, json_content, multipart_content
from studio.tasks import replies
from studio.tasks.address import callback_url
from studio.tasks.beginning import build
from studio.tasks.claiming import PersonsLine, claim, claim_first, deadline, first_of
from studio.tasks.durability import AWAY
from studio.tasks.masking import mask
from studio.tasks.models import Attempt
from studio.tasks.news import without_key
from studio.tasks.recording import record
from studio.tasks.replies import Reply
from studio.tasks.rings import SEND, ring_for
from studio.tasks.states import State
from studio.tasks.writing import Writing
from studio.teams import statements
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
GOES_ON = 0.5  # seconds for which one job goes on with its line, while other jobs wait
NO_DATABASE = gettext_noop("The studio's database did not answer. Nothing was sent.")


def answer_ring(attempt_id: int) -> None:
    """Send what is first in the line that the attempt of this ring stands in, and for a moment what comes behind it.

    A job for each task would cost more than its POST. Who takes an attempt goes on with its line, so whoever joins a
    line for which somebody rang needs no ring (`rings.is_rung_for`). What a job leaves behind that ends early or is
    killed, the sweep rings for.
    """
    with across_teams():
        rung = Attempt.objects.filter(pk=attempt_id, state=State.QUEUED, due_at__lte=timezone.now())
        found = rung.values_list("connection", "task__person").first()
    if found is None:
        return
    line, until = PersonsLine(*found), time.monotonic() + GOES_ON
    while attempt := claim_first(line):
        deliver(attempt)
        if time.monotonic() >= until:
            return ring_again(line)


def ring_again(line: PersonsLine) -> None:
    """Others waited for this worker meanwhile."""
    with across_teams(), transaction.atomic():
        if attempt := first_of(line):
            ring_for(attempt, SEND)


def send(attempt_id: int) -> None:
    """Claim an attempt and POST it, at most once, ever."""
    if attempt := claim(attempt_id):
        deliver(attempt)


def deliver(attempt: Attempt) -> None:
    """POST a claimed attempt, and write down what came of it.

    A crash, and every exit that is no `Exception` (the queue's time-out is a SystemExit), leaves the attempt as
    sending; when its lease is over the sweep calls it unknown.
    """
    with across_teams():
        write_down(post(attempt))


def post(attempt: Attempt) -> Reply:
    try:
        content = prepare(attempt)
        client = attempt.connection.client()
        operation = catalog.get(attempt.task.operation)
        headers = content.headers | dict(operation.headers)
    except NotFilled as fault:
        return Reply(attempt.public_id, "not_sent", reason=str(fault), permanent=True)
    except Exception as fault:
        logger.exception("attempt %s could not be prepared", attempt.pk)
        ours = isinstance(fault, DatabaseError | InterfaceError)  # another moment is better; another body is not needed
        return Reply(attempt.public_id, "not_sent", reason=NO_DATABASE if ours else told(fault), permanent=not ours)
    try:
        answer = client.send(
            attempt.method,
            attempt.path,
            content=content.data or None,
            headers=headers,
            deadline=deadline(operation.slug),
            heard=Writing(attempt, operation) if operation.may_stream else None,
        )
        return Reply.of(attempt.public_id, without_key(answer, attempt.connection))
    except NotSent as fault:
        return Reply(attempt.public_id, "not_sent", reason=fault.reason, permanent=fault.permanent)
    except AnswerLost as fault:
        part = without_key(fault.part, attempt.connection) if fault.part else None
        return Reply.lost(attempt.public_id, fault.reason, part)
    except Exception as fault:  # whatever this is, bytes may have left
        logger.exception("attempt %s broke off", attempt.pk)
        return Reply(attempt.public_id, "lost", reason=told(fault))


def told(fault: Exception) -> str:
    return str(fault) or type(fault).__name__


def prepare(attempt: Attempt) -> Content:
    """The bytes of the body; on the attempt it is kept as text, without its files and with its addresses cut short,
    before any of them is sent."""
    task = attempt.task
    operation = catalog.get(task.operation)
    extras = catalog.unpack(task.extras)
    built = build(operation, attempt.connection, task.values, extras, task.fates, callback_url(attempt))
    filled = fill(operation, built.body, attempt.team_id, reached=attempt.connection.reaches_us()[0])
    text = catalog.dumps(filled.told)
    attempt.sent_text = mask(text)
    attempt.method = operation.method
    attempt.path = operation.address(task.values, attempt.connection.path_for(operation))
    statements.update(attempt, ("sent_text", "method", "path"))
    if operation.method == "GET" and not filled.body:
        return NO_CONTENT
    if operation.is_multipart:
        return multipart_content(filled.body)
    return json_content(catalog.dumps(filled.body) if filled.body != filled.told else text)


def write_down(reply: Reply) -> None:
    """Record a reply, or leave it in the spool for the sweep, whatever ends this job: it may have been paid for.

    An answer that is a file goes to the spool first: it is the only one of its kind, and there is no link to it.
    """
    spooled = replies.keep(reply) if isinstance(reply.answer.payload, bytes) else None
    try:
        recorded = record_patiently(reply)
    except BaseException:
        replies.keep(reply)
        raise
    if not recorded:
        replies.keep(reply)
    elif spooled:
        spooled.unlink(missing_ok=True)


def record_patiently(reply: Reply) -> bool:
    """Record it; while the database is away, wait for it. False when that takes too long."""
    until = time.monotonic() + settings.RECORD_PATIENCE
    pause = 0.2
    while True:
        try:
            record(reply)
            return True
        except AWAY:
            logger.warning("the database is away; the reply to attempt %s waits", reply.attempt)
            if time.monotonic() >= until:
                return False
            connections.close_all()
            time.sleep(pause)
            pause = min(pause * 2, 5)
