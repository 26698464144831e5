"""An answer while it is being written: its text and progress so far stand on the attempt, and open pages are told."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, InterfaceError

from studio import catalog
from studio.tasks.changing import Change, change
from studio.tasks.masking import without_secrets
from studio.tasks.models import Attempt
from studio.tasks.states import Kind, Source, State
from studio.teams import statements

logger = logging.getLogger(__name__)
AFTER_TROUBLE = 5.0  # seconds; a database that is away must not hold up the paid answer for long


class Writing:
    """Hears the stream of one attempt, as the gateway's client hands it over: always from its beginning.

    Nothing that goes wrong here may touch the call: the whole answer is recorded anyway.
    """

    def __init__(self, attempt: Attempt, operation: catalog.Operation) -> None:
        self.attempt = attempt
        self.operation = operation
        self.key = attempt.connection.key
        self.heard = catalog.Heard()
        self.not_before = 0.0

    def __call__(self, body: bytes) -> None:
        if time.monotonic() < self.not_before:
            return
        try:
            heard = self.operation.heard(without_secrets(body, self.key))
            if heard != self.heard:
                note(self.attempt, heard)
                self.heard = heard
        except (DatabaseError, InterfaceError) as fault:
            logger.warning("what attempt %s heard could not be shown: %s", self.attempt.pk, fault)
            self.not_before = time.monotonic() + AFTER_TROUBLE
        except Exception:
            logger.exception("what attempt %s heard could not be read", self.attempt.pk)
            self.not_before = float("inf")


def note(attempt: Attempt, heard: catalog.Heard) -> None:
    """Keep what has come so far, while the attempt is still waiting for its end, and ring for those who watch."""
    with change(attempt.task_id) as one:
        sending = Attempt.objects.filter(pk=attempt.pk, state=State.SENDING, answered_at=None)
        if sending.update(heard_text=heard.text):
            # Every list fetches a bar that is new; from then on it moves by itself.
            kind = Kind.HEARD if heard.progress is not None and advance(one, attempt, heard.progress) else Kind.WRITING
            one.say(kind, Source.ANSWER, attempt=attempt)


def advance(one: Change, attempt: Attempt, progress: int) -> bool:
    """Let the progress grow; it never falls. True when it is the first that was told."""
    mine = one.attempt(attempt.pk)
    known, mine.progress = mine.progress, max(mine.progress or 0, progress)
    if mine.progress != known:
        statements.update(mine, ("progress",))
        one.show()
    return known is None
