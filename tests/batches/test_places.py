"""Where waiting cells stand: behind what goes before them, in turn with what others of the team have in line."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.batches import verbs
from studio.batches.models import Batch, Cell, CellState
from studio.batches.places import Places, place_of
from studio.tasks.models import Attempt, Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.batches.test_feeding import batch_of
from tests.factories import make_connection
from tests.tasks.stage import begin

pytestmark = pytest.mark.usefixtures("everywhere", "db")
IN_LINE = 8  # of the batch's cells as tasks: four times two at the same time


@pytest.fixture
def sender(team: Team) -> Connection:
    return make_connection(team, concurrency=2, per_minute=6000)


def before(batch: Batch, *numbers: int) -> list[int]:
    places = Places(batch).waiting(numbers)
    return [places[number].before for number in numbers]


def test_cells_stand_behind_the_tasks_of_their_batch_in_their_order(alice: User, sender: Connection) -> None:
    batch = batch_of(alice, sender)
    first = Cell.objects.filter(batch=batch, state=CellState.WAITING).earliest("number").number
    assert before(batch, first, first + 1, 40) == [IN_LINE, IN_LINE + 1, 38]
    assert Places(batch).waiting([1]) == {}, "it is a task already"
    begun = {number: place.before for number, place in Places(batch).begun().items()}
    assert begun == {1: 0, 3: 1, 4: 2, 5: 3, 6: 4, 7: 5, 8: 6, 9: 7}, "the second was left out"


def test_what_others_have_in_line_goes_in_turn(team: Team, alice: User, bob: User, sender: Connection) -> None:
    batch = batch_of(alice, sender)
    for number in range(3):
        begin(team, bob, sender, f"b{number}")
    assert before(batch, 11, 40) == [IN_LINE + 1 + 3, 38 + 3], "all three of Bob's go before them"
    theirs = batch_of(bob, sender, 1000, nonce="theirs")
    ahead = before(batch, 40)[0]
    assert ahead == 38 + 39, "as many of Bob's cells go before it as of Alice's, however many he has"
    verbs.pause(theirs)
    assert before(batch, 40) == [38 + 3 + IN_LINE]


def test_two_batches_of_one_person_go_on_side_by_side(alice: User, sender: Connection) -> None:
    batch = batch_of(alice, sender)
    batch_of(alice, sender, 12, nonce="second")
    assert before(batch, 40)[0] == 38 + 11
    elsewhere = make_connection(sender.team)
    batch_of(alice, elsewhere, 200, nonce="third")
    assert before(batch, 40)[0] == 38 + 11


def test_what_somebody_had_of_the_last_minute_counts_for_their_turn(
    team: Team, alice: User, bob: User, sender: Connection
) -> None:
    batch = batch_of(alice, sender, 12)
    batch_of(bob, sender, 100, nonce="bobs")
    mine = Attempt.objects.filter(task__person=alice, state=State.QUEUED)
    fewer = before(batch, 12)[0]
    ids = list(mine.values_list("pk", flat=True)[:5])
    sent = Attempt.objects.filter(pk__in=ids)
    for attempt in sent.select_related("task"):
        attempt.task.state = State.RUNNING
        attempt.task.save(update_fields=["state"])
    sent.update(state=State.RUNNING, posts=1, claimed_at=batch.created_at)
    assert before(batch, 12)[0] == fewer - 5, "what she had counts for her turn as what she waits for"


def test_a_single_task_stands_behind_the_cells_whose_turn_comes_before_its_own(
    team: Team, alice: User, bob: User, sender: Connection
) -> None:
    """Alice has had nothing of the last minute, Bob thirty calls: her thousand cells go first until she has had as
    much, and only eight of them are tasks yet."""
    batch_of(alice, sender, 1000)
    last = begin(team, bob, sender, "one more")
    assert behind(last) == 1, "the turns of two who had nothing: one of hers began before it"
    for number in range(30):
        had(begin(team, bob, sender, f"had {number}"), sender)
    assert behind(last) == 30
    verbs.pause(Batch.objects.get())
    assert behind(last) == IN_LINE
    Task.objects.filter(pk=last.pk).update(state=State.RUNNING)
    assert place_of(Task.objects.get(pk=last.pk)) is None


def behind(task: Task) -> int:
    place = place_of(Task.objects.get(pk=task.pk))
    assert place
    return place.before


def had(task: Task, sender: Connection) -> None:
    Task.objects.filter(pk=task.pk).update(state=State.RUNNING)
    Attempt.objects.filter(task=task).update(state=State.RUNNING, posts=1, claimed_at=timezone.now())
