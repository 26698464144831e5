"""What the people of a demonstration say about their work, whom they mention, and what of it is unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import NamedTuple

from studio.batches.models import Batch
from studio.library.models import Preset, Prompt
from studio.management.demo.people import Crew
from studio.management.demo.story import STORY, Story
from studio.notices import telling
from studio.notices.models import TARGETS, Comment, Mention, Notice, What
from studio.notices.targets import Target, of_the_team
from studio.notices.writing import resolve
from studio.tasks.models import Task

LATELY = 150  # tasks, of which some are talked about
LONG = 4  # conversations about one batch, so that its page has earlier comments
UNREAD = timedelta(days=2)


class Said(NamedTuple):
    """A comment that is not written yet, whom it mentions, and who made what it is about."""

    comment: Comment
    mentioned: frozenset[int]
    maker: int


def talks(story: Story, crew: Crew, count: int) -> None:
    """So many conversations about what all of the team sees. Nobody is mailed. Needs the team's scope."""
    scripts = {kind: cycle(scripts_of(story, kind)) for kind in TARGETS}
    made = [talk(story, crew, target, at, next(scripts[target.kind])) for target, at in abouts(story, count)]
    said = sorted((each for one in made for each in one), key=lambda each: each.comment.created_at)
    Comment.objects.bulk_create(each.comment for each in said)
    Mention.objects.bulk_create(
        Mention(team=crew.team, comment=each.comment, person_id=person) for each in said for person in each.mentioned
    )
    missed = sorted(notices(story, crew, said), key=lambda each: each.at)
    Notice.objects.bulk_create(missed, ignore_conflicts=True)


def scripts_of(story: Story, kind: str) -> list[list[str]]:
    found = [each["lines"] for each in STORY["talks"] if kind in each["about"]]
    return story.chance.sample(found, len(found))


def abouts(story: Story, count: int) -> Iterator[tuple[Target, datetime]]:
    """What is talked about, and from when on: batches, presets and prompts, else tasks of late."""
    batches = list(Batch.objects.filter(private=False).order_by("-id"))
    rows: list[Batch | Preset | Prompt | Task] = [*batches[1:2] * (LONG - 1), *batches]
    yesterday = story.now - timedelta(days=1)
    presets = list(Preset.objects.filter(changed_at__lt=yesterday))
    prompts = list(Prompt.objects.filter(changed_at__lt=yesterday))
    rows += story.chance.sample(presets, min(len(presets), count // 6))
    rows += story.chance.sample(prompts, min(len(prompts), count // 6))
    tasks = list(Task.objects.filter(private=False).order_by("-created_at")[:LATELY])
    rows += story.chance.sample(tasks, min(len(tasks), max(0, count - len(rows))))
    for place, row in enumerate(rows[:count]):
        target = of_the_team(row._meta.model_name or "", row.pk)
        begun = row.changed_at if isinstance(row, Preset | Prompt) else row.created_at
        if target:
            yield target, begun + timedelta(hours=8 * rows[:place].count(row))


def talk(story: Story, crew: Crew, target: Target, at: datetime, script: list[str]) -> Iterator[Said]:
    """One conversation between whoever made it and somebody else, by turns."""
    maker = next(person for person in crew.people if person.pk == target.maker)
    other = story.chance.choice([person for person in crew.people if person != maker] or [maker])
    for number, line in enumerate(script):
        at += timedelta(minutes=story.chance.uniform(3, 55))
        when = min(at, story.now - timedelta(minutes=len(script) - number))
        text, mentioned = resolve(line.format(maker=f"@{maker}", other=f"@{other}"), crew.people)
        writer = maker if number % 2 else other
        comment = Comment(team=crew.team, writer=writer, text=text, created_at=when, **target.key)
        yield Said(comment, frozenset(mentioned), maker.pk)


def notices(story: Story, crew: Crew, said: Iterable[Said]) -> Iterator[Notice]:
    """For each person and each thing a line about what was said to them last."""
    last = {
        (person, each.comment.about): each
        for each in said
        for person in each.mentioned | {each.maker}
        if person != each.comment.writer_id
    }
    for (person, about), (comment, mentioned, _maker) in last.items():
        news = telling.News(crew.team.pk, What.COMMENTED, about, comment.writer_id, comment, mentioned)
        row = telling.line(news, person, None)
        row.at = comment.created_at
        row.read_at = None if story.now - row.at < UNREAD else row.at + timedelta(hours=1)
        yield row
