"""The inbox: every callback as it came, what was heard from it, and why not where nothing was."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from io import BytesIO

from django.db.models import F
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from studio import catalog
from studio.catalog.storable import text
from studio.gateway import read_payload
from studio.tasks.hearing import hear
from studio.tasks.masking import without_secrets
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.refusing import NotNow
from studio.tasks.states import Source
from studio.teams import statements
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
TRIES = 5
KEPT_HEADERS = ("User-Agent", "Content-Length", "X-Request-Id", "X-Oneapi-Request-Id", "X-Forwarded-For")
ADDRESSED = statements.Rows(Attempt, "WHERE public_id = %s")
CONNECTION = statements.Rows(Connection, "WHERE id = %s")
TASK = statements.Rows(
    Task, "WHERE id = %s", later=("extras", "fates", "body_text", "pattern", "prompt", "results", "actions")
)
NO_ATTEMPT = gettext_noop("The address is genuine, but no attempt has it. Was a backup restored?")
NOTHING_SAID = gettext_noop("Nothing in it could be read as news of a task.")


def store(public_id: str, request: HttpRequest, body: bytes) -> Callback:
    """Keep a request before anything is read into it, as it came but for secrets of ours. Written and committed when
    this returns."""
    attempt = ADDRESSED.first(public_id)
    kept = row_of(public_id, request, body, attempt, key_of(attempt))
    keep([kept])
    return kept


def row_of(public_id: str, request: HttpRequest, body: bytes, attempt: Attempt | None, key: str) -> Callback:
    """A request as it is kept: as it came, but for the attempt's key."""
    headers = {name: value.replace("\0", "")[:300] for name in KEPT_HEADERS if (value := request.headers.get(name))}
    return Callback(
        team_id=attempt.team_id if attempt else only_team(),
        attempt=attempt,
        public_id=public_id,
        content_type=(request.headers.get("Content-Type") or "").replace("\0", "")[:200],
        headers=headers,
        peer=request.META.get("REMOTE_ADDR", "")[:64],
        body=without_secrets(body, key),
        digest=hashlib.sha256(body).hexdigest(),
        problem="" if attempt else NO_ATTEMPT,
    )


def keep(callbacks: Sequence[Callback]) -> None:
    statements.insert_all(callbacks)


def key_of(attempt: Attempt | None) -> str:
    """The key that a gateway may repeat; one that cannot be read is no reason to lose a callback."""
    try:
        return CONNECTION.get(attempt.connection_id).key if attempt else ""
    except KeyUnreadable:
        return ""


def only_team() -> int | None:
    """Whose inbox a callback without an attempt belongs in: with several teams nobody can tell."""
    teams = list(Team.objects.values_list("pk", flat=True)[:2])
    return teams[0] if len(teams) == 1 else None


def hear_callback(callback_id: int) -> None:
    """Hear one kept callback. Never raises: what goes wrong is noted on the callback, for the sweep and for people."""
    hear_safely(callback_id, lambda: Callback.objects.select_related("attempt__task").get(pk=callback_id))


def hear_kept(callback: Callback) -> None:
    """The same for one that was kept a moment ago, by who still has it in hand."""
    hear_safely(callback.pk, lambda: callback)


def hear_safely(callback_id: int, found: Callable[[], Callback]) -> None:
    with across_teams():
        try:
            problem = try_to_hear(found())
        except Exception as fault:
            logger.exception("callback %s could not be heard", callback_id)
            problem = f"{type(fault).__name__}: {fault}"[:500].replace("\0", "")
        if problem:
            note_problem(callback_id, problem)


def try_to_hear(callback: Callback) -> str:
    """Why it could not be heard, or nothing when it was."""
    if callback.attempt is None:
        return NO_ATTEMPT
    attempt = callback.attempt
    attempt.task = TASK.get(attempt.task_id)
    report = read(callback, attempt.task)
    if says_nothing(report):
        return NOTHING_SAID
    hear(attempt, report, Source.CALLBACK, callback=callback)
    return ""


def says_nothing(report: catalog.Report) -> bool:
    return report.state is None and report.progress is None and not report.gateway_ids and not report.results


def read(callback: Callback, task: Task) -> catalog.Report:
    """What a kept callback says of this task."""
    payload = payload_of(bytes(callback.body), callback.content_type)
    return catalog.get(task.operation).read(payload, "callback", asked=task.values)


def note_problem(callback_id: int, problem: str) -> None:
    try:
        Callback.objects.filter(pk=callback_id).update(problem=problem, tries=F("tries") + 1)
    except Exception:  # the row is safe, and the sweep finds it unheard
        logger.exception("the problem of callback %s could not be noted", callback_id)


def payload_of(body: bytes, content_type: str) -> object:
    """What a gateway posted: JSON whatever its content type says, else text (the catalog reads forms) or bytes."""
    if content_type.lower().startswith("multipart/form-data"):
        return multipart_fields(body, content_type)
    return read_payload(body, content_type)


def multipart_fields(body: bytes, content_type: str) -> dict[str, str]:
    headers = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        fields, _files = MultiPartParser(headers, BytesIO(body), []).parse()
    except MultiPartParserError:
        return {}
    return {text(name): text(str(value)) for name, value in fields.items()}


def replay(callback: Callback, person: User) -> None:
    """Hear a kept callback once more. What was heard from it already changes nothing a second time."""
    with across_teams():
        if callback.attempt_id is None:
            attempt = Attempt.objects.filter(public_id=callback.public_id).first()
            if attempt is None:
                raise NotNow(_(NO_ATTEMPT))
            Callback.objects.filter(pk=callback.pk).update(attempt=attempt, team_id=attempt.team_id)
    logger.info("callback %s is replayed by person %s", callback.pk, person.pk)
    hear_callback(callback.pk)
