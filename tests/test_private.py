"""What a person keeps to themselves: every address that shows tasks, results, batches or files, walked by others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection as database
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio import catalog
from studio.assets.models import Asset
from studio.batches.models import Batch, Cell
from studio.files.models import File
from studio.library.models import ShareLink, Use
from studio.tasks import lifecycle, reader
from studio.tasks.events import append
from studio.tasks.hub import Hub
from studio.tasks.models import Event, Task
from studio.tasks.states import Approval, Kind, Source, State
from studio.teams.models import Role, Team, User
from studio.teams.scope import across_teams
from tests.doors import DOORS
from tests.factories import make_attempt, make_connection, make_file, make_member, make_task
from tests.tasks.stage import OPERATION
from tests.test_doors import URLS, WAYS, address, knock, no_network, rows, text_of

__all__ = ["no_network", "rows"]  # fixtures
SECRET = "eisvogel"


@pytest.fixture
def kept(rows: dict[str, models.Model], team: Team, alice: User, bob: User) -> dict[str, models.Model]:
    """Alice's task, batch and file are hers alone and hold the secret; some of it hangs on rows of others."""
    with across_teams():
        task = Task.objects.get(pk=rows["task"].pk)
        texts = {"prompt": SECRET, "error": SECRET, "body_text": f'{{"p": "{SECRET}"}}', "private": True}
        Task.objects.filter(pk=task.pk).update(values={"prompt": SECRET}, **texts)
        attempt = task.attempts.get()
        attempt.answer_text = attempt.sent_text = attempt.gateway_id = SECRET
        attempt.save()
        attempt.callbacks.update(body=SECRET.encode(), problem=SECRET)
        asset = task.assets.get()
        asset.file.save(f"{SECRET}.txt", ContentFile(SECRET.encode()))
        Asset.objects.filter(pk=asset.pk).update(error=SECRET, file=asset.file.name, kept_at=timezone.now())
        Event.objects.create(team=team, task=task, kind=Kind.HEARD, source=Source.POLL, state=task.state, text=SECRET)
        Batch.objects.update(private=True, name=SECRET, axes=[{"title": SECRET, "labels": [SECRET]}])
        file = make_file(team, alice, data=SECRET.encode(), name=f"{SECRET}.txt", media_type="text/plain", kind="text")
        File.objects.filter(pk=file.pk).update(private=True)
        failed = make_task(team, alice, prompt=SECRET, private=True, state=State.FAILED, charge=9, parent=task)
        make_task(team, bob, prompt="what came of it", parent=failed)
        ShareLink.objects.update(id=1000)  # the next one is number 1
        preset: Any = rows["preset"]
        version = preset.versions.get()
        Use.objects.create(team=team, preset=preset, version=version, task=task)
        shared = Batch.objects.create(
            team=team, person=alice, connection=task.connection, operation=OPERATION, name="seen by all", size=2,
            nonce="shared", axes=[{"title": "place", "labels": ["one", "two"]}],
        )  # fmt: skip
        lost = make_task(team, alice, prompt=SECRET, error=SECRET, private=True, state=State.FAILED)
        Cell.objects.create(team=team, batch=shared, number=1, place=[0], task=lost, state="begun")
        seen = make_task(team, alice, prompt="seen", state=State.SUCCEEDED)
        Cell.objects.create(team=team, batch=shared, number=2, place=[1], task=seen, state="begun")
    return rows | {"file": file, "shared": shared}


def walked(client: Client, rows: dict[str, models.Model]) -> list[str]:
    """The addresses at which the secret stands, or a link to the task, with the methods."""
    shared = rows["shared"].pk
    more = [reverse(f"batches:{name}", args=[shared]) for name in ("batch", "news", "results")]
    more.append(reverse("batches:compare", args=[shared]) + "?cell=1&cell=2")
    more += [f"{reverse('tasks:list')}?q={SECRET[:4]}&state={state}" for state in ("", "failed", "succeeded")]
    more += [f"{reverse('assets:choose')}?takes={kind}" for kind in ("text", "file", "video")]
    more.append(f"{reverse('composer:compose', args=[OPERATION])}?from={rows['task'].pk}")
    paths = [address(name, door, rows) for name, door in DOORS.items() if name in URLS and name != "account_logout"]
    found = []
    for path in [*paths, *more]:
        for way in WAYS if path in paths else ["GET"]:
            with transaction.atomic():
                text = text_of(knock(client, way, path))
                if SECRET in text or f'href="/tasks/{rows["task"].pk}/"' in text:
                    found.append(f"{way} {path}")
                transaction.set_rollback(True)
    return found


