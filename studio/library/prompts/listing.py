"""The list of prompts: what its address asks for, and a page of it, found by key: a deep one costs as the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.http import QueryDict
from django.utils.http import urlencode

from studio.library.keeping import PAGE, place_as_text, place_in
from studio.library.models import Prompt, PromptStar, PromptTag
from studio.library.prompts.rights import seen_by
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
    `archived`; `before` is where a page begins."""

    person: User
    q: str = ""
    tag: str = ""
    shelf: str = ""
    before: tuple[datetime, int] | None = None

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        shelf = query.get("shelf", "")
        return cls(
            person=person,
            q=query.get("q", "").replace("\0", "").strip()[:200],
            tag=query.get("tag", "").replace("\0", "").strip()[:40],
            shelf=shelf if shelf in SHELVES else "",
            before=place_in(query.get("before", "")),
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.tag or self.shelf or self.before)

    def url(self, **change: str | tuple[datetime, int] | None) -> str:
        """The query of this list with something changed, from its first page on."""
        other = replace(self, **{"before": None} | change)  # type: ignore[arg-type]
        said = {"q": other.q, "tag": other.tag, "shelf": other.shelf}
        if other.before:
            said["before"] = place_as_text(other.before)
        return "?" + urlencode({name: value for name, value in said.items() if value})

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

    def page(self) -> tuple[list[Line], str]:
        """The prompts of this page, the last changed first, and the address of the next one, "" for none."""
        rows = self.prompts()
        if self.before:
            when, number = self.before
            rows = rows.filter(Q(changed_at__lt=when) | Q(changed_at=when, pk__lt=number))
        rows = rows.defer("text").annotate(excerpt=Left("text", EXCERPT)).select_related("author")
        found = list(rows.order_by("-changed_at", "-pk")[: PAGE + 1])
        shown = found[:PAGE]
        older = self.url(before=(shown[-1].changed_at, shown[-1].pk)) if len(found) > PAGE else ""
        return lines(shown, self.person), older


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
