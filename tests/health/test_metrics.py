"""The figures of /metrics, and that they are Prometheus' text format without a name of ours in it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from studio.assets.models import Keeping
from studio.health import beats, metrics
from studio.health.checks import lookout
from studio.tasks.models import Callback, Task
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_asset, make_attempt, make_connection, make_task

LINE = re.compile(r'studio_[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?[0-9.e+-]+')
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]


def figures(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {name: float(figure) for name, _, figure in (line.rpartition(" ") for line in lines)}


@pytest.fixture(autouse=True)
def new_look() -> None:
    lookout.ended_at = float("-inf")


def test_the_figures_are_those_of_the_rows(team: Team, alice: User) -> None:
    lane = make_connection(team, name="kanarienvogel")
    queued, lost, done = (
        make_task(team, alice, lane, state=state, prompt="kanarienvogel")
        for state in (State.QUEUED, State.UNKNOWN, State.SUCCEEDED)
    )
    make_attempt(queued, due_at=timezone.now() - timedelta(seconds=90))
    make_attempt(lost)
    make_attempt(done, open=False)
    make_asset(done, keeping=Keeping.LOST)
    Callback.objects.create(team=team, public_id="a" * 32, body=b"{}", digest="0" * 64)
    beats.give(beats.CLOCK)
    text = metrics.text()
    told = figures(text)
    assert told['studio_tasks{state="queued"}'] == told['studio_tasks{state="unknown"}'] == 1
    assert told['studio_tasks{state="held"}'] == 0
    assert told["studio_tasks_attention"] == told["studio_attempts_unknown"] == told["studio_attempts_waiting"] == 1
    assert 90 <= told["studio_attempts_wait_seconds"] < 100
    assert told["studio_callbacks_unheard"] == told['studio_results_unkept{state="lost"}'] == 1
    assert told['studio_heartbeat_age_seconds{part="clock"}'] < 5
    assert told['studio_check_ok{check="database"}'] == 1
    assert told['studio_disk_free_bytes{folder="data"}'] > 0
    assert not [word for word in ("kanarienvogel", "Team A", "alice", "sk-", lost.nonce) if word in text]


def test_each_figure_is_announced_once_with_its_kind(db: None) -> None:
    text = metrics.text()
    kinds = dict(re.findall(r"^# TYPE (\S+) (gauge|counter)$", text, re.M))
    assert len(kinds) == text.count("# TYPE") == text.count("# HELP")
    assert {name.partition("{")[0] for name in figures(text)} <= kinds.keys()
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in kinds.items())


def test_a_counter_does_not_fall_when_rows_are_tidied_away(team: Team, alice: User) -> None:
    old, _new = make_task(team, alice), make_task(team, alice)
    before = figures(metrics.text())["studio_tasks_begun_total"]
    Task.objects.filter(pk=old.pk).delete()
    assert figures(metrics.text())["studio_tasks_begun_total"] == before


def test_without_the_database_what_is_known_without_it_is_told(db: None) -> None:
    def away(*_: Any) -> None:
        raise DatabaseError("away")

    with connection.execute_wrapper(away):
        told = figures(metrics.text())
    assert told['studio_check_ok{check="database"}'] == 0
    assert told["studio_streams_open"] == 0
    assert "studio_tasks_attention" not in told


def test_what_a_label_says_cannot_break_its_line() -> None:
    odd = metrics.Metric("info", "gauge", "What runs.", {(("version", 'a"b\\c\nd'),): 1})
    assert list(odd.lines())[-1] == r'studio_info{version="a\"b\\c\nd"} 1'


def test_the_number_of_questions_does_not_grow_with_the_rows(
    team: Team, alice: User, django_assert_max_num_queries: Any
) -> None:
    lane = make_connection(team)
    for number in range(30):
        make_attempt(make_task(team, alice, lane, state=list(State)[number % 10], nonce=str(number)), open=False)
    metrics.text()
    with django_assert_max_num_queries(25):
        lookout.ended_at = float("-inf")
        metrics.text()
