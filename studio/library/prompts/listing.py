"""The list of prompts: what its address asks for, and a page of it, found by key: a deep one costs as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.http import QueryDict

from studio.library.models import Prompt, PromptStar, PromptTag
from studio.library.prompts.rights import seen_by
from studio.paging import Page, Place, address, page_of
from studio.teams.models import User

SHELVES = {"starred", "mine", "archived"}
EXCERPT = 200  # characters of a text that the list shows
TAGS = 30  # that are offered, those of most prompts first


@dataclass(frozen=True)
class Line:
    """One prompt of the list. `stars` counts everybody's, `mine` is whether the person gave one."""

    prompt: Prompt
    excerpt: str
    tags: list[str]
    stars: int
    mine: bool


class Tag(NamedTuple):
    name: str
    prompts: int


@dataclass(frozen=True)
class Filters:
    """What the list's address asks for; unknown words ask for everything. `shelf` is "", `starred`, `mine` or
    `archived`."""

    person: User
    q: str = ""
    tag: str = ""
    shelf: str = ""
    place: Place | None = None

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        shelf = query.get("shelf", "")
        return cls(
            person=person,
            q=query.get("q", "").replace("\0", "").strip()[:200],
            tag=query.get("tag", "").replace("\0", "").strip()[:40],
            shelf=shelf if shelf in SHELVES else "",
            place=Place.read(query, timed=True),
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.tag or self.shelf or self.place)

    @property
    def said(self) -> dict[str, str]:
        return {"q": self.q, "tag": self.tag, "shelf": self.shelf}

    def url(self, **change: str) -> str:
        """The query of this list with something changed, from its first page on."""
        return address(replace(self, **change).said)  # type: ignore[arg-type]

    def prompts(self) -> QuerySet[Prompt]:
        rows = seen_by(self.person).filter(archived=self.shelf == "archived")
        for word in self.q.split():
            tagged = Exists(PromptTag.objects.filter(prompt=OuterRef("pk"), name__icontains=word))
            rows = rows.filter(Q(name__icontains=word) | Q(text__icontains=word) | tagged)
        if self.tag:
            rows = rows.filter(Exists(PromptTag.objects.filter(prompt=OuterRef("pk"), name=self.tag)))
        if self.shelf == "mine":
            rows = rows.filter(author=self.person)
        if self.shelf == "starred":
            rows = rows.filter(Exists(PromptStar.objects.filter(prompt=OuterRef("pk"), person=self.person)))
        return rows

    def page(self) -> Page[Prompt]:
        """The last changed first, each with an `excerpt` instead of its text."""
        rows = self.prompts().defer("text").annotate(excerpt=Left("text", EXCERPT)).select_related("author")
        return page_of(rows, self.place, by="changed_at")


def lines(prompts: Sequence[Prompt], person: User) -> list[Line]:
    numbers = [prompt.pk for prompt in prompts]
    stars = PromptStar.objects.filter(prompt__in=numbers).order_by()
    counted = {row["prompt_id"]: row["n"] for row in stars.values("prompt_id").annotate(n=Count("pk"))}
    mine = set(stars.filter(person=person).values_list("prompt_id", flat=True))
    tags: dict[int, list[str]] = {}
    for of, name in PromptTag.objects.filter(prompt__in=numbers).order_by("name").values_list("prompt_id", "name"):
        tags.setdefault(of, []).append(name)
    return [
        Line(each, excerpt_of(each), tags.get(each.pk, []), counted.get(each.pk, 0), each.pk in mine)
        for each in prompts
    ]


def excerpt_of(prompt: Prompt) -> str:
    text: str = prompt.excerpt  # type: ignore[attr-defined]  # annotated by the query
    return " ".join(text.split())


def tags_of(person: User, chosen: str = "") -> list[Tag]:
    """The tags of what this person sees and is not archived, the commonest first; the chosen one is among them."""
    seen = seen_by(person).filter(archived=False)
    rows = PromptTag.objects.filter(prompt__in=seen).order_by().values("name").annotate(n=Count("pk"))
    found = [Tag(row["name"], row["n"]) for row in rows.order_by("-n", "name")[:TAGS]]
    return found if not chosen or any(tag.name == chosen for tag in found) else [Tag(chosen, 0), *found]
