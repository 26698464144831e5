"""What a reply means for its attempt: accepted, refused, to be tried again, or unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from studio import catalog
from studio.gateway import Answer, Outcome, classify
from studio.tasks.changing import Change, change, twice_if_raced
from studio.tasks.continuing import make_way
from studio.tasks.events import hush
from studio.tasks.hearing import ANOTHER_ID, learn
from studio.tasks.keys import stop
from studio.tasks.laying import lay_aside
from studio.tasks.masking import mask
from studio.tasks.models import Attempt, Task
from studio.tasks.news import News, news_of, without_key
from studio.tasks.outage import learn_from
from studio.tasks.replies import Reply, keep, put_aside
from studio.tasks.rings import KEEP, ring
from studio.tasks.schedule import BUSY_TRIES, TRIES, until_attempt, until_room
from studio.tasks.states import Kind, Source, State
from studio.teams import statements
from studio.teams.models import Connection
from studio.teams.scope import across_teams

ATTEMPT = statements.Rows(Attempt, "WHERE public_id = %s")
TASK = statements.Rows(Task, "WHERE id = %s")
CONNECTION = statements.Rows(Connection, "WHERE id = %s")
ANSWER_KEPT = 64 * 1024  # characters


def record(reply: Reply, task: Task | None = None) -> None:
    """Write a reply down, once. What it means for the key comes first, so that no other attempt runs into the same.

    Who has just sent it knows the `task`. One to an attempt that is not there (a backup was restored) is put aside for
    a person: it may have been paid for.
    """
    attempt = named(reply.attempt, task)
    if attempt is None:
        put_aside(keep(reply))
        return
    if attempt.answered_at:
        return
    with across_teams():
        learn_from(attempt, reply)
    if reply.result == "answer" or tells_its_end(attempt, reply):
        twice_if_raced(lambda: record_answer(attempt, reply.answer))
    else:
        with change(attempt.task_id) as one:
            fresh = one.attempt(attempt.pk)
            if fresh.answered_at is None:
                record_silence(one, fresh, reply)


def named(public_id: str, task: Task | None) -> Attempt | None:
    """An attempt with its connection and its task, of which only what never changes is looked at: what was asked."""
    with across_teams():
        attempt = ATTEMPT.first(public_id)
        if attempt:
            attempt.task, attempt.connection = task or TASK.get(attempt.task_id), CONNECTION.get(attempt.connection_id)
    return attempt


def tells_its_end(attempt: Attempt, reply: Reply) -> bool:
    """Whether a stream whose connection broke had already said how it ends: nothing of it is missing."""
    return bool(reply.body) and read(attempt, without_key(reply.answer, attempt.connection)).state is not None


def read(attempt: Attempt, answer: Answer) -> catalog.Report:
    return catalog.get(attempt.task.operation).read(answer.payload, "answer", answer.status, attempt.task.values)


def record_answer(attempt: Attempt, answer: Answer) -> None:
    answer = without_key(answer, attempt.connection)
    report = lay_aside(attempt, read(attempt, answer))
    outcome = judged(attempt, answer, report)
    wait = 0.0
    if outcome == Outcome.REFUSED and answer.stops_key:
        stop(attempt.connection, report.said or f"HTTP {answer.status}")
    elif outcome == Outcome.REFUSED_RETRY:
        wait = until_room(attempt.number, answer.retry_after)
        attempt.connection.pause(timezone.now() + timedelta(seconds=wait))
    if outcome == Outcome.ACCEPTED:
        make_way(attempt)
    with change(attempt.task_id) as one:
        fresh, news = one.attempt(attempt.pk), news_of(report)
        if fresh.answered_at:
            return  # the sweep was quicker, with the same reply from the spool
        note_answer(one, fresh, answer, whole=outcome == Outcome.ACCEPTED and not report.is_partial)
        keep_partial(one, fresh, news)
        if outcome == Outcome.ACCEPTED:
            learn(one, fresh, replace(news, state=news.state or State.ACCEPTED), Source.ANSWER)
            if fresh.state == State.SENDING:  # its id is another attempt's, so nobody knows what was accepted
                lose(one, fresh, ANOTHER_ID)
        elif outcome == Outcome.UNKNOWN:
            learn(one, fresh, replace(news, state=None), Source.ANSWER)
            lose(one, fresh, report.said or f"HTTP {answer.status}")
        else:
            refused = refuse(one, fresh, report.said or f"HTTP {answer.status}")
            if refused and outcome == Outcome.REFUSED_RETRY:
                try_later(one, fresh, timedelta(seconds=wait), BUSY_TRIES)


def judged(attempt: Attempt, answer: Answer, report: catalog.Report) -> Outcome:
    """What the answer means. A 429 that the catalog knows to be no question of time is a plain no."""
    operation = catalog.find(attempt.task.operation)
    at_once = operation is not None and operation.answers_at_once
    by_handshake = operation is not None and operation.turn is not None
    outcome = classify(answer, report, at_once=at_once, by_handshake=by_handshake)
    if outcome != Outcome.REFUSED_RETRY:
        return outcome
    system = attempt.task.operation.partition(".")[0]
    meaning = catalog.explain(report.error, answer.status, system, report.code)
    return Outcome.REFUSED if meaning and meaning.again == "no" else outcome


def note_answer(one: Change, attempt: Attempt, answer: Answer, *, whole: bool) -> None:
    """What came back, as text; what was heard on the way is only worth keeping where it is all there is."""
    hush(one.task)
    attempt.answered_at = timezone.now()
    attempt.answer_status = answer.status
    if isinstance(answer.payload, bytes):
        attempt.answer_text = f"{answer.headers.get('content-type', '?')}, {len(answer.body)} bytes"
    else:
        attempt.answer_text = mask(answer.body.decode("utf-8", "replace").replace("\0", ""))[:ANSWER_KEPT]
    attempt.heard_text = "" if whole else attempt.heard_text
    statements.update(attempt, ("answered_at", "answer_status", "answer_text", "heard_text"))


def keep_partial(one: Change, attempt: Attempt, news: News) -> None:
    """What came of an answer that broke off becomes a result, marked as such: it was paid for. The page shows all of
    it, also what came too quickly to be shown while it was written."""
    partial = [result for result in news.results if result["role"] == catalog.PARTIAL]
    if text := next((result["text"] for result in partial if "text" in result), ""):
        attempt.heard_text = text
        attempt.save(update_fields=["heard_text"])
    if fresh := [result for result in partial if result not in one.task.results]:
        one.task.results = [*one.task.results, *fresh]
        ring(KEEP, one.task.pk)


def record_silence(one: Change, attempt: Attempt, reply: Reply) -> None:
    hush(one.task)
    attempt.answered_at = timezone.now()
    if reply.body:
        part = without_key(reply.answer, attempt.connection)
        attempt.answer_status, attempt.answer_text = part.status, mask(str(part.payload))[:ANSWER_KEPT]
        keep_partial(one, attempt, news_of(lay_aside(attempt, read(attempt, part))))
    if reply.result == "lost":
        lose(one, attempt, reply.reason)
        return
    if close(one, attempt, State.NOT_SENT, reply.reason):
        one.say(Kind.NOT_SENT, Source.TIMER, attempt=attempt, text=reply.reason)
        if not reply.permanent:
            try_later(one, attempt, until_attempt(in_a_row(one, State.NOT_SENT)), TRIES)


def lose(one: Change, attempt: Attempt, reason: str) -> None:
    """Sent, and the answer is lost: from here on only evidence or a person moves it."""
    if close(one, attempt, State.UNKNOWN, reason):
        one.say(Kind.UNKNOWN, Source.TIMER, attempt=attempt, text=reason)


def refuse(one: Change, attempt: Attempt, reason: str) -> bool:
    refused = close(one, attempt, State.REFUSED, reason)
    kind = Kind.REFUSED if refused else Kind.INCIDENT  # a refusal of what a callback has shown to be alive
    one.say(kind, Source.ANSWER, attempt=attempt, text=reason)
    return refused


def close(one: Change, attempt: Attempt, state: State, reason: str) -> bool:
    """Join what the sender knows. False when better evidence came first: a callback may beat the answer."""
    raised = one.raise_to(attempt, state)
    if raised:
        attempt.error = reason
    attempt.save()
    one.show()
    return raised


def try_later(one: Change, attempt: Attempt, wait: timedelta, tries: int) -> None:
    """The next attempt, unless too many have ended like this one already."""
    if in_a_row(one, State(attempt.state)) >= tries:
        return
    one.new_attempt(due_at=timezone.now() + wait)
    one.show()


def in_a_row(one: Change, state: State) -> int:
    """How many attempts in a row, up to the newest, ended like this."""
    count = 0
    for attempt in one.task.attempts.order_by("-number"):
        if attempt.state != state:
            break
        count += 1
    return count
