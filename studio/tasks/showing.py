"""What a task's page shows, gathered from the task's rows and the catalog."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.tasks.masking import mask
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Kind, State
from studio.tasks.words import follow_ups, known, mark, offers, sentence

LINES = 200  # of a history; a week of queries makes fewer
CALLBACKS = 20  # of an attempt, the newest; the inbox has them all
SHOWN = 64 * 1024  # characters of one raw text
QUIET = timedelta(hours=1)  # after which a finished task has nothing more to tell


@dataclass(frozen=True)
class Line:
    """An event, the words for it, whether the state turned there, and the seconds since the line before.

    `times` counts files that were kept one after the other: they share a line.
    """

    event: Event
    words: str
    turn: bool
    lag: float | None
    times: int = 1


def version(task_id: int) -> int:
    """Changes whenever anything about the task does. Read it before the task: what happens between the two must make
    the version look old, never the task look new."""
    newest: int | None = Event.objects.filter(task=task_id).aggregate(newest=Max("id"))["newest"]
    return newest or 0


def settled(task: Task) -> bool:
    """Nothing more will come by itself: it has ended, and its files are kept or lost."""
    if not task.is_final:
        return False
    if task.finished_at and timezone.now() - task.finished_at > QUIET:
        return True
    assets = list(task.assets.all())
    return bool(assets or not task.results) and all(asset.keeping != "waiting" for asset in assets)


def page(task: Task, seen: int) -> dict[str, Any]:
    """Everything the card needs, in a bounded number of queries. `seen` is the version read before the task."""
    attempt, operation = task.leading(), known(task.operation)
    reached, why_not = task.connection.reaches_us()
    return {
        "task": task,
        "attempt": attempt,
        "operation": operation,
        "title": operation.title.get(get_language() or "en") if operation else task.operation,
        "assets": list(task.assets.all()),
        "sentence": sentence(task, attempt),
        "mark": mark(task),
        "failure": failure(task, attempt),
        "offers": offers(task, attempt) if operation else [],
        "follow_ups": follow_ups(task),
        "settled": settled(task),
        "version": seen,
        "usual": usual(operation),
        "lines": lines(task),
        "attempts": [record(each) for each in task.attempts.all()],
        "body": readable(attempt.sent_text or task.body_text),
        "sent": mask(attempt.sent_text),
        "children": list(task.children.only("id", "state", "team")[:20]),
        "unreachable": "" if reached or task.is_final else why_not,
    }


def failure(task: Task, attempt: Attempt) -> catalog.Explanation | None:
    if task.state not in {State.FAILED, State.REFUSED, State.HELD, State.UNKNOWN} or not (task.error or attempt.error):
        return None
    system = task.operation.partition(".")[0]
    return catalog.explain(task.error or attempt.error, status=attempt.answer_status, system=system)


def usual(operation: catalog.Operation | None) -> str:
    """How long it usually takes, as a clause, where that is known."""
    if not operation or not operation.seconds:
        return ""
    low, high = operation.seconds
    if high < 120:
        return _("usually %(low)s to %(high)s seconds") % {"low": round(low), "high": round(high)}
    return _("usually %(low)s to %(high)s minutes") % {"low": max(1, round(low / 60)), "high": round(high / 60)}


def lines(task: Task) -> list[Line]:
    """The history, oldest first; each line says whose word it is and how long after the line before."""
    events = list(task.events.select_related("person", "attempt").order_by("-id")[:LINES])[::-1]
    found: list[Line] = []
    before: Event | None = None
    for event in events:
        if found and event.kind == found[-1].event.kind == Kind.KEPT:
            found[-1] = replace(found[-1], times=found[-1].times + 1)
            before = event
            continue
        turn = before is None or before.state != event.state
        lag = (event.created_at - before.created_at).total_seconds() if before else None
        found.append(Line(event, words_of(event, turn), turn, lag))
        before = event
    return found


def words_of(event: Event, turn: bool) -> str:
    if event.kind != Kind.HEARD:
        return str(Kind(event.kind).label) if event.kind in Kind.values else event.kind
    if event.data.get("verifying"):
        return _("Told that it has ended; asking whether that is true")
    if turn:
        return str(State(event.state).label)
    return f"{event.progress} %" if event.progress is not None else str(Kind.HEARD.label)


def record(attempt: Attempt) -> dict[str, Any]:
    """One attempt with everything raw that was heard about it."""
    return {
        "row": attempt,
        "sent": mask(attempt.sent_text),
        "answer": raw(attempt.answer_text),
        "callbacks": [
            {"row": each, "text": raw(bytes(each.body).decode("utf-8", "replace"))} for each in attempt.newest_callbacks
        ],
    }


def raw(text: str) -> str:
    """A text from outside, laid out if it is JSON, cut where nobody reads on, never with a callback address in it."""
    return readable(text) if len(text) <= SHOWN else mask(text[:SHOWN]) + "\n…"


def readable(text: str) -> str:
    try:
        return mask(catalog.dumps(catalog.loads(text), indent=2))
    except (catalog.JSONProblem, ValueError):
        return mask(text)
