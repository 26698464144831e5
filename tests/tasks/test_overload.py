"""Too much at once: a bounded queue, limits that hold, turns for every team, a gateway that is away, jobs that kill.

Time is simulated: a clock that only the test moves, and workers that are a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from studio.batches.places import place_of
from studio.tasks import beginning, inbox, lifecycle, polling, rings
from studio.tasks.claiming import BEYOND_DEADLINE, SHORTEST
from studio.tasks.desk import DESK, Outcome
from studio.tasks.models import Attempt, Callback, Task
from studio.tasks.refusing import TooMany, TooManyAsked
from studio.tasks.replies import Reply
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import VALUES, make_connection
from tests.ledger.saying import say
from tests.tasks.stage import OPERATION, Gateway, accepted, begin, call, claim, only_attempt, playing, story, told, work

pytestmark = pytest.mark.usefixtures("everywhere")
WORKERS = int(settings.Q_CLUSTER["workers"])
LEASE = timedelta(seconds=SHORTEST) + BEYOND_DEADLINE


@dataclass
class Clock:
    now: datetime = field(default_factory=timezone.now)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        yield gateway


def waiting(team: Team, person: User, sender: Connection, count: int) -> None:
    """So many tasks that wait to be sent, made quickly."""
    given: dict[str, Any] = {"team": team, "person": person, "connection": sender, "operation": OPERATION}
    tasks = Task.objects.bulk_create(
        Task(**given, values=VALUES, extras={"extras": "{}", "order": []}, nonce=f"w{n}", body_text="{}")
        for n in range(count)
    )
    Attempt.objects.bulk_create(
        Attempt(team=team, task=task, connection=sender, due_at=timezone.now()) for task in tasks
    )


def rung() -> list[int]:
    """The attempts that the queue is rung for, oldest ring first; the queue is empty afterwards."""
    jobs = [row.task for row in OrmQ.objects.order_by("id")]
    OrmQ.objects.all().delete()
    return [job["args"][0] for job in jobs if job["func"] == rings.SEND]


@dataclass
class Workers:
    """So many workers, each of which a claimed attempt holds for `seconds`. Those whose number is in `killed` die."""

    clock: Clock
    count: int
    seconds: float
    killed: frozenset[int] = frozenset()
    claims: list[tuple[datetime, Attempt]] = field(default_factory=list)
    busy: list[tuple[datetime, Attempt]] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)

    def step(self) -> None:
        """A second goes by."""
        self.clock.move(1)
        for ends, attempt in [one for one in self.busy if one[0] <= self.clock.now]:
            self.busy.remove((ends, attempt))
            lifecycle.record(Reply(attempt.public_id, "answer", 400, {}, b"{}"))  # an end, so that nobody asks for it
            self.jobs.append(attempt.pk)  # whoever sent it goes on with its line
        if self.clock.now.second % 4 == 0:
            lifecycle.sweep()
        self.jobs += rung()
        while self.jobs and len(self.busy) < self.count:
            if taken := claim(self.jobs.pop(0)):
                claimed = taken.attempt
                self.claims.append((self.clock.now, claimed))
                if len(self.claims) not in self.killed:
                    self.busy.append((self.clock.now + timedelta(seconds=self.seconds), claimed))


def dead(workers: Workers) -> list[datetime]:
    """When those that died had claimed."""
    return [at for number, (at, _) in enumerate(workers.claims, start=1) if number in workers.killed]


def test_a_team_has_only_so_many_tasks_waiting_and_nothing_typed_is_lost(
    team: Team, alice: User, charlie: User, other_team: Team, gateway: Gateway, signed_in: Callable[[User], Client]
) -> None:
    ours, theirs = make_connection(team), make_connection(other_team)
    waiting(team, alice, ours, beginning.MOST_WAITING)
    form = {"v:prompt": "a lighthouse in the fog", "v:model": "gen3", "nonce": "one-too-many"}
    run = reverse("composer:run", args=[OPERATION])
    page = signed_in(alice).post(run, form | {"connection": str(ours.pk)})
    assert page.status_code == 422
    assert "500 tasks of this team wait to be sent." in page.content.decode()
    assert "a lighthouse in the fog" in page.content.decode()
    assert not Task.objects.filter(nonce="one-too-many").exists()
    assert signed_in(charlie).post(run, form | {"connection": str(theirs.pk)}).status_code == 302
    lifecycle.cancel(Task.objects.filter(team=team).latest("id"), alice)
    assert signed_in(alice).post(run, form | {"connection": str(ours.pk)}).status_code == 302
    assert not gateway.posts


def test_what_waits_for_an_owner_takes_nobodys_place_and_has_a_bound_of_its_own(
    team: Team, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (beginning.MOST_WAITING, beginning.MOST_ASKED_FOR) == (500, 500)
    monkeypatch.setattr(beginning, "MOST_WAITING", 2)
    monkeypatch.setattr(beginning, "MOST_ASKED_FOR", 3)
    say(team, price=100, approved_from=100)
    sender = make_connection(team)
    asked = [begin(team, bob, sender, nonce=f"b{number}") for number in range(3)]
    with pytest.raises(TooManyAsked, match="3 tasks of this team wait for an owner's approval"):
        begin(team, bob, sender, nonce="one too many")
    for number in range(2):
        assert begin(team, alice, sender, nonce=f"a{number}").state == State.QUEUED
    with pytest.raises(TooMany, match="2 tasks of this team wait to be sent"):
        begin(team, alice, sender, nonce="too many")
    lifecycle.decline(asked[0], alice, "no")
    assert begin(team, bob, sender, nonce="room again").awaits_approval
    lifecycle.approve(asked[1], alice)
    with pytest.raises(TooMany, match="2 tasks of this team wait to be sent"):
        begin(team, alice, sender, nonce="what was approved stands in line")


def test_the_limits_of_a_key_hold_with_eight_workers_some_of_which_die(team: Team, alice: User, clock: Clock) -> None:
    waiting(team, alice, make_connection(team, concurrency=3, per_minute=30), 70)
    workers = Workers(clock, count=8, seconds=4, killed=frozenset({31, 32, 33}))
    until = clock.now + timedelta(minutes=10)
    while len(workers.claims) < 70 and clock.now < until:
        workers.step()
        assert len(workers.busy) + sum(at + LEASE > clock.now for at in dead(workers)) <= 3
    times = [at for at, _ in workers.claims]
    assert len(times) == len({attempt.pk for _, attempt in workers.claims}) == 70
    assert all(late - early >= timedelta(seconds=60) for early, late in zip(times, times[30:], strict=False))
    # The three that died held every place; each came free when its lease ended, and not before.
    assert LEASE <= times[33] - times[30] <= LEASE + timedelta(seconds=10)


def test_a_team_whose_gateway_hangs_does_not_hold_every_worker(
    team: Team, alice: User, other_team: Team, charlie: User, clock: Clock
) -> None:
    waiting(team, alice, make_connection(team, concurrency=100, per_minute=6000), 60)
    workers = Workers(clock, count=WORKERS, seconds=70)
    for _ in range(10):
        workers.step()
    assert len(workers.busy) == 3  # of five: at most three quarters
    mine = only_attempt(begin(other_team, charlie))
    for _ in range(8):
        workers.step()
    assert mine in [attempt for _, attempt in workers.claims]


def test_where_there_is_one_team_it_has_all_the_workers(team: Team, alice: User, clock: Clock) -> None:
    waiting(team, alice, make_connection(team, concurrency=100, per_minute=6000), 20)
    workers = Workers(clock, count=WORKERS, seconds=70)
    for _ in range(4):
        workers.step()
    assert len(workers.busy) == workers.count


@pytest.mark.parametrize(
    ("outage", "seconds"),
    [(httpx.ConnectError("refused"), 600), (httpx.Response(502, text="<html>Bad Gateway</html>"), 240)],
    ids=["away", "502"],
)
def test_a_gateway_that_is_away_is_asked_for_calmly_and_comes_back_calmly(
    outage: httpx.Response | Exception, seconds: int, team: Team, alice: User, clock: Clock, gateway: Gateway
) -> None:
    waiting(team, alice, make_connection(team, concurrency=3, per_minute=30), 500)

    def go_on(seconds: int, step: int) -> list[datetime]:
        """The times at which the gateway was called, or tried to be, in these seconds."""
        times = []
        for _ in range(seconds // step):
            clock.move(step)
            lifecycle.sweep()
            before = len(gateway.posts)
            for attempt in rung():
                lifecycle.send(attempt)
            times += [clock.now] * (len(gateway.posts) - before)
        return times

    gateway.answers(outage)
    down = go_on(seconds, 10)
    first = 1 if isinstance(outage, Exception) else 5  # so many it took to see that the gateway is away
    asked = down[first - 1 :]
    assert 1 < len(asked) <= seconds // 30 + 1
    assert all(late - early >= timedelta(seconds=30) for early, late in pairwise(asked))
    assert not Task.objects.filter(state=State.FAILED).exists()
    assert Task.objects.filter(state=State.UNKNOWN).count() == (0 if first == 1 else len(down))
    gateway.acts = [lambda _: accepted(f"g{len(gateway.posts)}")]
    back = go_on(90, 3)
    assert len(back) >= 30, "it goes on at the usual pace"
    assert max(sum(at <= one < at + timedelta(seconds=60) for one in back) for at in back) <= 30


class Killed(BaseException):
    """The worker is gone: nothing that stands in an `except Exception` happens."""


class Deadly:
    """Whoever calls it dies."""

    runs = 0

    def __call__(self, *_: object, **__: object) -> Any:
        self.runs += 1
        raise Killed


def survive(job: Callable[[], object]) -> None:
    try:
        job()
    except Killed:
        OrmQ.objects.all().delete()


def test_a_query_that_ends_its_worker_is_made_three_times_and_then_left_alone(
    team: Team, alice: User, clock: Clock, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = begin(team, alice)
    work()
    deadly, ask = Deadly(), polling.ask
    monkeypatch.setattr(polling, "ask", deadly)
    for _ in range(40):
        clock.move(30)
        survive(lifecycle.sweep)
        survive(work)
    assert deadly.runs == 3
    assert only_attempt(task).next_poll_at is None
    assert story(task)[-1] == "no_word"
    monkeypatch.setattr(polling, "ask", ask)
    lifecycle.look(task, alice)
    work()
    assert only_attempt(task).state == State.RUNNING
    assert only_attempt(task).next_poll_at


def test_a_callback_that_ends_its_worker_is_left_alone_and_the_next_is_heard(
    team: Team, alice: User, clock: Clock, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = only_attempt(begin(team, alice))
    lifecycle.send(attempt.pk)
    deadly, hear = Deadly(), inbox.try_to_hear
    monkeypatch.setattr(inbox, "try_to_hear", deadly)
    with monkeypatch.context() as busy:
        busy.setattr(DESK, "bring", lambda *_: Outcome.ALONE)
        with pytest.raises(Killed):
            call(attempt, told())
    for _ in range(60):
        clock.move(60)
        survive(lifecycle.sweep)
    assert deadly.runs <= 3
    monkeypatch.setattr(inbox, "try_to_hear", hear)
    assert call(attempt, told(status="1")) == 200
    assert only_attempt(attempt.task).state == State.RUNNING
    assert Callback.objects.filter(heard_at=None).count() == 1


def claimed_by(workers: Workers, person: User) -> list[int]:
    """Which of all the claims were this person's, from 1."""
    persons = dict(Attempt.objects.values_list("pk", "task__person"))
    return [n for n, (_, attempt) in enumerate(workers.claims, 1) if persons[attempt.pk] == person.pk]


