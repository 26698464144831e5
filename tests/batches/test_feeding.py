"""From the plan to tasks: one transaction, a few at a time, and what people do on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import httpx
import pytest
from django.utils.module_loading import import_string

from studio import catalog
from studio.batches import approval, feeding, jobs, verbs
from studio.batches.feeding import AHEAD, feed
from studio.batches.laying import Form, lay
from studio.batches.models import Batch, Cell, CellState
from studio.batches.planning.cells import Box, Maker, plan
from studio.batches.planning.points import Axis, Point
from studio.languages import NOTHING, same
from studio.ledger.models import Unit
from studio.tasks import beginning, lifecycle, rings, sending
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.states import Approval, State
from studio.teams.models import Connection, Membership, Team, User
from tests.factories import VALUES, make_connection
from tests.ledger.saying import say
from tests.tasks import stage
from tests.tasks.stage import OPERATION, Gateway, playing, work
from tests.tasks.test_overload import waiting

pytestmark = pytest.mark.usefixtures("everywhere", "db")
RUNWAY = catalog.get(OPERATION)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with playing(Gateway()) as gateway:
        gateway.acts = [lambda _: stage.accepted(f"g{len(gateway.posts)}")]
        yield gateway


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team, concurrency=2, per_minute=6000)


def maker_at(sender: Connection) -> Maker:
    def build(values: Mapping[str, Any], extras: catalog.Extras) -> catalog.Built:
        return beginning.build(RUNWAY, sender, values, extras, {})

    return Maker(partial(RUNWAY.put, VALUES, {}), build, lambda _, text: text, {})


def batch_of(person: User, sender: Connection, count: int = 40, nonce: str = "b1", **more: Any) -> Batch:
    """So many prompts, the second of which the rules exclude."""
    prompts = [f"boat {number}" for number in range(1, count + 1)]
    maker = maker_at(sender)
    made = plan(
        [Axis(same("Prompt"), tuple(Point(same(text), {"prompt": text}) for text in prompts))],
        Box("prompt"),
        maker,
    )
    made.cells[1].why = catalog.Text("Not beside this.", "与此不合。")
    return lay(sender.team, person, sender, Form(RUNWAY, VALUES, {}, {}), made, name="grid", nonce=nonce, **more)


def costly_first(person: User, sender: Connection, costly: int, cheap: int) -> Batch:
    """So many cells that an owner has to approve, and then so many that need nobody."""
    say(sender.team, price=10, unit=Unit.SECOND, approved_from=100)
    points = [
        Point(same(f"{at}"), {"options.seconds": 10 if at <= costly else 5}) for at in range(1, costly + cheap + 1)
    ]
    maker = maker_at(sender)
    made = plan([Axis(same("Seconds"), tuple(points))], Box("prompt"), maker)
    for cell in made.cells:
        cell.why = NOTHING  # that some are the same is meant
    return lay(sender.team, person, sender, Form(RUNWAY, VALUES, {}, {}), made, name="grid", nonce="costly")


def states(batch: Batch) -> list[str]:
    return [cell.state for cell in Cell.objects.filter(batch=batch)]


def in_line() -> int:
    return Task.objects.filter(state=State.QUEUED).count()


def test_a_cell_sends_the_object_that_its_axis_brings(bob: User, sender: Connection, gateway: Gateway) -> None:
    points = tuple(Point(same(str(number)), {"options": {"seconds": number, "odd": 1}}) for number in (5, 10))
    extras = catalog.Extras({"options": {"more": 2}})
    made = plan([Axis(same("Options"), points)], Box("prompt"), maker_at(sender))
    values = {**VALUES, "options.motion_vector.x": 3}
    batch = lay(sender.team, bob, sender, Form(RUNWAY, values, extras, {}), made, name="grid", nonce="whole")
    cells = Cell.objects.filter(batch=batch).select_related("task")
    bodies = [catalog.loads(cell.task.body_text) for cell in cells if cell.task]
    assert [body["options"] for body in bodies] == [{"seconds": 5, "odd": 1}, {"seconds": 10, "odd": 1}]


def test_the_job_is_found_by_its_name() -> None:
    assert import_string(rings.FEED_BATCHES) is jobs.feed


def test_a_batch_hands_over_a_few_cells_at_once_and_the_rest_as_these_are_sent(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    batch = batch_of(alice, sender)
    assert in_line() == AHEAD * 2 == Event.objects.filter(kind="begun").count()
    assert len(stage.rings()) == 2, "as many as go at the same time: whoever answers goes on with the line"
    assert states(batch)[:3] == [CellState.BEGUN, CellState.EXCLUDED, CellState.BEGUN]
    feed()
    assert in_line() == AHEAD * 2  # there is no room yet
    for _ in range(20):
        work()
        feed()
    assert set(states(batch)) == {CellState.BEGUN, CellState.EXCLUDED}
    bodies = [body["prompt"] for body in gateway.bodies()]
    assert bodies == [f"boat {number}" for number in range(1, 41) if number != 2]
    assert Task.objects.count() == Attempt.objects.count() == 39


def test_the_same_click_is_the_same_batch(team: Team, alice: User, sender: Connection) -> None:
    first, second = batch_of(alice, sender), batch_of(alice, sender)
    assert first == second
    assert Cell.objects.count() == 40
    assert batch_of(alice, sender, nonce="b2") != first


def test_a_crash_between_task_and_cell_leaves_neither(
    team: Team, alice: User, sender: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(feeding, "link", crash)
        with pytest.raises(RuntimeError):
            batch_of(alice, sender)
    assert not Task.objects.exists()
    assert not stage.rings()
    feed()
    assert in_line() == AHEAD * 2


def test_a_cell_at_which_the_studio_itself_fails_holds_nobody_up(
    team: Team, alice: User, sender: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = lifecycle.begin

    def fail(*, values: dict[str, Any], **more: Any) -> Task:
        task = begun(values=values, **more)
        if values["prompt"] == "boat 3":
            raise ArithmeticError
        return task

    monkeypatch.setattr(lifecycle, "begin", fail)
    batch = batch_of(alice, sender, 6)
    assert states(batch) == ["begun", "excluded", "refused", "begun", "begun", "begun"]
    assert Cell.objects.get(batch=batch, number=3).reason == feeding.FAILED
    assert Task.objects.count() == 4, "nothing is left of it"
    monkeypatch.undo()
    verbs.retry(batch)
    feed()
    assert Task.objects.filter(prompt="boat 3").count() == 1


def test_a_thousand_cells_fit_beside_a_full_queue_and_wait_for_room(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    waiting(team, alice, make_connection(team), beginning.MOST_WAITING - 3)
    batch = batch_of(alice, sender, 1000)
    assert states(batch).count(CellState.BEGUN) == 3
    assert states(batch).count(CellState.WAITING) == 996
    work()
    feed()
    assert states(batch).count(CellState.BEGUN) == 6


def test_a_pause_begins_no_further_cell_and_resuming_goes_on(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    batch = batch_of(alice, sender)
    verbs.pause(batch)
    with pytest.raises(lifecycle.NotNow):
        verbs.pause(batch)
    work()
    feed()
    assert states(batch).count(CellState.BEGUN) == AHEAD * 2
    by_hand = stage.begin(team, alice, sender, "by hand")
    lifecycle.cancel(by_hand, alice)
    Cell.objects.filter(batch=batch, number=1).update(task=by_hand)
    verbs.resume(batch)
    feed()
    assert states(batch).count(CellState.BEGUN) == AHEAD * 4
    assert Cell.objects.get(batch=batch, number=1).task == by_hand, "what a person took back is not run again"


@pytest.mark.parametrize("left", [{"role": "viewer"}, None])
def test_nothing_more_is_begun_in_the_name_of_somebody_who_left(
    team: Team, bob: User, sender: Connection, gateway: Gateway, left: dict[str, str] | None
) -> None:
    batch = batch_of(bob, sender)
    mine = Membership.objects.filter(team=team, user=bob)
    mine.update(**left) if left else mine.delete()
    for _ in range(3):
        feed()
        work()
    batch.refresh_from_db()
    assert batch.is_cancelled
    assert not gateway.posts
    assert set(states(batch)) <= {CellState.CANCELLED, CellState.BEGUN, CellState.EXCLUDED}
    assert set(Task.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_cancelling_takes_back_what_was_not_sent_and_resuming_begins_it_anew(
    team: Team, alice: User, sender: Connection, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batch_of(alice, sender, 10)
    monkeypatch.setattr(sending, "GOES_ON", 0)
    lifecycle.send(Attempt.objects.earliest("id").pk)
    verbs.cancel(batch, alice)
    feed()
    assert Task.objects.filter(state=State.CANCELLED).count() == AHEAD * 2 - 1
    assert states(batch).count(CellState.CANCELLED) == 1
    assert len(gateway.posts) == 1
    verbs.resume(batch)
    for _ in range(5):
        feed()
        work()
    assert [body["prompt"] for body in gateway.bodies()] == [f"boat {n}" for n in range(1, 11) if n != 2]


def test_failed_cells_are_run_again_only_when_asked_as_tasks_that_know_where_they_come_from(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    gateway.answers(httpx.Response(400, json={"code": 400, "msg": "no"}), stage.accepted("g2"), stage.accepted("g3"))
    gateway.acts += [lambda _: stage.accepted("g4")]
    batch = batch_of(alice, sender, 4)
    work()
    feed()
    assert len(gateway.posts) == 3
    failed = Cell.objects.get(batch=batch, number=1)
    assert failed.task
    assert failed.task.state == State.REFUSED
    assert verbs.retry(batch) == 1
    feed()
    work()
    again = Cell.objects.get(batch=batch, number=1)
    assert again.task
    assert again.task.parent == failed.task
    assert [body["prompt"] for body in gateway.bodies()] == ["boat 1", "boat 3", "boat 4", "boat 1"]
    with pytest.raises(lifecycle.NotNow, match="No cell"):
        verbs.retry(batch)


def test_cells_wait_while_the_key_is_stopped_or_the_operation_is_off(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    batch = batch_of(alice, sender)
    work()
    sender.refresh_from_db()
    Connection.objects.filter(pk=sender.pk).update(stopped_because="The key is wrong.")
    feed()
    assert states(batch).count(CellState.BEGUN) == AHEAD * 2
    sender.resume()
    feed()
    assert states(batch).count(CellState.BEGUN) == AHEAD * 4


def test_a_cell_that_cannot_be_begun_any_more_says_why_and_holds_nobody_up(
    team: Team, alice: User, sender: Connection, gateway: Gateway
) -> None:
    batch = batch_of(alice, sender)
    Cell.objects.filter(batch=batch, number=15).update(changed={"prompt": ""})
    for _ in range(10):
        work()
        feed()
    refused = Cell.objects.get(batch=batch, number=15)
    assert (refused.state, bool(refused.why)) == (CellState.REFUSED, True)
    assert states(batch).count(CellState.BEGUN) == 38


def test_a_restored_backup_begins_no_cell_by_itself(
    team: Team, alice: User, sender: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batch_of(alice, sender)
    Task.objects.update(state=State.SUCCEEDED)
    with monkeypatch.context() as restored:
        restored.setattr(feeding, "is_fenced", lambda: True)
        feed()
    feed()
    batch.refresh_from_db()
    assert batch.is_paused
    assert states(batch).count(CellState.BEGUN) == AHEAD * 2


def test_a_task_knows_by_its_digest_that_it_was_run_before(team: Team, alice: User, sender: Connection) -> None:
    first, twin = stage.begin(team, alice, sender, "n1"), stage.begin(team, alice, sender, "n2")
    other = stage.begin(team, alice, sender, "n3", values={**VALUES, "prompt": "another"})
    elsewhere = stage.begin(team, alice, make_connection(team), "n4")
    assert first.digest == twin.digest
    assert len({first.digest, other.digest, elsewhere.digest}) == 3


def test_what_waits_for_an_owner_holds_no_place_of_cheaper_cells(
    team: Team, bob: User, sender: Connection, gateway: Gateway
) -> None:
    batch = costly_first(bob, sender, 20, 20)
    for _ in range(6):
        work()
        feed()
    assert [body["options"]["seconds"] for body in gateway.bodies()] == [5] * 20
    asked = Task.objects.filter(state=State.HELD, approval=Approval.ASKED)
    assert asked.count() == 20, "an owner sees all of them at once"
    for task in asked:
        lifecycle.approve(task, Membership.objects.get(team=team, role="owner").user)
    work()
    assert len(gateway.posts) == 40
    assert set(states(batch)) == {CellState.BEGUN}


def test_so_many_of_a_batch_wait_for_an_owner_at_the_same_time(
    team: Team, bob: User, alice: User, sender: Connection, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert approval.MOST_ASKED == 100
    monkeypatch.setattr(feeding, "MOST_ASKED", 3)
    monkeypatch.setattr(feeding, "AT_ONCE", 7)
    batch = costly_first(bob, sender, 20, 20)
    for _ in range(6):
        work()
        feed()
    assert len(gateway.posts) == 20
    assert (states(batch).count(CellState.BEGUN), states(batch).count(CellState.WAITING)) == (23, 17)
    for task in Task.objects.filter(approval=Approval.ASKED):
        lifecycle.decline(task, alice, "Too dear.")
    feed()
    assert Task.objects.filter(state=State.HELD).count() == 3
    assert states(batch).count(CellState.WAITING) == 14


def test_the_teams_bound_of_what_waits_for_an_owner_stops_only_what_asks(
    team: Team, bob: User, sender: Connection, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_ASKED_FOR", 3)
    batch = costly_first(bob, sender, 20, 20)
    for _ in range(6):
        work()
        feed()
    assert len(gateway.posts) == 20
    assert (states(batch).count(CellState.BEGUN), states(batch).count(CellState.REFUSED)) == (23, 0)


def test_a_full_queue_stops_only_what_would_stand_in_it(
    team: Team, bob: User, alice: User, sender: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MOST_WAITING", 3)
    waiting(team, alice, make_connection(team), 3)
    costly_first(bob, sender, 5, 5)
    assert Task.objects.filter(approval=Approval.ASKED).count() == 5
    assert in_line() == 3
