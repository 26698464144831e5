"""The demonstration: made-up work that looks like a team's, and that nothing ever sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from studio.assets import jobs as asset_jobs
from studio.assets.models import Asset
from studio.batches import feeding
from studio.batches.models import Batch, Cell, CellStar
from studio.library.models import Preset, Prompt, PromptVersion, Star, Use
from studio.library.patterns import parse
from studio.management.demo.filling import Sizes, fill
from studio.management.demo.story import Story
from studio.notices.models import Comment, Mention, Message, Notice
from studio.tasks import lifecycle
from studio.tasks.models import Attempt, Event, Task
from studio.tasks.rings import KEEP, POLL, SEND
from studio.teams.acts import Act
from studio.teams.models import Team, User
from studio.teams.scope import scope

SMALL = Sizes(people=3, tasks=150, prompts=8, presets=9, batches=2, acts=10, talks=12)


@pytest.fixture(autouse=True)
def no_gateway(settings: Any) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a demonstration asked {request.url}")

    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(nobody)


def test_it_fills_a_team_with_work_that_nothing_sends(
    team: Team, alice: User, signed_in: Callable[[User], Client]
) -> None:
    out = StringIO()
    sizes = [f"--{name}={number}" for name, number in SMALL._asdict().items()]
    call_command("demo", *sizes, stdout=out)
    assert "Team A has 150 tasks now" in out.getvalue()
    with scope(team):
        assert team.people.count() == 3
        assert [model.objects.count() for model in (Prompt, Preset, Batch)] == [8, 9, 2]
        assert Act.objects.count() >= 10
        assert all(model.objects.exists() for model in (Asset, Event, Use, Star, CellStar))
        assert PromptVersion.objects.count() > 8
        assert {each.about[0] for each in Comment.objects.all()} == {"task", "batch", "preset", "prompt"}
        assert {each.person for each in Mention.objects.all()} <= {*team.people.all()}
        assert Mention.objects.exists()
        assert Notice.objects.filter(read_at=None).exists()
        assert not Message.objects.exists(), "nobody is mailed"
        assert Cell.objects.filter(task__isnull=False).count() > 10
        assert {*Task.objects.values_list("state", flat=True)} >= {"succeeded", "failed"}
        assert not Attempt.objects.exclude(lease_until=None).exists(), "what seems to be sent takes nobody's place"
        odd = [each.name for each in Prompt.objects.all() if parse(each.text).odd]
        assert odd == [], "what looks like a variable is one"
        before = list(Attempt.objects.values_list("pk", "state", "posts").order_by("pk"))
    lifecycle.sweep()
    feeding.feed()
    asset_jobs.sweep()
    assert not {SEND, POLL, KEEP} & {each.task["func"] for each in OrmQ.objects.all()}
    with scope(team):
        assert list(Attempt.objects.values_list("pk", "state", "posts").order_by("pk")) == before
        newest = Task.objects.filter(assets__isnull=False).latest("pk").pk
    client = signed_in(alice)
    for path in (reverse("tasks:detail", args=[newest]), reverse("tasks:list"), reverse("assets:wall")):
        assert client.get(path).status_code == 200
    with pytest.raises(CommandError, match="filled already"):
        call_command("demo")


def test_the_same_seed_makes_the_same_work_and_again_makes_more(team: Team, other_team: Team) -> None:
    few = SMALL._replace(tasks=40, prompts=2, presets=2, batches=1, acts=1)
    texts = []
    for each in (team, other_team):
        assert fill(each, few, 7) == 40
        with scope(each):
            texts.append(list(Task.objects.order_by("nonce").values_list("prompt", "state")))
    assert texts[0] == texts[1]
    assert fill(team, few, 7, again=True) == 80


def test_nobody_in_it_types_a_number_that_only_a_program_would_send() -> None:
    bodies = [run.body(run.filled("a boat")) for run in Story(7, timezone.now()).runs]
    assert [found for body in bodies for found in re.findall(r":-?\d+\.\d{5,}", body)] == []


def test_a_text_that_is_drawn_twice_makes_no_version_and_ends_nothing(team: Team) -> None:
    fill(team, Sizes(people=3, tasks=10, prompts=0, presets=90, batches=0, acts=0, talks=0), 1)
    with scope(team):
        assert Preset.objects.count() == 90


def test_it_asks_which_of_several_teams(team: Team, other_team: Team) -> None:
    with pytest.raises(CommandError, match="several teams"):
        call_command("demo")
    with pytest.raises(CommandError, match="no such team"):
        call_command("demo", team="Nobody")
