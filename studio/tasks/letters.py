"""What an attempt sends: written on its row with the claim, made of bytes once that is committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError

from studio import catalog
from studio.catalog import paths
from studio.files.filling import Filled, NotFilled, fill
from studio.gateway import NO_CONTENT, Content, json_content, multipart_content
from studio.gateway.errors import gettext_noop
from studio.tasks.address import callback_url, planned_url
from studio.tasks.masking import mask
from studio.tasks.models import Attempt
from studio.teams import statements

# To send it would be paid for, and nobody would hear of the result.
MOVED = gettext_noop(
    "The place of the callback address has another name since this task was begun, so nothing was sent. Run it again."
)
REHEARSED = gettext_noop(
    "This began as a free rehearsal, and its connection leads to another gateway by now, so nothing was sent. Run it "
    "again."
)


@dataclass(frozen=True)
class Letter:
    """`text` is the body as it is kept: without its files."""

    operation: catalog.Operation
    filled: Filled
    text: str

    def content(self) -> Content:
        """The bytes of the body. Reads the files; raises `NotFilled`."""
        body = self.filled.body
        if self.operation.method == "GET" and not body:
            return NO_CONTENT
        if self.operation.is_multipart:
            return multipart_content(body)
        return json_content(catalog.dumps(body) if body != self.filled.told else self.text)

    def frames(self) -> list[str]:
        """The frames of the body, each as its text, in their order; raises `NotFilled`."""
        return [catalog.dumps(frame) for frame in self.filled.body]


def write(attempt: Attempt) -> Letter | Exception:
    """Write the letter, and on the attempt what is kept of it, with its addresses cut short. In the transaction of the
    claim: one of its own would keep other writers waiting as long again.

    Returns what keeps it from being written: the attempt is claimed then, and will be told so. Raises only what the
    database raises: then nothing is claimed either.
    """
    try:
        letter = compose(attempt)
        attempt.sent_text, attempt.method = mask(letter.text), letter.operation.method
        attempt.path = letter.operation.address(attempt.task.values, attempt.connection.path_for(letter.operation))
    except (DatabaseError, InterfaceError):
        raise
    except Exception as fault:
        return fault
    statements.update(attempt, ("sent_text", "method", "path"))
    return letter


def compose(attempt: Attempt) -> Letter:
    """The body as it was planned when the task began, and so as a person saw it, whatever a later catalog or connection
    would make of the same values. Raises `NotFilled`."""
    operation, connection = catalog.get(attempt.task.operation), attempt.connection
    if attempt.task.is_rehearsal and not connection.is_sandbox:
        raise NotFilled(REHEARSED)  # it stands in no budget, and no owner was asked
    body = catalog.loads(attempt.task.body_text)
    placed = not operation.callback or put_address(body, operation.callback, callback_url(attempt))
    if not placed and catalog.dumps(planned_url()) in attempt.task.body_text:
        raise NotFilled(MOVED)
    filled = fill(operation, body, attempt.team_id, reached=connection.reaches_us()[0])
    return Letter(operation, filled, catalog.dumps(filled.told))


def put_address(body: dict[str, Any], at: str, address: str) -> bool:
    """Put it in the place of what stands for it. False where nothing does: a person may have left it out."""
    *above, last = (step or "[]" for step in paths.parse(at))  # as the catalog puts values into a body
    for step in above:
        inner = body.get(step)
        if not isinstance(inner, dict):
            return False
        body = inner
    if last not in body:
        return False
    body[last] = address
    return True
