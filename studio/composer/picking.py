"""The shelves from which an operation is picked."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from studio import catalog
from studio.composer.words import in_words


class Card(NamedTuple):
    slug: str
    title: str
    description: str
    makes: str


class Shelf(NamedTuple):
    title: str
    cards: list[Card]


def shelves(query: str = "") -> list[Shelf]:
    """The offered operations by system that hold every word of the query, in English or in Chinese."""
    wanted = folded(query).split()
    found = [Shelf(in_words(system.title), cards(system, wanted)) for system in catalog.systems()]
    return [shelf for shelf in found if shelf.cards]


def cards(system: catalog.System, wanted: list[str]) -> list[Card]:
    return [
        Card(each.slug, in_words(each.title), in_words(each.description), each.makes)
        for each in system.operations
        if each.offered and all(word in haystack(system, each) for word in wanted)
    ]


def haystack(system: catalog.System, operation: catalog.Operation) -> str:
    texts = [system.title, operation.title, operation.description]
    words = [operation.slug, operation.path, operation.seed_row, operation.makes]
    return folded(" ".join([*words, *(word for text in texts for word in (text.en, text.zh))]))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
