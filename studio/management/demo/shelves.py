"""Prompts, presets and word lists of a demonstration, with versions, labels, stars, links and uses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from studio.library import saving, sharing
from studio.library.kept import Kept
from studio.library.models import (
    Label,
    Preset,
    PresetVersion,
    Prompt,
    PromptLabel,
    PromptStar,
    PromptVersion,
    Star,
    Use,
    Visibility,
    WordList,
)
from studio.library.prompts import saving as prompt_saving
from studio.management.demo.people import Crew
from studio.management.demo.story import STORY, Story
from studio.management.demo.work import AT_ONCE, Made


def key_of(mark: str, name: str) -> str:
    return hashlib.sha256(f"{mark}:{name}".encode()).hexdigest()[:32]


def prompts(story: Story, crew: Crew, count: int, mark: str) -> None:
    """So many prompts, a third of them in several versions, one in six a pattern."""
    chance = story.chance
    for number in range(count):
        author, text = chance.choice(crew.workers), story.prompt()
        if number % 6 == 1:
            text = f"{{{{subject|a paper boat}}}}, {{calm|2::wild}} water, __{STORY['lists'][0]['name']}__, {text}"
        name = f"{story.one_of('campaigns')} · {text.split(',')[0].split('，')[0][:40]}"
        visibility = Visibility.ME if chance.random() < 0.06 else Visibility.TEAM
        made = prompt_saving.begin(
            team=crew.team,
            person=author,
            name=name,
            text=text,
            key=key_of(mark, f"prompt-{number}"),
            visibility=visibility,
        )
        for base in range(1, chance.choice([1, 1, 2, 3, 5])):
            text = f"{text}, {story.one_of('styles')}"
            prompt_saving.add_version(made, chance.choice(crew.workers), text, story.one_of("notes"), base)
        age(story, made, PromptVersion)
        versions = {each.number: each for each in PromptVersion.objects.filter(prompt=made)}
        given = {"team": crew.team, "prompt": made}
        for name in chance.sample(STORY["labels"], chance.choice([0, 0, 1, 2])):
            PromptLabel.objects.create(**given, version=chance.choice(list(versions.values())), name=name)
        tagged = chance.sample(STORY["tags"], chance.choice([0, 1, 1, 2, 3]))
        prompt_saving.put_tags(made, tagged)
        stars = [person for person in crew.people if chance.random() < 0.15]
        PromptStar.objects.bulk_create(PromptStar(**given, person=person) for person in stars)


def word_lists(crew: Crew) -> None:
    for entry in STORY["lists"]:
        given = {"text": "\n".join(entry["lines"]), "author": crew.people[0], "changed_by": crew.people[0]}
        WordList.objects.get_or_create(team=crew.team, name=entry["name"], defaults=given)


def presets(story: Story, crew: Crew, count: int, mark: str) -> list[PresetVersion]:
    """So many presets; the versions that tasks are made with."""
    chance, found = story.chance, []
    for number in range(count):
        run, author = story.runs[number % len(story.runs)], chance.choice(crew.workers)
        values = run.filled(story.text(run.makes))
        holds = {
            at: chance.choice(["fixed", "free"]) for at in values if at not in run.places and chance.random() < 0.25
        }
        name = f"{story.one_of('campaigns')} · {chance.choice(STORY['tags'])}"
        made = saving.begin(
            team=crew.team, person=author, operation=run.operation, kept=Kept(values, run.example[1], {}, holds),
            name=name, key=key_of(mark, f"preset-{number}"), description=story.prompt() if number % 3 else "",
            note=story.one_of("notes"),
        )  # fmt: skip
        for _again in range(chance.choice([1, 1, 2, 4]) - 1):
            kept = Kept(run.filled(story.text(run.makes)), run.example[1], {}, holds)
            saving.add_version(made, chance.choice(crew.workers), kept, story.one_of("notes"), made.newest)
        found.append(dressed(story, crew, made))
    return found


def dressed(story: Story, crew: Crew, preset: Preset) -> PresetVersion:
    """Labels, stars and a link, where chance has it; the newest version."""
    chance = story.chance
    age(story, preset, PresetVersion)
    versions = list(PresetVersion.objects.filter(preset=preset).order_by("number"))
    for name in chance.sample(STORY["labels"], chance.choice([0, 1, 1, 2])):
        Label.objects.create(team=crew.team, preset=preset, version=chance.choice(versions), name=name)
    stars = [person for person in crew.people if chance.random() < 0.3]
    Star.objects.bulk_create(Star(team=crew.team, preset=preset, person=person) for person in stars)
    if chance.random() < 0.15:
        others = [person.pk for person in crew.people if person.pk != preset.author_id]
        sharing.set_audience(preset, Visibility.CHOSEN, others[:2], others[:1], preset.author)
    elif chance.random() < 0.2:
        sharing.new_link(preset, preset.author, 30, names_author=chance.random() < 0.5)
    return versions[-1]


def uses(story: Story, made: Sequence[Made], versions: Sequence[PresetVersion]) -> None:
    """Two of five tasks were made with a preset of their operation."""
    of: dict[str, list[PresetVersion]] = {}
    for version in versions:
        of.setdefault(version.preset.operation, []).append(version)
    rows = [
        Use(team=each.task.team, preset=version.preset, version=version, task=each.task)
        for each in made
        if each.task.operation in of and story.chance.random() < 0.4
        for version in [story.chance.choice(of[each.task.operation])]
    ]
    Use.objects.bulk_create(rows, AT_ONCE)


def age(story: Story, row: Prompt | Preset, versions: type[PromptVersion | PresetVersion]) -> None:
    """Let it look as old as the work: its versions some days apart, the newest when it changed last."""
    moment = story.now - timedelta(days=story.chance.uniform(0, 25), hours=story.chance.uniform(0, 6))
    type(row)._default_manager.filter(pk=row.pk).update(changed_at=moment)
    for number in range(row.newest, 0, -1):
        of_it = {"prompt": row} if isinstance(row, Prompt) else {"preset": row}
        versions._default_manager.filter(**of_it, number=number).update(created_at=moment)
        moment -= timedelta(days=story.chance.uniform(0.2, 5))
