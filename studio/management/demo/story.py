"""What the people of a demonstration say and run, drawn by chance from `story.toml`: the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import tomli

from studio import catalog
from studio.tasks.address import planned_url
from studio.tasks.states import State

STORY: dict[str, Any] = tomli.loads(Path(__file__).with_name("story.toml").read_text(encoding="utf-8"))
DAYS = 45  # over which the work is spread


@dataclass(frozen=True)
class Run:
    """An operation that they use, and what a run of it is like."""

    operation: catalog.Operation
    share: int
    points: float
    seconds: tuple[int, int]
    results: int

    @property
    def makes(self) -> str:
        return self.operation.makes

    @cached_property
    def example(self) -> tuple[dict[str, Any], catalog.Extras]:
        """With numbers as people type them: the documents have 0.3999999999999999, as some program once sent it."""
        values, extras = self.operation.values(self.operation.example or {})
        values.pop(self.operation.callback, None)
        return {at: round(each, 4) if isinstance(each, float) else each for at, each in values.items()}, extras

    def filled(self, text: str) -> dict[str, Any]:
        """The documents' example, with this text where its words stand."""
        values = self.example[0]
        if self.places:
            return values | {self.places[0]: text}
        return {at: swapped(value, self.operation.prompt_of(values), text) for at, value in values.items()}

    @cached_property
    def places(self) -> list[str]:
        """Where the words stand: the prompt, else what is spoken."""
        texts = [field for field in self.operation.fields if None not in field.steps and field.role == "prompt"]
        spoken = [field for field in self.operation.fields if None not in field.steps and field.spoken]
        plain = [each for each in [*texts, *spoken] if isinstance(self.example[0].get(each.at, ""), str)]
        return [each.at for each in plain[:1]]

    def body(self, values: dict[str, Any]) -> str:
        asked = values | ({self.operation.callback: planned_url()} if self.operation.callback else {})
        return catalog.dumps(self.operation.body(asked, self.example[1]).body)


class Story:
    """One draw after the other."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.chance, self.now = random.Random(seed), now  # noqa: S311  nothing here is a secret
        self.runs = [run_of(entry) for entry in STORY["runs"] if catalog.find(entry["operation"])]

    def one_of(self, name: str) -> str:
        return str(self.chance.choice(STORY[name]))

    def run(self) -> Run:
        return self.chance.choices(self.runs, [run.share for run in self.runs])[0]

    def text(self, makes: str) -> str:
        """What somebody types for such an operation."""
        if makes == "audio":
            return self.one_of("sounds")
        if makes == "text":
            question = self.one_of("questions")
            return question % self.one_of("subjects") if "%s" in question else question
        return self.prompt()

    def prompt(self) -> str:
        subject, style = self.one_of("subjects"), self.one_of("styles")
        return f"{subject}，{style}" if not subject.isascii() else f"{subject}, {style}"

    def state(self) -> State:
        states = STORY["states"]
        rest = 1000 - sum(states.values())
        return State(self.chance.choices([*states, State.SUCCEEDED], [*states.values(), rest])[0])

    def moments(self, count: int) -> list[datetime]:
        """When so many tasks began, oldest first: in working hours, more of them lately."""
        found = []
        for _ in range(count):
            day = self.now - timedelta(days=DAYS * self.chance.random() ** 1.6)
            hour = min(22.5, max(7.0, self.chance.gauss(14, 3)))
            moment = day.replace(hour=0, minute=0, second=0) + timedelta(hours=hour)
            late = timedelta(minutes=self.chance.uniform(25, 300))
            found.append(moment if moment < self.now - timedelta(minutes=20) else self.now - late)
        return sorted(found)


def swapped(value: Any, old: str, new: str) -> Any:
    """The same with another text in the place of one that stands in it, however deep."""
    if isinstance(value, dict):
        return {key: swapped(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [swapped(inner, old, new) for inner in value]
    return new if old and value == old else value


def run_of(entry: dict[str, Any]) -> Run:
    low, high = entry["seconds"]
    return Run(catalog.get(entry["operation"]), entry["share"], entry["points"], (low, high), entry["results"])
