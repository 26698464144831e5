"""begin: what a person asked for becomes a task with its first attempt, its first event and a ring, or nothing does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import catalog
from studio.files.marking import HIDDEN, hide, holds_hidden, show
from studio.languages import in_both
from studio.ledger.rehearsals import terms_on
from studio.ledger.terms import Terms
from studio.tasks import by_words, events
from studio.tasks.address import planned_url
from studio.tasks.approvals import ASKED, ASKED_UNCOUNTED
from studio.tasks.budget import within_budget
from studio.tasks.models import Attempt, Task
from studio.tasks.refusing import NotNow, TooMany, TooManyAsked
from studio.tasks.rings import SEND, is_rung_for, ring
from studio.tasks.states import UNSENT, Approval, Kind, Source, State
from studio.teams import statements
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope

MOST_WAITING = 500  # tasks of one team that may wait to be sent
MOST_ASKED_FOR = 500  # tasks of one team that may wait for an owner's approval, beside those
KNOWN = "SELECT EXISTS (SELECT 1 FROM tasks_task WHERE team_id = %s AND nonce = %s)"
WAITING = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM tasks_task WHERE team_id = %s AND state IN (%s, %s) AND approval <> %s LIMIT %s
    ) AS waiting
"""
ASKED_FOR = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM tasks_task WHERE team_id = %s AND state = %s AND approval = %s LIMIT %s
    ) AS waiting
