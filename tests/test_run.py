"""A preset at a terminal: who runs it, what is held fast there too, and how one waits for it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from studio import catalog
from studio.files.models import File
from studio.library.kept import FIXED, FREE
from studio.library.models import Preset, Use
from studio.management.watching import QUIET, End, Watch, address
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Membership, Role, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import make_asset, make_connection, make_member, make_task
from tests.library.making import make_preset
from tests.tasks.stage import Gateway, feed, let_pass, playing, work

HOLDS = {"model": FIXED, "ratio": FIXED, "style": FIXED, "prompt": FREE}


@pytest.fixture(autouse=True)
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def preset(team: Team, alice: User) -> Preset:
    values = {"model": "gen3", "ratio": "16:9", "options.seconds": 10}
    return make_preset(team, alice, values=values, holds=HOLDS, key="k1")


def run(*words: str) -> tuple[int, str, str]:
    """The exit code, and what was said on the two outputs."""
    out, notes = io.StringIO(), io.StringIO()
    try:
        call_command("run", *words, stdout=out, stderr=notes)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), notes.getvalue()
    except CommandError as fault:
        return fault.returncode, out.getvalue(), str(fault)
    return 0, out.getvalue(), notes.getvalue()


def only_task(team: Team) -> Task:
    with scope(team):
        return Task.objects.get()


@pytest.mark.parametrize("how", ["number", "key", "name"])
def test_a_preset_is_run_by_its_number_key_or_name(team: Team, alice: User, preset: Preset, how: str) -> None:
    called = {"number": str(preset.pk), "key": "k1", "name": "boats"}[how]
    code, out, _notes = run(called, "--set", "prompt=a = b, 雨", "--set", "options.seconds=5")
    task = only_task(team)
    assert (code, task.person) == (0, alice)
    assert out == f"Task {task.pk}: {address(task)}\n"
    body = catalog.loads(task.body_text)
    assert (body["prompt"], body["model"], body["options"]["seconds"]) == ("a = b, 雨", "gen3", 5)
    with scope(team):
        assert Use.objects.get().preset == preset


def test_an_object_is_set_as_a_whole(team: Team, alice: User, preset: Preset) -> None:
    given = ("--set", "prompt=x", "--set", 'options={"motion_vector":{"x":1}}')
    assert run(str(preset.pk), *given)[0] == 0
    assert catalog.loads(only_task(team).body_text)["options"] == {"motion_vector": {"x": 1}}


REFUSED = [
    ("model=gen2", "holds “model” fast"),
    ("ratio=", "holds “ratio” fast"),
    ("style=noir", "holds “style” fast"),
    ("options.seconds=five", "is not a number"),
    ("nothing=1", "has no field “nothing”"),
    ("prompt", "Write it as path=value"),
    ("callback_url=https://x.example", "has no field “callback_url”"),
]


@pytest.mark.parametrize(("setting", "says"), REFUSED)
def test_what_is_held_fast_or_unreadable_begins_nothing(team: Team, preset: Preset, setting: str, says: str) -> None:
    code, _out, said = run("Boats", "--set", "prompt=mine", "--set", setting)
    assert code == 2
    assert says in said
    with scope(team):
        assert not Task.objects.exists()


def test_what_stops_a_run_on_the_page_stops_it_here(team: Team, preset: Preset, connection: Connection) -> None:
    code, _out, said = run("Boats")
    assert code == 2
    assert "Prompt" in said, "it is required and was left free"
    assert "no field “promt”" in run("Boats", "--set", "promt=x")[2]
    assert "Did you mean prompt?" in run("Boats", "--set", "promt=x")[2]
    assert "There is no connection “Elsewhere”" in run("Boats", "--connection", "Elsewhere")[2]
    with scope(team):
        Connection.objects.update(stopped_because="no")
    assert "is stopped" in run("Boats", "--set", "prompt=x")[2]
    with scope(team):
        assert not Task.objects.exists()


def test_one_runs_what_one_sees(team: Team, alice: User, dana: User, charlie: User, preset: Preset) -> None:
    assert "Say who runs it" in run("Boats")[2], "there are two owners"
    given = ("--set", "prompt=mine")
    assert "sees no preset" in run("Boats", *given, "--as", charlie.email)[2]
    assert "sees no preset" in run(str(preset.pk), *given, "--as", charlie.email)[2]
    assert "Viewers can look" in run("Boats", *given, "--as", dana.email)[2]
    assert "Nobody active here" in run("Boats", *given, "--as", "nobody@example.com")[2]
    bob = make_member(team, "bob", Role.MEMBER)
    assert run("Boats", *given, "--as", "BOB@example.com")[0] == 0
    assert only_task(team).person == bob
    make_preset(team, alice)
    assert "Several presets are called “Boats”" in run("Boats", *given, "--as", bob.email)[2]


def test_a_file_is_brought_as_in_the_form(team: Team, alice: User, tmp_path: Path) -> None:
    values = {"prompt": "a boat", "model": "gen3"}
    make_preset(team, alice, name="Film", operation=catalog.get("runway.generate-image"), values=values)
    picture = tmp_path / "fox.png"
    picture.write_bytes(png())
    assert run("Film", "--set", f"image=@{picture}")[0] == 0
    with scope(team):
        assert File.objects.get().reference == only_task(team).values["image"]
    assert "cannot be read" in run("Film", "--set", f"image=@{tmp_path / 'none.png'}")[2]
    (tmp_path / "no.png").write_text("hello")
    assert run("Film", "--set", f"image=@{tmp_path / 'no.png'}")[0] == 2


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(made, "PNG")
    return made.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def task(team: Team, alice: User, connection: Connection) -> Task:
    with scope(team):
        return make_task(team, alice, connection)


def watched(
    task: Task, steps: list[dict[str, Any]], notes: io.StringIO | None = None, at_most: float | None = None
) -> tuple[End, str, str]:
    """Wait for a task that changes by one step at each look."""
    left: Iterator[dict[str, Any]] = iter(steps)
    results, notes = io.StringIO(), notes or io.StringIO()

    def step(_seconds: float) -> None:
        with across_teams():
            Task.objects.filter(pk=task.pk).update(**next(left, {}))

    end = Watch(task, results, notes, step).until_its_end(at_most)
    return end, results.getvalue(), notes.getvalue()


DONE = {"state": State.SUCCEEDED, "results": [{"kind": "video", "url": "https://cdn.example.com/1.mp4"}]}


def test_waiting_ends_with_the_kept_files(team: Team, task: Task, settings: Any) -> None:
    with scope(team):
        make_asset(task, keeping="kept", sha256="0" * 64, file="a/film.mp4")
        make_asset(task, number=2, role="poster", keeping="kept", sha256="0" * 64, file="a/poster.png")
    steps: list[dict[str, Any]] = [{"state": State.ACCEPTED}, {}, {"state": State.RUNNING, "progress": 40}, DONE]
    end, results, notes = watched(task, steps)
    assert end == End.SUCCEEDED
    assert results == f"{Path(settings.MEDIA_ROOT) / 'a' / 'film.mp4'}\n"
    assert notes.splitlines() == ["Queued", "Accepted", "Running 40 %", "Succeeded"]


def test_a_terminal_has_a_bar(task: Task) -> None:
    failed: dict[str, Any] = {"state": State.FAILED, "error": "the model gave up"}
    end, _results, notes = watched(task, [{"state": State.RUNNING, "progress": 50}, failed], Terminal())
    assert end == End.FAILED
    assert "[████████████············] Running 50 %" in notes
    assert notes.endswith("\r\x1b[KFailed: the model gave up\n")


def test_a_result_that_is_lost_is_no_success(team: Team, task: Task) -> None:
    with scope(team):
        make_asset(task, keeping="lost", error="gone")
    end, results, notes = watched(task, [DONE])
    assert (end, results) == (End.FAILED, "")
    assert "Result 1 is lost: gone" in notes


@pytest.mark.parametrize(
    "change", [{"state": State.HELD}, {"state": State.ACCEPTED, "needs": "MODAL"}, {"state": State.UNKNOWN}]
)
def test_what_waits_for_a_person_is_not_waited_for(task: Task, change: dict[str, Any]) -> None:
    end, _results, notes = watched(task, [change])
    assert end == End.WAITS
    assert f"it needs a person. {address(task)}" in notes


def test_a_lost_answer_that_is_found_in_time_goes_on(team: Team, task: Task) -> None:
    steps = [{"state": State.UNKNOWN}, *[{}] * 20, {"state": State.RUNNING}, {"state": State.FAILED}]
    assert watched(task, steps)[0] == End.FAILED


def test_waiting_has_its_end_and_the_task_goes_on(task: Task) -> None:
    end, _results, notes = watched(task, [], at_most=QUIET + 5)
    assert end == End.WAITS
    assert "is the studio running?" in notes
    assert "It still goes on after 20 s" in notes


def test_ctrl_c_leaves_the_task_running(team: Team, task: Task) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    notes = io.StringIO()
    assert Watch(task, io.StringIO(), notes, interrupted).until_its_end() == End.LEFT
    assert "The task goes on without you" in notes.getvalue()
    task.refresh_from_db()
    assert task.state == State.QUEUED


def test_it_is_sent_asked_after_and_told_of_as_any_other(team: Team, preset: Preset) -> None:
    run("Boats", "--set", "prompt=mine")
    gateway = Gateway()
    gateway.says(feed(progress="0.3"), feed(status="2"))

    def step(_seconds: float) -> None:
        with across_teams():
            let_pass(120)
        lifecycle.sweep()
        work()

    notes = io.StringIO()
    with playing(gateway):
        assert Watch(only_task(team), io.StringIO(), notes, step).until_its_end() == End.FAILED
    assert gateway.bodies()[0]["prompt"] == "mine"
    assert notes.getvalue().splitlines()[0] == "Queued"
    assert notes.getvalue().splitlines()[-1] == "Failed: the model gave up"


def test_a_variable_of_its_text_is_said_like_a_field(team: Team, alice: User) -> None:
    values = {"prompt": "a {{animal}} in {{place|a park}}", "model": "gen3"}
    make_preset(team, alice, name="Kites", values=values, holds={"prompt": FIXED})
    assert run("Kites")[0] != 0
    code, _out, said = run("Kites", "--set", "animal=fox", "--set", "plaec=a wood")
    assert (code, "plaec" in said) == (2, True)
    assert run("Kites", "--set", "animal=fox", "--set", "place=a wood")[0] == 0
    assert catalog.loads(only_task(team).body_text)["prompt"] == "a fox in a wood"


def test_what_a_person_runs_for_themselves_alone_is_theirs_from_a_terminal_too(
    team: Team, alice: User, preset: Preset
) -> None:
    Membership.objects.filter(user=alice).update(keeps_private=[preset.operation])
    assert run(str(preset.pk), "--set", "prompt=mine")[0] == 0
    assert only_task(team).private


def test_a_pattern_that_a_preset_holds_is_drawn_as_in_the_form(team: Team, alice: User) -> None:
    make_preset(team, alice, name="Kites", values={"prompt": "a {red|green} kite", "model": "gen3"})
    assert run("Kites")[0] == 0
    task = only_task(team)
    assert catalog.loads(task.body_text)["prompt"] == "a red kite"
    assert task.pattern["texts"] == [["prompt", "a {red|green} kite"]]
