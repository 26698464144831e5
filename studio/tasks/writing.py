"""An answer while it is being written: its text so far stands on the attempt, and open pages are told that it grew."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, InterfaceError

from studio import catalog
from studio.tasks.changing import change
from studio.tasks.masking import without_secrets
from studio.tasks.models import Attempt
from studio.tasks.states import Kind, Source, State

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
        self.text = ""
        self.not_before = 0.0

    def __call__(self, body: bytes) -> None:
        if time.monotonic() < self.not_before:
            return
        try:
            text = self.operation.heard(without_secrets(body, self.key))
            if text != self.text:
                note(self.attempt, text)
                self.text = text
        except (DatabaseError, InterfaceError) as fault:
            logger.warning("what attempt %s heard could not be shown: %s", self.attempt.pk, fault)
            self.not_before = time.monotonic() + AFTER_TROUBLE
        except Exception:
            logger.exception("what attempt %s heard could not be read", self.attempt.pk)
            self.not_before = float("inf")


def note(attempt: Attempt, text: str) -> None:
    """Keep the text so far, while the attempt is still waiting for its end, and ring for those who watch."""
    with change(attempt.task_id) as one:
        sending = Attempt.objects.filter(pk=attempt.pk, state=State.SENDING, answered_at=None)
        if sending.update(heard_text=text):
            one.say(Kind.WRITING, Source.ANSWER, attempt=attempt)
