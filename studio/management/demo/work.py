"""Tasks in every state, with the attempts, histories, callbacks and results that belong to them, written in bulk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from studio import catalog
from studio.assets.models import Asset
from studio.management.demo.media import Piece
from studio.management.demo.people import NOWHERE, YEARS, Crew
from studio.management.demo.story import Run, Story
from studio.tasks import beginning
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.tasks.states import FINAL, UNSENT, Approval, Kind, Source, State
from studio.teams.models import User

AT_ONCE = 200  # rows of one INSERT
NEWEST = 6  # tasks that have ended, so that forms open with a connection that works
OPEN = [state for state in State if state not in FINAL and state != State.NOT_SENT]


@contextmanager
def own_times() -> Iterator[None]:
    """Inside, rows are written with the times that they say, not with the time of writing."""
    kinds: Sequence[type[models.Model]] = (Task, Event, Callback, Asset)
    fields: list[Any] = [each for kind in kinds for each in kind._meta.concrete_fields]
    now = [each for each in fields if getattr(each, "auto_now_add", False)]
    for each in now:
        each.auto_now_add = False
    try:
        yield
    finally:
        for each in now:
            each.auto_now_add = True


@dataclass
class Made:
    """A task with what it was run with. `took` is the time from its beginning to its end."""

    task: Task
    run: Run
    took: timedelta
    attempt: Attempt = field(default_factory=Attempt)

    @property
    def at(self) -> datetime:
        return self.task.created_at

    @property
    def ended(self) -> datetime:
        return self.at + self.took


class Work:
    """So many tasks of a crew, oldest first."""

    def __init__(self, story: Story, crew: Crew, media: dict[str, list[Piece]], mark: str) -> None:
        self.story, self.crew, self.media, self.mark = story, crew, media, mark
        self.chance = story.chance
        self.made: list[Made] = []

    def plan(self, count: int) -> None:
        """The rows of the tasks, not written yet. What has not ended began today; the newest have ended."""
        states = [self.story.state() for _ in range(count)]
        ended, going = [each for each in states if each not in OPEN], [each for each in states if each in OPEN]
        newest = [self.story.now - timedelta(minutes=11, seconds=10 * place) for place in range(NEWEST)][: len(ended)]
        moments = [*self.story.moments(len(ended) - len(newest)), *newest]
        today = [self.story.now - timedelta(minutes=self.chance.uniform(12, 240)) for _ in going]
        pairs = [*zip(ended, moments, strict=True), *zip(going, today, strict=True)]
        for number, (state, moment) in enumerate(pairs):
            self.made.append(self.one(number, moment, state))

    def one(self, number: int, moment: datetime, state: State, **given: Any) -> Made:
        run, person = given.pop("run", None) or self.story.run(), given.pop("person", None) or self.worker()
        values = given.pop("values", None) or run.filled(self.story.text(run.makes))
        low, high = run.seconds
        took = timedelta(seconds=round(self.chance.triangular(low, high, low + (high - low) / 4), 1))
        over, text = state in FINAL, run.body(values)
        connection = self.crew.done if over or state == State.UNKNOWN else self.crew.away
        task = Task(
            team=self.crew.team,
            person=person,
            connection=connection,
            operation=run.operation.slug,
            values=values,
            extras=catalog.pack(run.example[1]),
            body_text=text,
            digest=beginning.digest(run.operation, connection, values, text),
            prompt=run.operation.prompt_of(values),
            nonce=f"{self.mark}{number}",
            state=state,
            progress=self.chance.randrange(5, 96) if state == State.RUNNING else None,
            error=self.fault(state),
            private=self.chance.random() < 0.03,
            created_at=moment,
            counted_at=moment,
            sent_at=None if state in UNSENT or state == State.CANCELLED else moment + timedelta(seconds=2),
            finished_at=moment + took if over else None,
            **given,
        )
        task.heard_at = task.finished_at if state in {State.SUCCEEDED, State.FAILED} else None
        self.money(task, run)
        return Made(task, run, took)

    def worker(self) -> User:
        """Some do more than others."""
        people = self.crew.workers
        return self.chance.choices(people, [1 / (n + 1) for n in range(len(people))])[0]

    def fault(self, state: State) -> str:
        if state == State.FAILED:
            return self.story.one_of("failures")
        return "HTTP 400" if state == State.REFUSED else ""

    def money(self, task: Task, run: Run) -> None:
        task.price = Decimal(str(run.points))
        told = (task.price * Decimal(self.chance.choice(["1", "1", "1", "0.9", "1.2"]))).quantize(Decimal("0.01"))
        if task.state == State.HELD:
            task.approval = Approval.ASKED
        elif task.state == State.SUCCEEDED:
            task.cost = task.charge = told
            task.approval = Approval.APPROVED if self.chance.random() < 0.04 else ""
        elif task.state == State.FAILED:
            task.cost, task.refunded = told, self.chance.random() < 0.6
            task.charge = Decimal() if task.refunded else told
        elif task.state not in {State.REFUSED, State.CANCELLED}:
            task.charge = task.price

    def write(self) -> None:
        """All rows, each kind in one go. Needs the team's scope."""
        self.made.sort(key=lambda made: made.at)
        self.results()
        with own_times():
            Task.objects.bulk_create([made.task for made in self.made], AT_ONCE)
            self.lineage()
            for made in self.made:
                made.attempt = self.attempt(made)
            Attempt.objects.bulk_create([made.attempt for made in self.made], AT_ONCE)
            events = [event for made in self.made for event in self.history(made)]
            Event.objects.bulk_create(sorted(events, key=lambda event: event.created_at), AT_ONCE)
            Callback.objects.bulk_create([row for made in self.made for row in self.callbacks(made)], AT_ONCE)
            Asset.objects.bulk_create([row for made in self.made for row in self.assets(made)], AT_ONCE)

    def lineage(self) -> None:
        """Every seventh task or so goes on from one before it."""
        moved = []
        for place, made in enumerate(self.made[1:], start=1):
            if self.chance.random() < 0.15:
                made.task.parent = self.made[self.chance.randrange(max(0, place - 40), place)].task
                moved.append(made.task)
        Task.objects.bulk_update(moved, ["parent"], AT_ONCE)

    def results(self) -> None:
        for made in self.made:
            if made.task.state == State.SUCCEEDED:
                pieces = enumerate(self.pieces(made), start=1)
                made.task.results = [self.result(made, *each) for each in pieces]

    def result(self, made: Made, number: int, piece: tuple[str, str, Piece]) -> dict[str, str]:
        kind, role, _file = piece
        told = {"kind": kind, "url": f"{NOWHERE}/media/{made.task.nonce}-{number}"}
        return told | ({"role": role} if role else {})

    def pieces(self, made: Made) -> list[tuple[str, str, Piece]]:
        """Kind, role and file of each result: the same whenever it is asked."""
        kind = made.run.makes if made.run.makes in self.media else "image"
        pool, first = self.media[kind], int(hashlib.sha256(made.task.nonce.encode()).hexdigest()[:6], 16)
        found = [(kind, "", pool[(first + n) % len(pool)]) for n in range(made.run.results)]
        if kind == "video":
            posters = self.media["poster"]
            found += [("image", "poster", posters[(first + n) % len(posters)]) for n in range(made.run.results)]
        return found

    def attempt(self, made: Made) -> Attempt:
        task, state = made.task, State(made.task.state)
        posted = task.sent_at is not None
        far = self.story.now + YEARS
        return Attempt(
            team=task.team,
            task=task,
            connection=task.connection,
            state=state,
            open=state not in FINAL,
            posts=int(posted),
            due_at=far if state == State.QUEUED else made.at,
            lease_until=None,  # on no wire: it counts for no limit, and nobody takes it for lost
            claimed_at=task.sent_at,
            answered_at=task.sent_at if posted and state not in {State.SENDING, State.UNKNOWN} else None,
            method=made.run.operation.method if posted else "",
            path=made.run.operation.path if posted else "",
            sent_text=task.body_text if posted else "",
            answer_status={State.REFUSED: 400}.get(state, 200) if posted and state != State.UNKNOWN else None,
            error=task.error,
            progress=task.progress,
            cost=task.cost,
            refunded=task.refunded,
            gateway_id=self.gateway_id(made) if posted and state not in {State.REFUSED, State.UNKNOWN} else "",
        )

    def gateway_id(self, made: Made) -> str:
        return hashlib.sha256(f"{self.crew.team.pk}:{made.task.nonce}".encode()).hexdigest()[:24]

    def history(self, made: Made) -> Iterator[Event]:
        """What its page tells of it, in its order."""
        task, state = made.task, State(made.task.state)

        def line(kind: Kind, source: Source, at: datetime, then: State, person: User | None = None) -> Event:
            common = {"team": task.team, "task": task, "attempt": made.attempt, "person": person}
            return Event(**common, kind=kind, source=source, state=then, created_at=at, text=self.told(task, kind))

        yield line(Kind.BEGUN, Source.PERSON, made.at, State.HELD if task.approval else State.QUEUED, task.person)
        if task.approval == Approval.APPROVED:
            yield line(Kind.APPROVED, Source.PERSON, made.at + made.took / 100, State.QUEUED, self.crew.people[0])
        if state == State.CANCELLED:
            yield line(Kind.CANCELLED, Source.PERSON, made.ended, state, task.person)
        if task.sent_at is None:
            return
        yield line(Kind.SENDING, Source.TIMER, task.sent_at, State.SENDING)
        if state in {State.REFUSED, State.UNKNOWN}:
            yield line(Kind(state.value), Source.ANSWER, task.sent_at + timedelta(seconds=3), state)
        elif state != State.SENDING:
            yield line(Kind.HEARD, Source.ANSWER, task.sent_at + timedelta(seconds=1), State.ACCEPTED)
        if state in {State.RUNNING, State.SUCCEEDED, State.FAILED}:
            yield line(Kind.HEARD, Source.POLL, made.at + made.took / 3, State.RUNNING)
        if state in {State.SUCCEEDED, State.FAILED}:
            yield line(Kind.HEARD, Source.CALLBACK, made.ended, state)
        if state == State.SUCCEEDED:
            yield line(Kind.KEPT, Source.TIMER, made.ended + timedelta(seconds=2), state)

    def told(self, task: Task, kind: Kind) -> str:
        return task.error if kind in {Kind.REFUSED} else ""

    def callbacks(self, made: Made) -> Iterator[Callback]:
        """How the gateway told the end, as its documents show it."""
        says = {State.SUCCEEDED: "succeeded", State.FAILED: "failed"}.get(State(made.task.state))
        examples = [each for each in made.run.operation.payloads if each.kind == "callback"]
        found = next((each for each in examples if each.says.get("state") == says), None)
        if found is None or says is None:
            return
        named = next((each.says["gateway_id"] for each in examples if "gateway_id" in each.says), "")
        text = catalog.dumps(found.payload)
        body = (text.replace(str(named), made.attempt.gateway_id) if named else text).encode()
        yield Callback(
            team=made.task.team,
            attempt=made.attempt,
            public_id=made.attempt.public_id,
            content_type="application/json",
            headers={"Content-Type": "application/json"},
            peer="192.0.2.10",
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            received_at=made.ended,
            heard_at=made.ended,
        )

    def assets(self, made: Made) -> Iterator[Asset]:
        if made.task.state != State.SUCCEEDED:
            return
        for number, (_kind, role, piece) in enumerate(self.pieces(made), start=1):
            yield Asset(
                team=made.task.team,
                task=made.task,
                number=number,
                role=role or "result",
                keeping="kept",
                source_url=made.task.results[number - 1]["url"],
                created_at=made.ended,
                kept_at=made.ended + timedelta(seconds=2),
                **piece.row,
            )
