"""What a reply means for its attempt: accepted, refused, to be tried again, or unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from studio import catalog
from studio.gateway import Answer, Outcome, classify
from studio.tasks.changing import Change, change, twice_if_raced
from studio.tasks.hearing import ANOTHER_ID, learn
from studio.tasks.keys import stop
from studio.tasks.models import Attempt
from studio.tasks.news import news_of, without_key
from studio.tasks.replies import Reply
from studio.tasks.schedule import BUSY_TRIES, TRIES, until_attempt, until_room
from studio.tasks.states import Kind, Source, State
from studio.teams.scope import across_teams

ANSWER_KEPT = 64 * 1024  # characters
LONGEST_PAUSE = 24 * 3600.0  # seconds; a gateway that asks for more is asked again after a day


def record(reply: Reply) -> None:
    """Write a reply down, once. What it means for the key comes first, so that no other attempt runs into the same."""
    with across_teams():
        attempt = Attempt.objects.select_related("task", "connection").filter(public_id=reply.attempt).first()
    if attempt is None or attempt.answered_at:
        return
    if reply.result == "answer":
        twice_if_raced(lambda: record_answer(attempt, reply.answer))
    else:
        with change(attempt.task_id) as one:
            record_silence(one, one.attempt(attempt.pk), reply)


def record_answer(attempt: Attempt, answer: Answer) -> None:
    answer = without_key(answer, attempt.connection)
    report = catalog.get(attempt.task.operation).read(answer.payload, "answer", answer.status)
    outcome = judged(attempt, answer, report)
    wait = 0.0
    if outcome == Outcome.REFUSED and answer.stops_key:
        stop(attempt.connection, report.said or f"HTTP {answer.status}")
    elif outcome == Outcome.REFUSED_RETRY:
        wait = min(LONGEST_PAUSE, until_room(attempt.number) if answer.retry_after is None else answer.retry_after)
        attempt.connection.pause(timezone.now() + timedelta(seconds=wait))
    with change(attempt.task_id) as one:
        fresh = one.attempt(attempt.pk)
        note_answer(fresh, answer)
        if outcome == Outcome.ACCEPTED:
            news = news_of(report)
            learn(one, fresh, replace(news, state=news.state or State.ACCEPTED), Source.ANSWER)
            if fresh.state == State.SENDING:  # its id is another attempt's, so nobody knows what was accepted
                lose(one, fresh, ANOTHER_ID)
        elif outcome == Outcome.UNKNOWN:
            learn(one, fresh, replace(news_of(report), state=None), Source.ANSWER)
            lose(one, fresh, report.said or f"HTTP {answer.status}")
        else:
            refused = refuse(one, fresh, report.said or f"HTTP {answer.status}")
            if refused and outcome == Outcome.REFUSED_RETRY:
                try_later(one, fresh, timedelta(seconds=wait), BUSY_TRIES)


def judged(attempt: Attempt, answer: Answer, report: catalog.Report) -> Outcome:
    """What the answer means. A 429 that the catalog knows to be no question of time is a plain no."""
    outcome = classify(answer, report)
    if outcome != Outcome.REFUSED_RETRY:
        return outcome
    system = attempt.task.operation.partition(".")[0]
    meaning = catalog.explain(report.error, answer.status, system, report.code)
    return Outcome.REFUSED if meaning and meaning.again == "no" else outcome


def note_answer(attempt: Attempt, answer: Answer) -> None:
    attempt.answered_at = timezone.now()
    attempt.answer_status = answer.status
    attempt.answer_text = answer.body.decode("utf-8", "replace").replace("\0", "")[:ANSWER_KEPT]
    attempt.save()


def record_silence(one: Change, attempt: Attempt, reply: Reply) -> None:
    attempt.answered_at = timezone.now()
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