"""


class Origin(TypedDict, total=False):
    """What a task goes on from, where it stands in a recipe, what its texts were drawn from (see `Task.pattern`), and
    whether it is for its person only."""

    parent: Task | None
    recipe: str
    step: int | None
    pattern: dict[str, Any]
    private: bool | None  # None: as what it goes on from


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
    **origin: Unpack[Origin],
) -> Task:
    """Make a task and ring for it, in one transaction. The same nonce in the same team is the same task.

    Held, and not rung for, where the connection's key is stopped, or until an owner has approved its price. Raises
    `NotNow` when the operation is off, the body has errors or a hidden file, too many wait, or a budget is too small.
    """
    nonce = nonce[:64]
    with scope(team):
        if known := begun_before(team.pk, nonce):
            return known
        refuse_at_once(connection, operation, values, person)
        body = planned_body(operation, connection, values, extras, fates or {})
        money, parent = terms_of(connection, person, operation, body), origin.get("parent")
        refuse_a_flood(team.pk, asked=money.needs_approval)
        if origin.get("private") is None:
            origin["private"] = bool(parent and parent.private)
        text = catalog.dumps(body)
        row = Task(
            team=team,
            person=person,
            connection=connection,
            operation=operation.slug,
            values=dict(values),
            extras=catalog.pack(extras),
            fates=dict(fates or {}),
            body_text=text,
            digest=digest(operation, connection, values, text),
            prompt=operation.prompt_of(values) or (parent.prompt if parent else ""),
            nonce=nonce,
            price=money.price,
            approval=Approval.ASKED if money.needs_approval else "",
            **origin,
        )
        return insert_once(row, has_budget=money.has_budget)


def refuse_at_once(
    connection: Connection, operation: catalog.Operation, values: Mapping[str, Any], person: User
) -> None:
    """What is off here, and what holds a file that somebody else keeps to themselves."""
    if not connection.offers(operation):
        name = {"connection": connection.name}
        raise NotNow(in_both(lambda: _("This operation is switched off on %(connection)s.") % name))
    if holds_hidden(values, person):
        raise NotNow(in_both(lambda: _(HIDDEN)))


def digest(operation: catalog.Operation, connection: Connection, values: Mapping[str, Any], text: str) -> str:
    """The same for tasks that ask the same of the same gateway: operation, connection, address and body."""
    what = f"{operation.slug}\0{connection.pk}\0{operation.address(values)}\0{text}"
    return hashlib.sha256(what.encode()).hexdigest()[:32]


def begun_before(team: int, nonce: str) -> Task | None:
    """The task of an earlier press of the same form."""
    if not statements.ask(KNOWN, team, nonce)[0]:
        return None
    return Task.objects.filter(nonce=nonce).first()


def refuse_a_flood(team: int, *, asked: bool) -> None:
    """A queue without an end is a promise that nobody keeps, and a loop in somebody's script becomes a bill. What waits
    for an owner's approval takes nobody's place in the queue; of that, too, there are only so many."""
    if asked:
        waiting, most = statements.ask(ASKED_FOR, team, State.HELD, Approval.ASKED, MOST_ASKED_FOR)[0], MOST_ASKED_FOR
        said = _("%(count)s tasks of this team wait for an owner's approval. Wait for the owner, or cancel some.")
    else:
        waiting, most = statements.ask(WAITING, team, *UNSENT, Approval.ASKED, MOST_WAITING)[0], MOST_WAITING
        said = _("%(count)s tasks of this team wait to be sent. Wait until some are on their way, or cancel some.")
    if waiting >= most:
        raise (TooManyAsked if asked else TooMany)(said % {"count": waiting})


def terms_of(connection: Connection, person: User, operation: catalog.Operation, body: Any) -> Terms:
    """The terms of a body, counted as it is sent. Raises `NotNow` where nobody could say whether a budget holds."""
    found = terms_on(connection, person, operation, operation.values(body)[0])
    if found.refused:
        raise NotNow(found.refused)
    return found


def insert_once(row: Task, *, has_budget: bool) -> Task:
    try:
        with transaction.atomic():
            if has_budget:
                within_budget(row.team, row.person, [row.price])
            return insert(row)
    except (IntegrityError, NotNow):  # the same click, a moment earlier, in another process
        if known := Task.objects.filter(nonce=row.nonce).first():
            return known
        raise


def insert(task: Task) -> Task:
    asked, stopped = task.approval == Approval.ASKED, task.connection.is_stopped
    task.state = State.HELD if asked or stopped else State.QUEUED
    task.held_because = task.connection.stopped_because if stopped and not asked else ""
    task.charge = Decimal() if asked else task.price or Decimal()
    task.counted_at = None if task.connection.is_sandbox else timezone.now()
    statements.insert(task)
    by_words.enter(task)
    (hide if task.private else show)(task.values, task.person)
    now = timezone.now()
    rings = task.state == State.QUEUED and not is_rung_for(task.connection)
    attempt = Attempt(
        team_id=task.team_id,
        task=task,
        connection_id=task.connection_id,
        state=task.state,
        due_at=now,
        rung_at=now if rings else None,
    )
    statements.insert(attempt)
    if rings:
        ring(SEND, attempt.pk)
    why = (ASKED if task.price is not None else ASKED_UNCOUNTED) if asked else task.held_because
    events.append(task, Kind.BEGUN, Source.PERSON, attempt=attempt, person=task.person, text=why)
    return task


def planned_body(
    operation: catalog.Operation,
    connection: Connection,
    values: Mapping[str, Any],
    extras: Mapping[str, Any],
    fates: Mapping[str, str],
) -> Any:
    """The body as it will be sent, but for the callback address. Raises `NotNow` with the first error in it."""
    built = build(operation, connection, values, extras, fates)
    errors = [problem for problem in built.problems if problem.level == "error"]
    if errors:
        raise NotNow(errors[0].message)
    return built.body


def build(
    operation: catalog.Operation,
    connection: Connection,
    values: Mapping[str, Any],
    extras: Mapping[str, Any],
    fates: Mapping[str, str],
) -> catalog.Built:
    """The catalog's body, with what stands for our callback address where the operation has a place for one."""
    filled = dict(values)
    if operation.callback:
        filled[operation.callback] = planned_url()
    return operation.body(filled, extras, {**connection.fates, **fates})
