"""A restored backup buys nothing: what it holds as waiting may have been sent and paid after it was made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from studio.health import checks
from studio.health.findings import BAD, GOOD
from studio.tasks import epoch, fence, lifecycle, recording, replies
from studio.tasks.address import callback_url
from studio.tasks.models import Attempt, Callback, Epoch, Task
from studio.tasks.replies import Reply
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_attempt, make_connection, make_task
from tests.tasks import stage
from tests.tasks.stage import Gateway, accepted, begin, call, only_attempt, told, work

pytestmark = pytest.mark.usefixtures("everywhere")
SAYS = "A backup was restored, so nothing is sent."


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def restore(team: Team, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[[], None]:
    """The studio was started twice; calling this takes its number back to the first start."""
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            epoch.advance()
    assert epoch.remembered() == epoch.row().number == 2

    def take_back() -> None:
        Epoch.objects.update(number=1)

    return take_back


def test_nothing_is_sent_until_the_fence_is_lifted(team: Team, alice: User, restore: Callable[[], None]) -> None:
    gateway, connection = Gateway(), make_connection(team)
    with stage.playing(gateway):
        old = begin(team, alice, connection)
        restore()
        work()  # the claim itself refuses, before anybody has looked
        assert only_attempt(old).state == State.QUEUED
        lifecycle.sweep()
        new = begin(team, alice, connection, nonce="n2")
        for _ in range(3):
            work()
            stage.let_pass(60)
            lifecycle.sweep()
        assert not gateway.posts
        old.refresh_from_db()
        assert (old.state, old.error, old.needs_attention) == (State.UNKNOWN, fence.RESTORED, True)
        assert only_attempt(new).state == State.QUEUED

        gateway.answers(accepted("g1"), accepted("g2"))
        fence.lift()
        lifecycle.sweep()
        work()
        assert len(gateway.posts) == 1
        assert only_attempt(new).gateway_id == "g1"
        lifecycle.send_again(old, alice)  # a person decided
        work()
        assert len(gateway.posts) == 2


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.SENDING])
def test_whatever_may_have_been_sent_is_for_a_person(
    team: Team, alice: User, restore: Callable[[], None], state: State
) -> None:
    task = make_task(team, alice, state=state)
    make_attempt(task, posts=int(state == State.SENDING))
    restore()
    assert fence.look()
    task.refresh_from_db()
    assert task.state == State.UNKNOWN
    with pytest.raises(lifecycle.NotNow):
        lifecycle.cancel(task, alice)
    lifecycle.write_off(task, alice)


def test_what_the_gateway_has_is_asked_for_and_heard(team: Team, alice: User, restore: Callable[[], None]) -> None:
    gateway = Gateway()
    with stage.playing(gateway):
        task = begin(team, alice)
        work()
        restore()
        assert fence.look()
        gateway.says(stage.feed("g1", "3"))
        stage.let_pass(60)
        lifecycle.sweep()
        work()
    task.refresh_from_db()
    assert task.state == State.SUCCEEDED


def test_news_of_what_was_lost_with_the_restore_is_taken(team: Team, alice: User, restore: Callable[[], None]) -> None:
    """The callback address holds in the restored database too: the task was sent after the backup was made."""
    task = begin(team, alice)
    restore()
    fence.look()
    assert call(only_attempt(task), told("g7", "1")) == 200
    assert only_attempt(task).gateway_id == "g7"
    task.refresh_from_db()
    assert task.state == State.RUNNING


def test_callbacks_of_tasks_that_the_backup_does_not_know_are_kept_as_ghosts(
    team: Team, restore: Callable[[], None]
) -> None:
    restore()
    for number in range(40):
        path = urlsplit(callback_url(Attempt(public_id=f"{number:032x}"))).path
        assert Client().post(path, '{"task_id": "g"}', content_type="application/json").status_code == 200
        flipped = path[:-2] + ("0" if path[-2] != "0" else "1") + "/"
        assert Client().post(flipped, "{}", content_type="application/json").status_code == 404
    ghosts = Callback.objects.filter(attempt=None, team=team, heard_at=None)
    assert {(ghost.problem, bytes(ghost.body)) for ghost in ghosts} == {(lifecycle_problem(), b'{"task_id": "g"}')}
    assert ghosts.count() == Callback.objects.count() == 40


def lifecycle_problem() -> str:
    return "The address is genuine, but no attempt has it. Was a backup restored?"


def test_a_paid_answer_to_a_lost_attempt_is_put_aside(team: Team) -> None:
    reply = Reply("0" * 32, "answer", 200, body=b"paid for")
    recording.record(reply)
    assert not replies.kept()
    (aside,) = replies.aside()
    kept = replies.read(aside)
    assert kept == reply


def test_a_new_database_is_no_old_one(team: Team, alice: User, folder: Path) -> None:
    epoch.remember(7)
    assert not fence.look()  # nothing was ever asked for in it
    task = make_task(team, alice)
    make_attempt(task)
    assert fence.look()  # a copy from before there was a number


def test_the_disk_follows_a_database_that_is_ahead(
    team: Team, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    Epoch.objects.create(pk=epoch.ONLY, number=9)
    assert not epoch.is_fenced()
    assert epoch.remembered() == 9
    epoch.remember(3)
    assert epoch.remembered() == 9
    with django_capture_on_commit_callbacks(execute=True):
        epoch.advance()
    assert epoch.remembered() == epoch.row().number == 10


def test_a_number_that_cannot_be_read_lets_nothing_out(team: Team, alice: User) -> None:
    gateway = Gateway()
    with stage.playing(gateway):
        task = begin(team, alice)
        epoch.path().write_text("")
        lifecycle.send(only_attempt(task).pk)
        assert epoch.is_fenced()
        assert not gateway.posts
        assert only_attempt(task).state == State.QUEUED


@pytest.mark.parametrize("asks", [epoch.is_fenced, fence.look])
def test_a_start_at_the_moment_of_asking_makes_no_old_database_of_this_one(
    team: Team,
    alice: User,
    asks: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The number stands in two places, and another program counts it up after each look at one of them."""
    make_attempt(make_task(team, alice))
    with django_capture_on_commit_callbacks(execute=True):
        epoch.advance()

    def then_counted_up(look: Callable[[], object]) -> Callable[[], object]:
        def looked() -> object:
            found = look()
            with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
                for name, original in looks.items():
                    patch.setattr(epoch, name, original)
                epoch.advance()
            return found

        return looked

    looks = {name: getattr(epoch, name) for name in ("row", "remembered")}
    for name, look in looks.items():
        monkeypatch.setattr(epoch, name, then_counted_up(look))
    assert not asks()
    monkeypatch.undo()
    assert epoch.row().held_since is None
    assert epoch.row().number == epoch.remembered() > 2


def test_a_lifted_fence_stays_down(
    team: Team,
    alice: User,
    restore: Callable[[], None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    task = make_task(team, alice)
    make_attempt(task)
    restore()
    assert fence.look()
    epoch.advance()  # a start while it stands
    assert epoch.is_fenced()
    with django_capture_on_commit_callbacks(execute=True):
        fence.lift()
    assert not fence.look()
    assert epoch.remembered() == epoch.row().number == 3


def test_everybody_is_told(
    alice: User, dana: User, restore: Callable[[], None], signed_in: Callable[[User], Client]
) -> None:
    task = begin(alice.memberships.get().team, alice)
    for person in (alice, dana):
        assert SAYS not in signed_in(person).get("/tasks/").content.decode()
    assert checks.fence().level == GOOD
    restore()
    for person in (alice, dana):
        assert SAYS in signed_in(person).get("/tasks/").content.decode()
    fence.look()
    assert checks.fence().level == BAD
    assert SAYS in signed_in(alice).get("/team/status/now/").content.decode()
    page = signed_in(dana).get(f"/tasks/{task.pk}/").content.decode()
    assert fence.RESTORED in page
    assert Task.objects.filter(state=State.UNKNOWN).count() == 1