@pytest.mark.parametrize(("at_once", "per_minute", "seconds"), [(3, 6000, 20), (3, 30, 1), (1, 6000, 10)])
def test_one_task_waits_for_its_turn_and_not_for_five_hundred_of_another_person(
    at_once: int, per_minute: int, seconds: int, team: Team, alice: User, bob: User, clock: Clock
) -> None:
    sender = make_connection(team, concurrency=at_once, per_minute=per_minute)
    waiting(team, alice, sender, beginning.MOST_WAITING - 1)
    workers = Workers(clock, count=WORKERS, seconds=seconds)
    for _ in range(90):
        workers.step()
    had = len(workers.claims)
    assert had >= 5
    mine = only_attempt(begin(team, bob, sender))
    until = clock.now + timedelta(seconds=150)
    while mine not in [attempt for _, attempt in workers.claims] and clock.now < until:
        workers.step()
    [turn] = claimed_by(workers, bob)
    assert turn - had <= at_once, "nobody else took a slot that came free after it was due, but for a race at once"


def test_two_people_with_much_in_line_share_a_connection(team: Team, alice: User, bob: User, clock: Clock) -> None:
    sender = make_connection(team, concurrency=2, per_minute=6000)
    waiting(team, alice, sender, 60)
    begun = [begin(team, bob, sender, f"bob {n}") for n in range(60)]
    assert len(begun) == 60
    workers = Workers(clock, count=WORKERS, seconds=3)
    for _ in range(60):
        workers.step()
    share = len(claimed_by(workers, bob)) / len(workers.claims)
    assert 0.4 <= share <= 0.6
    assert len(workers.claims) >= 20


