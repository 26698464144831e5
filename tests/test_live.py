"""The stream as a browser gets it, from a real server on both databases: nothing lost, nothing twice, nothing of
another team."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest
from django.core import signing

from studio.tasks import live
from tests import plain
from tests.postgresql import free_port
from tests.processes import SECRET, House, eventually, house

pytestmark = pytest.mark.slow
WRITE = """
import json, sys, threading
from django.db import connection, transaction
from studio.tasks import events
from studio.tasks.models import Event, Task
from studio.tasks.states import Source
from studio.teams.scope import across_teams

def write(task, count):
    with across_teams():
        task = Task.objects.get(pk=task)
        for n in range(count):
            with transaction.atomic():
                events.append(task, "heard", Source.TIMER)
    connection.close()

threads = [threading.Thread(target=write, args=({task}, {count})) for _ in range({writers})]
[t.start() for t in threads]
[t.join() for t in threads]
with across_teams():
    print(json.dumps(list(Event.objects.filter(task={task}).order_by("id").values_list("id", flat=True))))
"""
PEOPLE = """
import json
from studio.teams.scope import across_teams
from tests.factories import make_attempt, make_task, make_team
with across_teams():
    made = []
    for name in ("alice", "charlie"):
        team = make_team(name, owner=name)
        user = team.people.get()
        task = make_task(team, user)
        make_attempt(task)
        made.append({"user": user.pk, "team": team.pk, "task": task.pk})
