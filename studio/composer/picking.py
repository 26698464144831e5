"""The shelves from which an operation is picked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from studio import catalog
from studio.languages import in_words
from studio.tasks.switches import is_offered
from studio.teams.models import Connection

# What people call the kinds of results when they look for one.
KINDS = {
    "video": ("video film clip movie", "视频 影片 短片 动画"),
    "image": ("image picture photo drawing", "图片 图像 照片 绘图"),
    "audio": ("audio sound music song speech", "音频 声音 音乐 歌曲 语音"),
    "text": ("text words", "文本 文字"),
    "file": ("file document slides", "文件 文档 幻灯片"),
    "model": ("3d model", "三维 模型"),
}
MEDIA = ("video", "image", "audio")  # the first of them


class Card(NamedTuple):
    slug: str
    title: str
    description: str
    makes: str
    operation: catalog.Operation
    on: bool  # for at least one connection of the team

    @property
    def icon(self) -> str:
        """What it makes; what makes nothing, but is run, brings something in."""
        return "upload" if self.makes == "none" else self.makes


class Shelf(NamedTuple):
    title: str
    cards: list[Card]


def shelves(connections: Sequence[Connection], query: str = "", *, every: bool = False) -> list[Shelf]:
    """By system what these connections offer (or `every` operation) and holds all words of the query, in English or
    in Chinese."""
    wanted = words(query)
    shown = [each for each in catalog.operations() if holds(each.slug, wanted, all)]
    return by_system(cards(shown, connections, every=every))


def by_system(found: Iterable[Card]) -> list[Shelf]:
    """The cards under the names of their systems, in the order of the catalog."""
    listed = list(found)
    on_shelf = [(s, [each for each in listed if each.operation.system == s.slug]) for s in catalog.systems()]
    return [Shelf(in_words(system.title), cards) for system, cards in on_shelf if cards]


def by_kind(found: Iterable[Card]) -> list[Shelf]:
    """The same in the order in which people look for something to make: systems of films first, those of files last.
    What a system is for, its first operation says that makes anything; what makes less stands last on the shelf."""
    ranks = {system.slug: leading(system) for system in catalog.systems()}
    shelves = by_system(found)
    for shelf in shelves:
        shelf.cards.sort(key=lambda card: is_beside(card.makes, ranks[card.operation.system]))
    return sorted(shelves, key=lambda shelf: ranks[shelf.cards[0].operation.system])


def leading(system: catalog.System) -> int:
    """The place among `KINDS` of what the system is for."""
    return next((rank(each.makes) for each in system.operations if rank(each.makes) < len(KINDS)), len(KINDS))


def rank(makes: str) -> int:
    return [*KINDS, makes].index(makes)


def is_beside(makes: str, lead: int) -> bool:
    """Does it make nothing, or words in a system of films, pictures or sounds?"""
    return makes == "none" or (makes not in MEDIA and lead < len(MEDIA))


def cards(
    operations: Iterable[catalog.Operation], connections: Sequence[Connection], *, every: bool = False
) -> list[Card]:
    return [
        Card(each.slug, in_words(each.title), in_words(each.description), each.makes, each, on)
        for each in operations
        if ((on := each.enabled or is_offered(each, connections)) and each.makes_something) or every
    ]


def words(query: str) -> list[str]:
    return folded(query).split()


def holds(slug: str, wanted: Sequence[str], quantity: Callable[[Iterable[bool]], bool]) -> bool:
    """Does what is told of the operation hold `all` or `any` of these words?"""
    told = haystack(slug)
    return quantity(word in told for word in wanted)


@cache
def haystack(slug: str) -> str:
    """All words by which people look for an operation, in both languages."""
    each = catalog.get(slug)
    texts = [each.system_title, each.title, each.description]
    names = [each.slug, each.path, each.seed_row, each.makes, *KINDS.get(each.makes, ())]
    return folded(" ".join([*names, *(word for text in texts for word in (text.en, text.zh))]))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
