"""No page makes queries in proportion to its rows, nor shows all of them however many there are."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from studio.assets.models import Asset
from studio.files.models import File
from studio.finding.filling import fill
from studio.ledger import terms
from studio.ledger.models import Budget
from studio.notices.models import Comment, Mention, Notice
from studio.tasks.models import Attempt, Callback, Event, Task
from studio.tasks.states import Kind, Source, State
from studio.teams.acts import What, note
from studio.teams.models import Connection, Membership, Team, User
from studio.teams.scope import across_teams
from tests.factories import VALUES, make_connection, make_task, make_team

pytestmark = pytest.mark.django_db

FEW, MANY = 10, 1000
FEWER = 100  # of what a team makes by hand: people, teams and connections
LONGEST = 200_000  # bytes of a page; a thousand rows would be a million
STATES = (State.SUCCEEDED, State.SUCCEEDED, State.RUNNING, State.FAILED, State.UNKNOWN)


class Studio:
    """A team that grows, and one task of it whose own history grows with it."""

    def __init__(self) -> None:
        self.team = make_team()
        self.person = User.objects.get()
        self.connection = make_connection(self.team)
        self.client = Client()
        self.client.force_login(self.person)
        self.task = make_task(self.team, self.person, self.connection, state=State.SUCCEEDED)
        self.attempt = self.attempt_of(self.task)
        self.attempt.save()

    def attempt_of(self, task: Task) -> Attempt:
        now = timezone.now()
        over = task.state not in {State.RUNNING, State.UNKNOWN}
        row = Attempt(team=self.team, task=task, connection=self.connection, state=task.state, open=not over, posts=1)
        row.due_at = row.claimed_at = row.answered_at = now
        row.sent_text, row.answer_text = "{}", "{}"
        return row

    def grow_to(self, count: int) -> None:
        with across_teams():
            first = Task.objects.count() - 1
            tasks = Task.objects.bulk_create(self.new_task(number) for number in range(first, count))
            attempts = Attempt.objects.bulk_create(self.attempt_of(task) for task in tasks)
            Event.objects.bulk_create(self.event(a.task, a) for a in attempts)
            Event.objects.bulk_create(self.event(self.task, self.attempt) for _ in attempts)
            Callback.objects.bulk_create(self.callback(a, heard=False) for a in attempts)
            Callback.objects.bulk_create(self.callback(self.attempt, heard=True) for _ in attempts)
            Asset.objects.bulk_create(self.asset(a.task, 1) for a in attempts)
            Asset.objects.bulk_create(self.asset(self.task, place + 1) for place in range(first, count))
            File.objects.bulk_create(self.file(number) for number in range(first, count))
            for number in range(first, count):
                note(What.INVITED, self.team, self.person, f"{number}@example.com", role="member")
            self.grow_talk(tasks)
            self.grow_people(first, min(count, FEWER))
        fill()

    def grow_talk(self, tasks: list[Task]) -> None:
        """A comment on the one task and a line about each of the others, every second of them unread."""
        of_it = {"team": self.team, "writer": self.person, "task": self.task}
        comments = Comment.objects.bulk_create(Comment(**of_it, text=f"see https://a.example/{t.pk}") for t in tasks)
        Mention.objects.bulk_create(Mention(team=self.team, comment=each, person=self.person) for each in comments)
        given = {"team": self.team, "person": self.person, "what": "commented", "who": [self.person.pk]}
        Notice.objects.bulk_create(
            Notice(**given, task=task, comment=said, key=f"talk:task:{task.pk}", read_at=over)
            for task, said, over in zip(tasks, comments, cycle([None, timezone.now()]), strict=False)
        )

    def grow_people(self, first: int, count: int) -> None:
        people = User.objects.bulk_create(User(email=f"p{number}@example.com") for number in range(first, count))
        Membership.objects.bulk_create(Membership(team=self.team, user=user) for user in people)
        Budget.objects.bulk_create(Budget(team=self.team, person=user, points=1000) for user in people)
        Connection.objects.bulk_create(
            Connection(team=self.team, name=f"c{number}", base_url="http://127.0.0.1:8001", is_sandbox=True)
            for number in range(first, count)
        )
        teams = Team.objects.bulk_create(Team(name=f"t{number}") for number in range(first, count))
        Membership.objects.bulk_create(Membership(team=team, user=self.person) for team in teams)

    def new_task(self, number: int) -> Task:
        state = STATES[number % len(STATES)]
        now = timezone.now()
        over = now if state in {State.SUCCEEDED, State.FAILED} else None
        given = {"team": self.team, "person": self.person, "connection": self.connection, "values": VALUES}
        return Task(
            **given,
            operation="runway.generate-text",
            body_text="{}",
            prompt=f"boat {number}",
            nonce=f"grown-{number}",
            state=state,
            sent_at=now - timedelta(minutes=1),
            finished_at=over,
            parent=self.task if number % 2 else None,
            charge=number % 3,
        )

    def event(self, task: Task, attempt: Attempt) -> Event:
        common = {"team": self.team, "task": task, "attempt": attempt, "person": self.person}
        return Event(**common, kind=Kind.HEARD, source=Source.CALLBACK, state=task.state)

    def callback(self, attempt: Attempt, *, heard: bool) -> Callback:
        given = {"team": self.team, "attempt": attempt, "public_id": attempt.public_id, "digest": "0" * 64}
        return Callback(**given, body=b"{}", heard_at=timezone.now() if heard else None)

    def asset(self, task: Task, number: int) -> Asset:
        kept = {"keeping": "kept", "kept_at": timezone.now(), "sha256": "0" * 64, "file": "none.mp4", "size": 1}
        return Asset(team=self.team, task=task, number=number, kind="video", role="result", **kept)

    def file(self, number: int) -> File:
        what = {"kind": "image", "media_type": "image/png", "size": 1, "sha256": f"{number:064}", "file": "none.png"}
        return File(team=self.team, person=self.person, name=f"{number}.png", **what)

    def asked(self, address: str) -> tuple[int, int]:
        """How many queries the page makes, and how long it is."""
        self.client.get(address)  # what is only asked once in a process
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return len(queries), len(answer.content)


@pytest.fixture
def studio(db: None, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setattr(terms, "FRESH", None)  # else what is kept for seconds may end between two looks
    with across_teams():
        grown = Studio()
    return grown


def addresses(studio: Studio) -> list[str]:
    task = [studio.task.pk]
    operation = ["runway.generate-text"]
    return [
        reverse("tasks:list"),
        reverse("tasks:list") + "?state=open",
        reverse("tasks:list") + "?q=boat",
        reverse("tasks:list") + f"?before={studio.task.pk + 60}",
        reverse("tasks:list") + f"?after={studio.task.pk}",
        reverse("tasks:rows"),
        reverse("tasks:detail", args=task),
        reverse("tasks:card", args=task),
        reverse("tasks:row", args=task),
        reverse("assets:more", args=task),
        reverse("notices:list"),
        reverse("notices:bell"),
        reverse("notices:bell") + "?open=yes",
        reverse("notices:people"),
        reverse("notices:talk", args=["task", studio.task.pk]),
        reverse("tasks:inbox"),
        reverse("tasks:inbox") + "?show=unheard",
        reverse("tasks:spending"),
        reverse("ledger:money"),
        reverse("ledger:left"),
        reverse("assets:wall"),
        reverse("assets:choose") + "?kind=image",
        reverse("finding:search") + "?q=boat",
        reverse("finding:search") + "?q=boat&in=tasks",
        reverse("finding:search") + "?q=boat&in=results",
        reverse("finding:palette"),
        reverse("finding:palette") + "?q=boat",
        reverse("composer:pick"),
        reverse("composer:compose", args=operation),
        reverse("composer:compose", args=operation) + f"?from={studio.task.pk}",
        reverse("teams:team"),
        reverse("teams:audit"),
        reverse("teams:connections"),
        reverse("teams:profile"),
        reverse("health:status"),
        reverse("health:now"),
    ]


def test_a_page_makes_as_many_queries_for_many_rows_as_for_few(studio: Studio) -> None:
    studio.grow_to(FEW)
    few = {address: studio.asked(address) for address in addresses(studio)}
    studio.grow_to(MANY)
    many = {address: studio.asked(address) for address in addresses(studio)}
    # Not one more; where a page asks for "something older, at least", there may be one less.
    assert {address: (few[address][0], many[address][0]) for address in few if many[address][0] > few[address][0]} == {}
    assert {address: length for address, (_queries, length) in many.items() if length > LONGEST} == {}