print(json.dumps(made))
"""
JOIN = """
from studio.teams.models import Membership, Team, User
from tests.factories import make_member
"""


@dataclass
class Viewer:
    """A browser that follows the stream in a thread: the ids, event names and frames it got."""

    studio: Live
    token: str
    since: int | None = None
    ids: list[int] = field(default_factory=list)
    frames: list[dict[str, object]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    last: int | None = None
    connected: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def open(self) -> socket.socket:
        address = urlsplit(self.studio.url)
        query = f"token={self.token}" + ("" if self.since is None else f"&since={self.since}")
        resuming = "" if self.last is None else f"Last-Event-ID: {self.last}\r\n"
        wire = socket.create_connection((str(address.hostname), address.port or 80), timeout=30)
        wire.sendall(f"GET {address.path}?{query} HTTP/1.0\r\n{resuming}\r\n".encode())
        threading.Thread(target=self.follow, args=[wire], daemon=True).start()
        assert self.connected.wait(10)
        return wire

    def follow(self, wire: socket.socket) -> None:
        with suppress(ConnectionError):  # a server that stops may cut the line instead of ending it
            for line in wire.makefile():
                self.connected.set()
                self.hear(line.strip())
        self.ended.set()

    def hear(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "id":
            self.ids.append(int(value))
        elif name == "event":
            self.names.append(value)
        elif name == "data":
            self.frames.append(json.loads(value))


@dataclass
class Live:
    """A studio whose web process alone runs, with Alice and Charlie in it."""

    house: House
    url: str
    alice: dict[str, int]
    charlie: dict[str, int]

    def token(self, person: dict[str, int]) -> str:
        return signing.dumps({"user": person["user"], "team": person["team"]}, key=SECRET, salt=live.SALT)

    def write(self, person: dict[str, int], count: int = 1, writers: int = 1) -> list[int]:
        code = WRITE.replace("{task}", str(person["task"])).replace("{count}", str(count))
        ids: list[int] = json.loads(self.house.do(code.replace("{writers}", str(writers)), within=60))
        return ids

    def joined(self, name: str, team: int) -> dict[str, int]:
        """A new member of that team."""
        return {
            "user": int(self.house.do(f"{JOIN}\nprint(make_member(Team.objects.get(pk={team}), '{name}').pk)")),
            "team": team,
        }

    @contextmanager
    def viewer(self, person: dict[str, int], since: int | None = None, last: int | None = None) -> Iterator[Viewer]:
        viewer = Viewer(self, self.token(person), since, last=last)
        wire = viewer.open()
        yield viewer
        wire.shutdown(socket.SHUT_RDWR)
        wire.close()


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def studio(request: pytest.FixtureRequest) -> Iterator[Live]:
    with house(request.param) as made:
        done = made.run("manage.py", "migrate", "-v0")
        assert done.returncode == 0, done.stderr
        alice, charlie = json.loads(made.do(PEOPLE))
        port = free_port()
        made.start("-m", "uvicorn", "studio.asgi:application", "--port", str(port), "--no-access-log")
        running = Live(made, f"http://127.0.0.1:{port}/live/", alice, charlie)
        eventually(lambda: status(running.url) == 403, what="the server did not start")
        yield running


def status(url: str, **parameters: str) -> int:
    try:
        with plain.stream("GET", url, params=parameters, timeout=10) as answer:
            return answer.status_code
    except httpx.TransportError:
        return 0


def test_nothing_is_lost_or_doubled_while_four_write_at_once(studio: Live) -> None:
    before = studio.write(studio.alice)
    with studio.viewer(studio.alice) as now, studio.viewer(studio.alice, since=0) as all_of_it:
        written = studio.write(studio.alice, count=125, writers=4)
        eventually(lambda: len(now.ids) >= 500 and len(all_of_it.ids) >= len(written))
        assert now.ids == [number for number in written if number > before[-1]]
        assert all_of_it.ids == written
        assert all_of_it.frames[-1] == {
            "task": studio.alice["task"],
            "kind": "heard",
            "state": "queued",
            "progress": None,
        }


def test_a_stream_resumes_in_the_midst_of_writing(studio: Live) -> None:
    first = studio.write(studio.alice)[-1]
    got: list[int] = []
    with studio.viewer(studio.alice, since=first) as one:
        writing = threading.Thread(target=studio.write, args=(studio.alice, 60, 4))
        writing.start()
        eventually(lambda: len(one.ids) > 20)
    got += list(one.ids)
    # What the browser says on resuming counts, not what its page said when it was rendered.
    with studio.viewer(studio.alice, since=first, last=got[-1]) as two:
        writing.join()
        eventually(lambda: len(got) + len(two.ids) >= 240)
        assert len(set(got + two.ids)) == len(got + two.ids) == 240
        assert got + two.ids == sorted(got + two.ids)


GROWS = """
import json
from django.db import transaction
from studio.tasks import events
from studio.tasks.models import Event, Task
from studio.tasks.states import Source
from studio.teams.scope import across_teams

with across_teams():
    task = Task.objects.get(pk={task})
    with transaction.atomic():
        if "{kind}" == "heard":
            events.hush(task)
        last = events.append(task, "{kind}", Source.ANSWER)
    print(json.dumps([last.pk, Event.objects.filter(task=task, kind="writing").count()]))
