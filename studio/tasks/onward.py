"""What goes on with which result: a task's follow-ups, parted into those of one result and those of the whole task."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.tasks.models import Task
from studio.tasks.offers import Offer, follow_ups

ADDED = re.compile(r"^(?P<label>.+) · \d+$", re.DOTALL)  # the number at the end that tells a label from its like
LAST_NUMBER = re.compile(r"^(?P<before>(?:.*\D)?)(?P<number>\d+)(?P<after>\D*)$", re.DOTALL)
TELLING = 16  # characters that an id must have, before its being part of an address means anything
Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Onward:
    """`whole` are the offers of the task as a whole; `results` those of one result, by its number from 1."""

    whole: list[Offer] = field(default_factory=list)
    results: dict[int, list[Offer]] = field(default_factory=dict)

    def without(self, names: Collection[str]) -> Onward:
        """The same, but for offers that stand elsewhere on the page."""
        results = {number: [each for each in own if each.name not in names] for number, own in self.results.items()}
        return Onward([each for each in self.whole if each.name not in names], results)


def onward(task: Task) -> Onward:
    """A task with one result has nothing to tell apart: all its follow-ups stand once, in plain sight."""
    offers = follow_ups(task)
    if len(mains(task.results)) < 2:
        return Onward(whole=offers)
    owners = belongings(task.results, task.actions)
    parted = Onward()
    for offer in offers:
        owner = owners[int(offer.name.rsplit("-", 1)[-1])]
        if owner:
            parted.results.setdefault(owner, []).append(replace(offer, label=bare(offer.label)))
        else:
            parted.whole.append(offer)
    return parted


def mains(results: Sequence[Plain]) -> list[int]:
    """The numbers of the results that were asked for, without posters and the like."""
    return [number for number, result in enumerate(results, start=1) if not result.get("role")]


def bare(label: str) -> str:
    """A label without the number that told it from its like: under its result it needs none."""
    found = ADDED.match(label)
    return found["label"] if found else label


def belongings(results: Sequence[Plain], actions: Sequence[Plain]) -> list[int]:
    """For each action the number of the result it is about, or 0 where it is about none or several.

    An action is about a result whose address it carries, or whose address holds an id that it carries; else about the
    one in the same place, where there is one action of a kind for each result of a kind.
    """
    kinds = [kind_of(action) for action in actions]
    series = alike(results)
    owners = []
    for action, (name, number) in zip(actions, kinds, strict=True):
        numbers = sorted(each for other, each in kinds if other == name)
        one_each = series.get(len(numbers), []) if numbers == list(range(1, len(numbers) + 1)) else []
        owners.append(named(results, action) or (one_each[number - 1] if one_each else 0))
    return owners


def alike(results: Sequence[Plain]) -> dict[int, list[int]]:
    """The results of one kind, by how many there are: two songs among the pictures and films that came with them.

    Of two kinds with as many, the one that comes first.
    """
    kinds: dict[str, list[int]] = {}
    for number in mains(results):
        kinds.setdefault(str(results[number - 1].get("kind", "")), []).append(number)
    found: dict[int, list[int]] = {}
    for numbers in kinds.values():
        if len(numbers) > 1:
            found.setdefault(len(numbers), numbers)
    return found


def kind_of(action: Plain) -> tuple[tuple[str, str], int]:
    """What an action is, with the number that tells it from its like (0 for none)."""
    label = str(action.get("label", {}).get("en", ""))
    found = LAST_NUMBER.match(label)
    like = f"{found['before']}#{found['after']}" if found else label
    return (str(action.get("operation", "")), like), int(found["number"][:6]) if found else 0


def named(results: Sequence[Plain], action: Plain) -> int:
    """The one result that the action's values name, or that the poster they name goes with; else 0."""
    texts = {value for value in action.get("values", {}).values() if isinstance(value, str)}
    urls = {number: str(result.get("url") or "") for number, result in enumerate(results, start=1)}
    found = [number for number, url in urls.items() if url and url in texts]
    found = found or [n for n, url in urls.items() if any(len(t) >= TELLING and t in url for t in texts)]
    about = {with_it(results, number) for number in found}
    return about.pop() if len(about) == 1 else 0


def with_it(results: Sequence[Plain], number: int) -> int:
    """The result itself, or the one that this goes with: the first poster with the first film, and so on; else 0."""
    role = results[number - 1].get("role")
    asked_for = mains(results)
    if not role:
        return number
    alike = [place for place, result in enumerate(results, start=1) if result.get("role") == role]
    return asked_for[alike.index(number)] if len(alike) == len(asked_for) else 0