def test_nobody_else_reads_a_word_of_what_is_private(
    kept: dict[str, models.Model], team: Team, bob: User, signed_in: Callable[[User], Client]
) -> None:
    """A member and another owner; who may only look is shown no more than a member."""
    other_owner = make_member(team, "olga", Role.OWNER)
    for person in (bob, other_owner):
        assert walked(signed_in(person), kept) == [], person


def test_its_person_sees_all_of_it(
    kept: dict[str, models.Model], alice: User, signed_in: Callable[[User], Client]
) -> None:
    """The other half: a walk in which nobody finds the secret would prove nothing."""
    found = {each.split()[-1].split("?")[0] for each in walked(signed_in(alice), kept)}
    task, batch = kept["task"].pk, kept["batch"].pk
    for name, args in {
        "tasks:list": [],
        "tasks:detail": [task],
        "tasks:card": [task],
        "tasks:row": [task],
        "tasks:spending": [],
        "tasks:inbox": [],
        "assets:wall": [],
        "assets:choose": [],
        "batches:list": [],
        "batches:batch": [batch],
        "library:preset": [kept["preset"].pk],
        "composer:compose": [OPERATION],
    }.items():
        assert reverse(name, args=args) in found, name


def test_sums_hold_what_is_private_and_say_that_it_is(
    kept: dict[str, models.Model], team: Team, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(make_member(team, "olga", Role.OWNER)).get(reverse("tasks:spending")).content.decode()
    assert "A private task" in page
    assert ">9<" in page


@pytest.fixture
def mine(team: Team, alice: User) -> Task:
    with across_teams():
        task = make_task(team, alice, prompt=SECRET, private=True, state=State.SUCCEEDED)
        make_attempt(task, open=False)
        return task


def test_only_its_person_opens_a_private_task_to_others(
    mine: Task, bob: User, alice: User, signed_in: Callable[[User], Client]
) -> None:
    address, page = reverse("tasks:private", args=[mine.pk]), reverse("tasks:detail", args=[mine.pk])
    assert signed_in(bob).post(address, {"private": "off"}).status_code == 404
    signed_in(alice).post(address, {"private": "off"})
    assert signed_in(bob).get(page).status_code == 200
    assert signed_in(bob).post(address, {"private": "on"}).status_code == 403
    signed_in(alice).post(address, {"private": "on"})
    assert signed_in(bob).get(page).status_code == 404
    with across_teams():
        kinds = [Kind.SHOWN, Kind.HIDDEN]
        assert list(Event.objects.filter(task=mine).values_list("kind", flat=True)) == kinds


def test_an_owner_reads_a_private_task_for_as_long_as_it_waits_for_approval(
    team: Team, bob: User, alice: User, dana: User, signed_in: Callable[[User], Client]
) -> None:
    with across_teams():
        given: dict[str, Any] = {
            "prompt": SECRET,
            "private": True,
            "price": 5,
            "state": State.HELD,
            "approval": Approval.ASKED,
        }
        task = make_task(team, bob, **given)
        lifecycle_attempt(task)
    page = reverse("tasks:detail", args=[task.pk])
    assert SECRET in signed_in(alice).get(page).content.decode()
    assert SECRET in signed_in(alice).get(reverse("tasks:list")).content.decode()
    assert signed_in(dana).get(page).status_code == 404
    answer = signed_in(alice).post(reverse("tasks:approve", args=[task.pk]))
    assert answer["Location"] == reverse("tasks:list")
    assert signed_in(alice).get(page).status_code == 404


def lifecycle_attempt(task: Task) -> None:
    task.attempts.create(team=task.team, connection=task.connection, state=State.HELD, due_at=timezone.now())


def test_what_goes_on_from_a_private_task_begins_private(mine: Task, alice: User) -> None:
    with across_teams():
        Task.objects.filter(pk=mine.pk).update(extras=catalog.pack({}))
        mine.refresh_from_db()
        task = lifecycle.again(mine, alice, "again")
    assert task.private


FORM = {"v:prompt": SECRET, "v:model": "gen3", "v:ratio": "16:9", "v:options.seconds": "5"}


def test_the_switch_beside_run_is_kept_for_the_next_time(
    team: Team, bob: User, signed_in: Callable[[User], Client]
) -> None:
    with across_teams():
        make_connection(team)
    client, form = signed_in(bob), reverse("composer:compose", args=[OPERATION])
    checked = 'id="private" aria-describedby="private-note" checked'
    assert checked not in client.get(form).content.decode()
    client.post(reverse("composer:run", args=[OPERATION]), FORM | {"nonce": "1", "private": ["off", "on"]})
    with across_teams():
        assert Task.objects.get().private
    assert checked in client.get(form).content.decode()
    client.post(reverse("composer:run", args=[OPERATION]), FORM | {"nonce": "2", "private": "off"})
    with across_teams():
        assert not Task.objects.order_by("id").last().private  # type: ignore[union-attr]
    assert checked not in client.get(form).content.decode()


def test_a_private_batch_makes_private_tasks_and_opens_as_a_whole(
    team: Team, alice: User, bob: User, signed_in: Callable[[User], Client]
) -> None:
    with across_teams():
        make_connection(team)
    plan = FORM | {"nonce": "b", "axis-field": "options.seconds", "axis-text": "5, 10", "private": ["off", "on"]}
    answer = signed_in(bob).post(reverse("batches:run", args=[OPERATION]), plan)
    assert signed_in(alice).get(answer["Location"]).status_code == 404
    with across_teams():
        batch = Batch.objects.get()
        assert list(Task.objects.values_list("private", flat=True)) == [True, True]
    signed_in(bob).post(reverse("batches:private", args=[batch.pk]), {"private": "off"})
    assert signed_in(alice).get(answer["Location"]).status_code == 200
    with across_teams():
        assert list(Task.objects.values_list("private", flat=True)) == [False, False]


def test_nobody_is_told_that_somebody_ran_exactly_this_in_private(
    team: Team, alice: User, bob: User, signed_in: Callable[[User], Client]
) -> None:
    with across_teams():
        make_connection(team)
    for number, (private, said) in enumerate([("on", False), ("off", True)]):
        with across_teams():
            Task.objects.all().delete()
        form = FORM | {"nonce": str(number), "private": ["off", private]}
        signed_in(bob).post(reverse("composer:run", args=[OPERATION]), form)
        plan = FORM | {"axis-field": "options.seconds", "axis-text": "5, 10"}
        page = signed_in(alice).post(reverse("batches:plan", args=[OPERATION]), plan).content.decode()
        assert ("ran exactly this" in page) is said


class Here:
    """The tests' own database, as the reader of events asks it."""

    def query(self, sql: str, values: tuple[int, ...]) -> list[Any]:
        with database.cursor() as cursor:
            cursor.execute(sql.replace("?", "%s"), values)
            return list(cursor.fetchall())

    def news(self, after: int) -> list[reader.Line]:
        return reader.read(self, after)

    def close(self) -> None: ...


def test_frames_of_a_private_task_go_to_its_person_only(mine: Task, team: Team, alice: User, bob: User) -> None:
    with across_teams():
        append(mine, Kind.HEARD, Source.POLL)
        append(make_task(team, bob, state=State.SUCCEEDED), Kind.HEARD, Source.POLL)
    lines = reader.read(Here(), 0)
    assert [line.only for line in lines] == [alice.pk, None]
    assert reader.read_team(Here(), team.pk, 0) == lines
    hub = Hub()
    streams = {person: hub.join(person.pk, team.pk) for person in (alice, bob)}
    hub.hand(lines)
    assert [len(stream.frames) for stream in streams.values()] == [2, 1]
