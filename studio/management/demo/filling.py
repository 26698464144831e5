"""All of a demonstration, in order and in one transaction: as far as it went, or nothing."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from studio.finding.filling import fill as search
from studio.management.demo import grids, money, shelves, talks
from studio.management.demo.media import Studio
from studio.management.demo.people import crew
from studio.management.demo.story import Story
from studio.management.demo.work import Work
from studio.tasks.models import Task
from studio.teams.models import Team
from studio.teams.scope import scope

MARK = "demo-"  # begins the nonce of every task of a demonstration


class Filled(Exception):
    """The team has such work already."""


class Sizes(NamedTuple):
    people: int = 3
    tasks: int = 600
    prompts: int = 40
    presets: int = 25
    batches: int = 6
    acts: int = 80
    talks: int = 45


def fill(team: Team, sizes: Sizes, seed: int, *, again: bool = False) -> int:
    """Fill the team; how many tasks it has now. Raises `Filled`."""
    with scope(team), transaction.atomic():
        round_ = Task.objects.filter(nonce__startswith=MARK, nonce__endswith="-0").count()
        if round_ and not again:
            raise Filled
        mark = f"{MARK}{round_}-"
        story = Story(seed + round_, timezone.localtime())
        work = Work(story, crew(team, sizes.people), Studio(team.pk, seed).make(), mark)
        planned = grids.grids(work, sizes.batches)
        work.plan(max(0, sizes.tasks - len(work.made)))
        work.write()
        grids.write(work, planned)
        shelves.word_lists(work.crew)
        shelves.prompts(story, work.crew, sizes.prompts, mark)
        shelves.uses(story, work.made, shelves.presets(story, work.crew, sizes.presets, mark))
        talks.talks(story, work.crew, sizes.talks)
        money.money(story, work.crew)
        money.acts(story, work.crew, sizes.acts)
        search()
        return Task.objects.count()
