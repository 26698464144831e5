"""What a task's page shows, gathered from the task's rows and the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from studio import catalog
from studio.files.filling import describe, files_in, references_in
from studio.files.models import File
from studio.languages import in_words
from studio.tasks import approvals
from studio.tasks.lineage import lineage
from studio.tasks.masking import mask
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.offers import Choice, grouped, main_first, offers
from studio.tasks.onward import onward
from studio.tasks.recipes import standing
from studio.tasks.settling import settled
from studio.tasks.states import FINAL, Kind, Source, State
from studio.tasks.words import charged, mark, sentence

LINES = 200  # of a history; a week of queries makes fewer
CALLBACKS = 20  # of an attempt, the newest; the inbox has them all
SHOWN = 64 * 1024  # characters of one raw text


@dataclass(frozen=True)
class Line:
    """An event, the words for it, whether the state turned there, and the seconds since the line before.

    `asks` where the words do not say that the gateway is asked whether what it told is true. `times` counts files that
    were kept one after the other: they share a line.
    """

    event: Event
    words: str
    turn: bool
    lag: float | None
    asks: bool = False
    times: int = 1


@dataclass(frozen=True)
class HeardText:
    """What came of an answer so far: its end, where it is long, and how many characters it has in all."""

    text: str
    length: int

    @property
    def cut(self) -> bool:
        return len(self.text) < self.length

    @classmethod
    def of(cls, attempt: Attempt) -> HeardText | None:
        text = attempt.heard_text
        return cls(text[-SHOWN:], len(text)) if text.strip() else None


def version(task_id: int) -> int:
    """Changes whenever anything about the task does, but for the text of an answer that is being written: that has a
    fragment of its own. Read it before the task: what happens between the two must make the version look old, never
    the task look new."""
    told = Event.objects.filter(task=task_id).exclude(kind=Kind.WRITING)
    newest: int | None = told.aggregate(newest=Max("id"))["newest"]
    return newest or 0


def writes(attempt: Attempt) -> bool:
    """Whether an answer may be coming that can be read while it is written."""
    operation = catalog.find(attempt.task.operation)
    return attempt.state == State.SENDING and operation is not None and operation.may_stream


def is_coming(task: Task) -> bool:
    """Whether anything will come by itself: of a lost answer only where the gateway can be asked for it."""
    if task.is_final or task.waits or task.awaits_approval:
        return False
    return task.state != State.UNKNOWN or task.next_poll_at is not None


def results(task: Task, attempt: Attempt) -> dict[str, Any]:
    """The files of the task. What came of an answer that broke off is shown as the text it is, not once more as one."""
    files, heard = list(task.assets.all()), HeardText.of(attempt)
    partial = next((file for file in files if heard and file.role == catalog.PARTIAL), None)
    kept = partial if partial and partial.keeping == "kept" else None
    return {"assets": [file for file in files if file is not partial], "heard": heard, "partial": kept}


def page(task: Task, seen: int) -> dict[str, Any]:
    """Everything the card needs, in a bounded number of queries. `seen` is the version read before the task."""
    attempt, operation = task.leading(), catalog.find(task.operation)
    recipe = standing(task)
    further = onward(task).without(recipe.taken if recipe else ())
    answers = [replace(each, look="primary") for each in further.whole] if task.waits else []
    onwards = further.whole if recipe and recipe.offers else main_first(further.whole)
    reached, why_not = task.connection.reaches_us()
    files = files_in(task.values, task.team_id)
    failed = failure(task, attempt)
    choice = offers(task, attempt, failed) if operation else Choice()
    return {
        "task": task,
        "attempt": attempt,
        "operation": operation,
        "title": in_words(operation.title) if operation else task.operation,
        "prompt": operation.prompt_of(task.values) if operation else task.prompt,
        **results(task, attempt),
        **approvals.shown(task),
        "writes": writes(attempt),
        "coming": is_coming(task),
        "sentence": sentence(task, attempt),
        "mark": mark(task),
        "failure": failed,
        "charged": charged(task, failed),
        "offers": [*answers, *choice.shown],
        "more_offers": choice.more,
        "follow_ups": {} if task.waits else grouped(onwards),
        "onward": further,
        "standing": recipe,
        "settled": settled(task),
        "version": seen,
        "usual": usual(operation),
        "lines": lines(task),
        "attempts": [record(each) for each in task.attempts.all()],
        "body": readable(body_of(task, attempt, files, reached=reached)),
        "files": [files[each] for each in dict.fromkeys(references_in(task.values)) if each in files],
        "sent": mask(attempt.sent_text),
        "tree": lineage(task),
        "unreachable": "" if reached or task.is_final else why_not,
    }


def body_of(task: Task, attempt: Attempt, files: Mapping[str, File], *, reached: bool) -> str:
    """The body as it was sent, or will be, with a readable text where a file's reference stands."""
    text, operation = attempt.sent_text or task.body_text, catalog.find(task.operation)
    if not files or operation is None:
        return text
    # What still is a reference after sending went inside the body.
    body = describe(operation, catalog.loads(text), files, reached=reached and not attempt.sent_text)
    return catalog.dumps(body)


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
    heard: Event | None = None
    for event in events:
        if found and event.kind == found[-1].event.kind == Kind.KEPT:
            found[-1] = replace(found[-1], times=found[-1].times + 1)
            before = event
            continue
        turn = before is None or before.state != event.state
        lag = (event.created_at - before.created_at).total_seconds() if before else None
        asks = turn and event.state in FINAL and is_unproven(event)
        found.append(Line(event, words_of(event, heard, turn), turn, lag, asks))
        before = event
        heard = event if event.kind == Kind.HEARD else heard
    return found


def is_unproven(event: Event) -> bool:
    """Whether a callback told of an end, and the gateway is yet to confirm it."""
    return bool(event.data.get("verifying"))


def words_of(event: Event, heard: Event | None, turn: bool) -> str:
    """The words for an event; `heard` is the news before it."""
    if event.kind != Kind.HEARD:
        return str(Kind(event.kind).label) if event.kind in Kind.values else event.kind
    if event.data.get("needs"):
        return _("It waits for input")
    if turn and (event.state in FINAL or not is_unproven(event)):
        return str(State(event.state).label)
    if is_unproven(event):
        return _("Told that it has ended; asking whether that is true")
    if event.source == Source.POLL and event.state in FINAL and heard and is_unproven(heard):
        return _("Confirmed")
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
