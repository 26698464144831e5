"""begin: what a person asked for becomes a task with its first attempt, its first event and a ring, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.tasks import events
from studio.tasks.address import planned_url
from studio.tasks.models import Attempt, Task
from studio.tasks.rings import SEND, ring
from studio.tasks.states import Kind, Source, State
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope


class NotNow(Exception):
    """The verb does not fit the state of things; the text is a sentence for the person who asked."""


def begin(
    *,
    team: Team,
    person: User,
    connection: Connection,
    operation: catalog.Operation,
    values: Mapping[str, Any],
    extras: Mapping[str, Any],
    nonce: str,
    fates: Mapping[str, str] | None = None,
    parent: Task | None = None,
) -> Task:
    """Make a task and ring for it, in one transaction. The same nonce in the same team is the same task.

    Where the connection's key is stopped, the task is held and goes its way when an owner starts the connection again.
    Raises `NotNow` when the operation is switched off or the body has errors.
    """
    nonce = nonce[:64]
    with scope(team):
        if known := Task.objects.filter(nonce=nonce).first():
            return known
        if not connection.offers(operation):
            raise NotNow(_("This operation is switched off on %(connection)s.") % {"connection": connection.name})
        text = planned_body(operation, connection, values, extras, fates or {})
        row = Task(
            team=team,
            person=person,
            connection=connection,
            operation=operation.slug,
            values=dict(values),
            extras=catalog.pack(extras),
            fates=dict(fates or {}),
            body_text=text,
            prompt=prompt_of(operation, values),
            nonce=nonce,
            parent=parent,
        )
        try:
            with transaction.atomic():
                return insert(row)
        except IntegrityError:  # the same click, a moment earlier, in another process
            if known := Task.objects.filter(nonce=nonce).first():
                return known
            raise


def insert(task: Task) -> Task:
    task.state = State.HELD if task.connection.is_stopped else State.QUEUED
    task.held_because = task.connection.stopped_because if task.state == State.HELD else ""
    task.save(force_insert=True)
    now = timezone.now()
    attempt = Attempt.objects.create(
        team_id=task.team_id,
        task=task,
        connection_id=task.connection_id,
        state=task.state,
        due_at=now,
        rung_at=now if task.state == State.QUEUED else None,
    )
    if task.state == State.QUEUED:
        ring(SEND, attempt.pk)
    events.append(task, Kind.BEGUN, Source.PERSON, attempt=attempt, person=task.person, text=task.held_because)
    return task


def planned_body(
    operation: catalog.Operation,
    connection: Connection,
    values: Mapping[str, Any],
    extras: Mapping[str, Any],
    fates: Mapping[str, str],
) -> str:
    """The body as it will be sent, but for the callback address. Raises `NotNow` with the first error in it."""
    built = build(operation, connection, values, extras, fates, planned_url())
    errors = [problem for problem in built.problems if problem.level == "error"]
    if errors:
        raise NotNow(errors[0].message.get(get_language() or "en"))
    return catalog.dumps(built.body)


def build(
    operation: catalog.Operation,
    connection: Connection,
    values: Mapping[str, Any],
    extras: Mapping[str, Any],
    fates: Mapping[str, str],
    callback_url: str,
) -> catalog.Built:
    """The catalog's body with our callback address in it, where the operation has a place for one."""
    filled = dict(values)
    if operation.callback:
        filled[operation.callback] = callback_url
    return operation.body(filled, extras, {**connection.fates, **fates})


def prompt_of(operation: catalog.Operation, values: Mapping[str, Any]) -> str:
    prompts = [values.get(field.at) for field in operation.fields if field.role == "prompt"]
    return next((text for text in prompts if isinstance(text, str)), "")
