"""The list of prompts: what its address asks for, and a page of it, found by key: a deep one costs as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.http import QueryDict

from studio.library.models import Prompt, PromptStar, PromptTag
from studio.library.prompts.rights import seen_by
from studio.library.shelves import Shelves
from studio.library.stars import Stars, stars_of
from studio.paging import Page, page_of
from studio.teams.models import User

EXCERPT = 200  # characters of a text that the list shows
TAGS = 30  # that are offered, those of most prompts first


@dataclass(frozen=True)
class Line:
    """One prompt of the list."""

    prompt: Prompt
    excerpt: str
    tags: list[str]
    stars: Stars


class Tag(NamedTuple):
    name: str
    prompts: int


@dataclass(frozen=True)
class Filters(Shelves):
    """`tag` is one that they all have."""

    tag: str = ""

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        return cls(person, tag=query.get("tag", "").replace("\0", "").strip()[:40], **cls.asked(query))

    @property
    def said(self) -> dict[str, str]:
        return super().said | {"tag": self.tag}

    def prompts(self) -> QuerySet[Prompt]:
        rows = self.on_shelf(seen_by(self.person), PromptStar.objects.all(), "prompt")
        for word in self.q.split():
            tagged = Exists(PromptTag.objects.filter(prompt=OuterRef("pk"), name__icontains=word))
            rows = rows.filter(Q(name__icontains=word) | Q(text__icontains=word) | tagged)
        if self.tag:
            rows = rows.filter(Exists(PromptTag.objects.filter(prompt=OuterRef("pk"), name=self.tag)))
        return rows

    def page(self) -> Page[Prompt]:
        """The last changed first, each with an `excerpt` instead of its text."""
        rows = self.prompts().defer("text").annotate(excerpt=Left("text", EXCERPT)).select_related("author")
        return page_of(rows, self.place, by="changed_at")


def lines(prompts: Sequence[Prompt], person: User) -> list[Line]:
    numbers = [prompt.pk for prompt in prompts]
    stars = stars_of(PromptStar.objects.all(), "prompt", numbers, person)
    tags: dict[int, list[str]] = {}
    for of, name in PromptTag.objects.filter(prompt__in=numbers).order_by("name").values_list("prompt_id", "name"):
        tags.setdefault(of, []).append(name)
    return [Line(each, excerpt_of(each), tags.get(each.pk, []), stars.get(each.pk, Stars())) for each in prompts]


def excerpt_of(prompt: Prompt) -> str:
    text: str = prompt.excerpt  # type: ignore[attr-defined]  # annotated by the query
    return " ".join(text.split())


def tags_of(person: User, chosen: str = "") -> list[Tag]:
    """The tags of what this person sees and is not archived, the commonest first; the chosen one is among them."""
    seen = seen_by(person).filter(archived=False)
    rows = PromptTag.objects.filter(prompt__in=seen).order_by().values("name").annotate(n=Count("pk"))
    found = [Tag(row["name"], row["n"]) for row in rows.order_by("-n", "name")[:TAGS]]
    return found if not chosen or any(tag.name == chosen for tag in found) else [Tag(chosen, 0), *found]
