"""A send job goes on with its line: as many rings as workers can answer, one POST for each task, in turn."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from django_q.models import OrmQ

from studio.tasks import lifecycle, rings, sending
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.factories import make_connection
from tests.tasks import stage
from tests.tasks.stage import Gateway, accepted, begin, only_attempt, playing, work

pytestmark = pytest.mark.usefixtures("everywhere")
WORKERS = int(settings.Q_CLUSTER["workers"])


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        gateway.answers(*(accepted(f"g{number}") for number in range(100)))
        yield gateway


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team, concurrency=2, per_minute=1000)


def begun(team: Team, person: User, sender: Connection, count: int, name: str = "t") -> list[Task]:
    given = {"model": "gen3"}
    return [begin(team, person, sender, f"{name}{n}", values=given | {"prompt": f"{name} {n}"}) for n in range(count)]


def answer(place: int = 0) -> None:
    """Run one of the queued jobs."""
    row = OrmQ.objects.order_by("id")[place]
    row.delete()
    lifecycle.send(*row.task["args"])


def sent(gateway: Gateway) -> list[str]:
    return [body["prompt"] for body in gateway.bodies()]


def test_one_job_sends_what_stands_in_its_line_whoever_began_it(
    team: Team, alice: User, bob: User, sender: Connection, gateway: Gateway
) -> None:
    begun(team, alice, sender, 6)
    begun(team, bob, sender, 1, "bob")
    begun(team, alice, make_connection(team), 1, "elsewhere")
    assert len(stage.rings()) == 2 + 1, "two go at the same time; each connection has a line"
    answer(1)
    assert sent(gateway) == ["t 0", "bob 0", "t 1", "t 2", "t 3", "t 4", "t 5"], "and in it people take turns"
    answer()
    assert len(gateway.posts) == 7, "the other ring of the same line finds nothing to do"
    work()
    assert sent(gateway)[7:] == ["elsewhere 0"]
    assert set(Attempt.objects.values_list("posts", "state")) == {(1, State.ACCEPTED)}


def test_a_line_is_rung_for_anew_once_its_rings_were_answered(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    begun(team, alice, sender, 3)
    work()
    begun(team, alice, sender, 3, "later")
    assert len(stage.rings()) == 2


def test_there_are_no_more_rings_than_workers(team: Team, alice: User, gateway: Gateway) -> None:
    begun(team, alice, make_connection(team, concurrency=100), WORKERS + 3)
    assert len(stage.rings()) == WORKERS


def test_a_job_makes_way_for_others_and_rings_for_what_it_leaves(
    team: Team, alice: User, sender: Connection, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "GOES_ON", 0)
    begun(team, alice, sender, 4)
    answer()
    assert sent(gateway) == ["t 0"]
    assert len(stage.rings()) == 2
    work()
    assert sent(gateway) == [f"t {n}" for n in range(4)]


def test_a_ring_that_was_lost_or_grew_old_calls_for_nobody(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    begun(team, alice, sender, 3)
    OrmQ.objects.all().delete()
    stage.let_pass(rings.RING_AGAIN.total_seconds() + 1)
    begun(team, alice, sender, 1, "new")
    assert len(stage.rings()) == 1
    work()
    assert sent(gateway) == ["t 0", "t 1", "t 2", "new 0"]


def test_a_job_that_dies_leaves_its_line_to_the_sweep(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    class Killed(BaseException):
        pass

    begun(team, alice, sender, 4)
    gateway.answers(accepted("first"), Killed, accepted("third"), accepted("fourth"))
    with pytest.raises(Killed):
        answer()
    OrmQ.objects.all().delete()
    lifecycle.sweep()
    work()
    assert sent(gateway) == [f"t {n}" for n in range(4)]
    states = [only_attempt(task).state for task in Task.objects.order_by("id")]
    assert states == [State.ACCEPTED, State.SENDING, State.ACCEPTED, State.ACCEPTED]


def test_a_full_connection_ends_the_job(team: Team, alice: User, gateway: Gateway) -> None:
    begun(team, alice, make_connection(team, concurrency=2, per_minute=2), 5)
    work()
    assert len(gateway.posts) == 2
    stage.let_pass(61)
    lifecycle.sweep()
    work()
    assert len(gateway.posts) == 4


def test_a_stopped_key_holds_the_rest_of_the_line(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    begun(team, alice, sender, 4)
    gateway.answers(accepted("first"), httpx.Response(401, json={"error": "no such key"}))
    work()
    states = list(Attempt.objects.order_by("id").values_list("state", flat=True))
    assert states == [State.ACCEPTED, State.REFUSED, State.HELD, State.HELD]


def test_who_joins_a_line_from_which_others_send_needs_no_ring(
    team: Team, alice: User, bob: User, sender: Connection, gateway: Gateway
) -> None:
    """Both slots are taken, one of them for good: whoever is done goes on with Bob's, whose turn it is."""
    begun(team, alice, sender, 4)

    def join(_: httpx.Request) -> httpx.Response:
        before = len(stage.rings())
        begun(team, bob, sender, 1, "bob")
        assert len(stage.rings()) == before
        return accepted("first")

    gateway.acts = [join, *gateway.acts]
    assert stage.claim(only_attempt(Task.objects.earliest("id")).pk)
    answer()
    assert sent(gateway) == ["t 1", "bob 0", "t 2", "t 3"]
