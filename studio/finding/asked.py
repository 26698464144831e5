"""What the search page's address asks for, and what is found for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.http import QueryDict

from studio.composer.picking import Card
from studio.finding.groups import BY_NAME, GROUPS, Group, Page, page
from studio.finding.operations import operations
from studio.numbers import number_in
from studio.search.words import Term, terms
from studio.tasks.by_words import called_so
from studio.teams.models import Team, User

LONGEST = 200  # characters of a question
OPERATIONS = 6


class Found(NamedTuple):
    """A group with what is found in it. `more` is where all of it is, or its next page; "" where this is all."""

    group: Group
    rows: Sequence[object]
    more: str


@dataclass(frozen=True)
class Asked:
    """`only` is the group that is looked through; None for all. Unknown words ask for everything."""

    person: User
    team: Team = field(repr=False)
    q: str = ""
    only: Group | None = None
    before: int | None = None

    @classmethod
    def read(cls, query: QueryDict, person: User, team: Team) -> Self:
        return cls(
            person=person,
            team=team,
            q=question(query),
            only=BY_NAME.get(query.get("in", "")),
            before=number_in(query.get("before", "")),
        )

    @cached_property
    def terms(self) -> list[Term]:
        return terms(self.q)

    def url(self, group: Group | None = None, before: int | None = None) -> str:
        """The query of this page for one group, or for all of them."""
        said = {"q": self.q, "in": group.name if group else "", "before": before}
        return "?" + urlencode({name: value for name, value in said.items() if value})

    @property
    def chips(self) -> list[tuple[object, str, bool]]:
        """Label, address, and whether it is the one that is shown."""
        return [(group.title, self.url(group), group is self.only) for group in GROUPS]

    @property
    def everything(self) -> str:
        return self.url()

    @property
    def newest(self) -> str:
        """The first page of this group, for who looks at a later one."""
        return self.url(self.only) if self.before else ""

    @cached_property
    def found(self) -> list[Found]:
        """What is found, group by group; groups without anything are left out."""
        if self.only:
            one = self.page(self.only, self.only.many, self.before)
            more = self.url(self.only, one.older) if one.older else ""
            return [Found(self.only, one.rows, more)] if one.rows or more else []
        pages = [(group, self.page(group, group.few)) for group in GROUPS]
        return [Found(group, one.rows, self.url(group) if one.older else "") for group, one in pages if one.rows]

    def page(self, group: Group, size: int, before: int | None = None) -> Page:
        """What is found; above the tasks those that are called so."""
        made = page(group, self.person, self.team.pk, self.terms, size, before)
        if group.name != "tasks" or before:
            return made
        called = group.rows(self.person, called_so(self.q))
        return Page([*called.values(), *(row for row in made.rows if row.pk not in called)], made.older)

    @cached_property
    def operations(self) -> list[Card]:
        return [] if self.only or not self.terms else operations(self.q)[:OPERATIONS]


def question(query: QueryDict) -> str:
    return query.get("q", "").replace("\0", "").strip()[:LONGEST]
