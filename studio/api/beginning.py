"""From a call to a task: by the same verb as a form's, once for each `Idempotency-Key`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from studio import catalog
from studio.api.calling import Call
from studio.api.problems import Problem
from studio.api.shapes import PresetRun, TaskShape
from studio.api.telling import whole_task
from studio.api.tokens import Caller
from studio.composer import preset_runs
from studio.composer.controls import UNSET, NotReadable, parse
from studio.composer.drafts import Draft
from studio.composer.preset_runs import CannotRun
from studio.composer.wishes import RANDOM
from studio.library.models import Preset
from studio.tasks.models import Task
from studio.tasks.states import State

NEXT = "g"  # sorts behind every hexadecimal digit


def begun(request: Call, key: str, begin: Callable[[str], Task]) -> tuple[TaskShape, int]:
    """The task and the status of the answer. A key that stands for another body is refused.

    A nonce has two halves: of who says which key, and of what is asked. So a second call is found by the first half,
    and two at the same moment meet in the database, as two clicks on a form's button do.
    """
    who = half(f"{request.auth.user.pk}\0{key or secrets.token_hex(16)}")
    nonce = who + half(f"{request.get_full_path()}\0{hashlib.sha256(request.body).hexdigest()}")
    before = Task.objects.filter(nonce__gte=who, nonce__lt=who + NEXT).first()
    if before and before.nonce != nonce:
        said = _("This Idempotency-Key was used with another body or address before. Take a new key for a new task.")
        raise Problem(409, "key_used", said)
    task = before or begin(nonce)
    made = 202 if task.state == State.HELD else 201
    return whole(task.pk), 200 if before else made


def whole(pk: int) -> TaskShape:
    """Raises Http404 for one that is not there, or of another team."""
    found = whole_task(pk)
    if found is None:
        raise Http404
    return found


def half(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def run_preset(caller: Caller, preset: Preset, given: PresetRun, nonce: str) -> Task:
    """Raises `CannotRun`."""
    version, draft = preset_runs.opened(preset)
    if given.seed is not None:
        draft.wish.how, draft.wish.n_text, draft.wish.seed_text = RANDOM, "1", str(given.seed)
    preset_runs.fill(draft, wanted(draft.operation, given.values))
    preset_runs.say(draft, given.variables)
    return preset_runs.begin(
        caller.membership, draft, nonce=nonce, connection=given.connection, version=version, private=given.private
    )


def wanted(operation: catalog.Operation, values: Mapping[str, Any]) -> dict[str, object]:
    """The values by path: a text is read as a form reads it, anything else is taken as it is.

    Raises `CannotRun` with all that cannot be read.
    """
    found: dict[str, object] = {}
    faults: dict[str, str] = {}
    sentences: list[str] = []
    for at, value in values.items():
        try:
            field = preset_runs.field_at(operation, at)
            found[at] = UNSET if value is None else parse(field, value) if isinstance(value, str) else value
        except NotReadable as problem:
            faults[at] = str(problem)
            sentences.append(f"{at}: {problem}")
        except CannotRun as problem:  # names the field itself
            faults[at] = str(problem)
            sentences.append(str(problem))
    if faults:
        raise CannotRun("\n".join(sentences), faults)
    return found


def run_operation(
    caller: Caller,
    operation: catalog.Operation,
    body: Mapping[str, Any],
    connection: str,
    private: bool | None,
    nonce: str,
) -> Task:
    """Raises `CannotRun`."""
    _all, chosen = preset_runs.connection_for(operation, connection)
    draft = Draft(operation)
    draft.take_body(dict(body), chosen.fates if chosen else {})
    return preset_runs.begin(caller.membership, draft, nonce=nonce, connection=connection, private=private)