"""


def test_an_answer_that_grows_is_told_of_all_the_time_and_leaves_no_lines(studio: Live) -> None:
    before = studio.write(studio.alice)[-1]

    def grow(kind: str) -> list[int]:
        """The id of the new line, and how many lines of the growing answer are left."""
        said: list[int] = json.loads(studio.house.do(GROWS.format(task=studio.alice["task"], kind=kind), within=60))
        return said

    with studio.viewer(studio.alice, since=before) as viewer:
        for number in range(1, 5):
            line, left = grow("writing")
            assert left == 1
            eventually(lambda line=line: viewer.ids and viewer.ids[-1] == line)  # type: ignore[misc]
            assert len(viewer.ids) == number, "each is told once"
        for _ in range(40):  # quicker than SQLite's reader looks: it is told of several as one
            grow("writing")
        last, left = grow("heard")
        eventually(lambda: viewer.ids and viewer.ids[-1] == last)
        kinds = [frame["kind"] for frame in viewer.frames]
        assert left == 0
        assert kinds[-1] == "heard"
        assert set(kinds[:-1]) == {"writing"}
        assert viewer.ids == sorted(set(viewer.ids))
    with studio.viewer(studio.alice, since=before) as late:
        eventually(lambda: late.ids)
        assert late.ids == [last]


def test_another_teams_events_are_never_seen(studio: Live) -> None:
    with studio.viewer(studio.charlie, since=0) as charlie:
        studio.write(studio.alice, count=5)
        mine = studio.write(studio.charlie)
        eventually(lambda: charlie.ids)
        assert charlie.ids == mine
        assert {frame["task"] for frame in charlie.frames} == {studio.charlie["task"]}


def test_a_wrong_or_old_token_is_refused(studio: Live) -> None:
    assert status(studio.url) == 403
    assert status(studio.url, token=studio.token(studio.alice) + "x") == 403
    other_purpose = signing.dumps({"user": 1, "team": 1}, key=SECRET, salt="another purpose")
    assert status(studio.url, token=other_purpose) == 403

    class TenMinutesAgo(signing.TimestampSigner):
        def timestamp(self) -> str:
            return signing.b62_encode(int(time.time()) - live.LIFE - 1)

    old = TenMinutesAgo(key=SECRET, salt=live.SALT).sign_object({"user": 1, "team": 1}, compress=False)
    assert status(studio.url, token=old) == 403


def test_a_cursor_from_another_time_is_told_to_start_afresh(studio: Live) -> None:
    newest = studio.write(studio.alice)[-1]
    with studio.viewer(studio.alice, since=newest + 1_000_000) as lost:
        eventually(lambda: lost.names)
        assert lost.names == ["reset"]
        assert lost.ids == [newest]


def test_events_that_were_tidied_away_make_a_page_start_afresh(studio: Live) -> None:
    first, *_, newest = studio.write(studio.charlie, count=5)
    studio.house.do(f"""
from studio.tasks.models import Event
from studio.teams.scope import across_teams
with across_teams():
    Event.objects.filter(pk__lt={newest}).delete()
""")
    with studio.viewer(studio.charlie, since=first) as late:
        eventually(lambda: late.names)
        assert (late.names, late.ids) == (["reset"], [newest])
    with studio.viewer(studio.charlie, since=newest - 1) as in_time:
        eventually(lambda: in_time.ids)
        assert (in_time.names, in_time.ids) == (["task"], [newest])


@pytest.mark.parametrize(
    "farewell", ["Membership.objects.filter(user={}).delete()", "User.objects.filter(pk={}).update(is_active=False)"]
)
def test_who_leaves_a_team_hears_no_more_of_it(studio: Live, farewell: str) -> None:
    name = "frank" if "Membership" in farewell else "grace"
    person = studio.joined(name, studio.alice["team"])
    with studio.viewer(person) as stream:
        studio.write(studio.alice)
        eventually(lambda: stream.ids)
        studio.house.do(JOIN + farewell.format(person["user"]))
        eventually(lambda: stream.ended.is_set(), within=20)  # ten, on a machine with time
        assert status(studio.url, token=studio.token(person)) == 403


def test_a_person_has_eight_streams_and_the_ninth_is_told_to_wait(studio: Live) -> None:
    token = studio.token(studio.joined("eve", studio.charlie["team"]))
    with httpx.Client(limits=httpx.Limits(max_connections=20)) as client:
        streams = [
            client.send(client.build_request("GET", studio.url, params={"token": token}), stream=True) for _ in range(9)
        ]
        assert [stream.status_code for stream in streams] == [200] * 8 + [503]
        assert streams[8].headers["Retry-After"] == "30"
        for stream in streams:
            stream.close()
        # Those who left make room.
        eventually(lambda: status(studio.url, token=token) == 200)


def test_the_answer_may_not_be_stored_or_held_back(studio: Live) -> None:
    with plain.stream("GET", studio.url, params={"token": studio.token(studio.alice)}) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "no-cache" in answer.headers["cache-control"]
        assert answer.headers["x-accel-buffering"] == "no"