def test_a_person_who_waits_and_never_asks_holds_nobody_up(team: Team, alice: User, bob: User, clock: Clock) -> None:
    sender = make_connection(team, concurrency=1, per_minute=6000)
    waiting(team, alice, sender, 20)
    lost = only_attempt(begin(team, bob, sender))
    Attempt.objects.filter(pk=lost.pk).update(rung_at=clock.now + timedelta(hours=1))  # its job was lost
    OrmQ.objects.all().delete()
    workers = Workers(clock, count=WORKERS, seconds=1)
    for _ in range(120):
        workers.step()
    assert len(workers.claims) >= 10


def test_a_waiting_task_says_its_place_and_when_it_is_likely_sent(
    team: Team, alice: User, bob: User, clock: Clock, signed_in: Callable[[User], Client]
) -> None:
    sender = make_connection(team, concurrency=1, per_minute=6000)
    waiting(team, alice, sender, 50)
    mine, last = begin(team, bob, sender), Task.objects.filter(person=alice).latest("id")

    def say(task: Task) -> str:
        return signed_in(bob).get(reverse("tasks:place", args=[task.pk])).content.decode()

    assert "Second in line<" in say(mine), "nobody knows yet how long a call takes"
    assert "51st in line<" in say(last)
    workers = Workers(clock, count=1, seconds=5)
    for _ in range(60):
        workers.step()
    place = place_of(last)
    assert place
    assert place.seconds == pytest.approx(5 * place.before, abs=10)
    assert f"{place.before + 1}th in line, starts in about 3 min<" in say(last)
    assert claimed_by(workers, bob)
    assert say(Task.objects.get(pk=mine.pk)).strip() == ""


def test_a_ring_that_finds_no_room_is_spent_for_whoever_it_was(
    team: Team, alice: User, bob: User, clock: Clock, gateway: Gateway
) -> None:
    """Else the sweep would wait for it, and whoever joins the line would ring for nobody."""
    sender = make_connection(team, concurrency=3, per_minute=1)
    gateway.answers(accepted("g1"), accepted("g2"))
    begin(team, alice, sender, "first")
    work()
    for person in (alice, bob):
        begin(team, person, sender, f"of {person.pk}")
    rung = Attempt.objects.filter(state=State.QUEUED)
    rung.update(rung_at=timezone.now())
    for attempt in rung.all():
        lifecycle.send(attempt.pk)
    assert rung.filter(rung_at=None).count() == 2
    clock.move(60)
    lifecycle.sweep()
    work()
    assert len(gateway.posts) == 2
