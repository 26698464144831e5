"""The shelves from which an operation is picked."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from studio import catalog
from studio.composer.words import in_words
from studio.tasks.switches import is_offered
from studio.teams.models import Connection


class Card(NamedTuple):
    slug: str
    title: str
    description: str
    makes: str
    operation: catalog.Operation
    on: bool  # for at least one connection of the team


class Shelf(NamedTuple):
    title: str
    cards: list[Card]


def shelves(connections: Sequence[Connection], query: str = "", *, every: bool = False) -> list[Shelf]:
    """By system what these connections offer (or `every` operation) and holds all words of the query, in English or
    in Chinese."""
    wanted = folded(query).split()
    found = [Shelf(in_words(system.title), cards(system, connections, wanted, every)) for system in catalog.systems()]
    return [shelf for shelf in found if shelf.cards]


def cards(system: catalog.System, connections: Sequence[Connection], wanted: list[str], every: bool) -> list[Card]:
    return [
        Card(each.slug, in_words(each.title), in_words(each.description), each.makes, each, on)
        for each in system.operations
        if ((on := each.enabled or is_offered(each, connections)) and each.makes_something) or every
        if all(word in haystack(system, each) for word in wanted)
    ]


def haystack(system: catalog.System, operation: catalog.Operation) -> str:
    texts = [system.title, operation.title, operation.description]
    words = [operation.slug, operation.path, operation.seed_row, operation.makes]
    return folded(" ".join([*words, *(word for text in texts for word in (text.en, text.zh))]))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
