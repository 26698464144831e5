"""The task list: what its address asks for, and the rows of one page of it. No query grows with the team's history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.paging import Page, Place, address, page_of
from studio.tasks.by_words import called_so
from studio.tasks.models import OVERDUE, Event, Task
from studio.tasks.states import FINAL, WAITING_AT_GATEWAY, Kind, State
from studio.teams.models import User

COUNTED = 1000  # where a chip stops counting
WAITING_SHOWN = 5


ON_THEIR_WAY = [state for state in State if state not in FINAL]  # named one by one: an index finds these


def attention() -> Q:
    """The same as `Task.needs_attention`, for the database."""
    waiting = Q(state=State.ACCEPTED) & ~Q(needs="")
    overdue = Q(state__in=WAITING_AT_GATEWAY, sent_at__lt=timezone.now() - OVERDUE)
    return Q(finished_at=None) & (Q(state__in=[State.UNKNOWN, State.HELD]) | waiting | overdue)


GROUPS: dict[str, tuple[str | Promise, Q | Callable[[], Q]]] = {
    "": (_("All"), Q()),
    "open": (_("On their way"), Q(state__in=ON_THEIR_WAY) & Q(finished_at=None)),
    "attention": (_("Need a person"), attention),
    "succeeded": (_("Succeeded"), Q(state=State.SUCCEEDED)),
    "failed": (_("Failed"), Q(state__in=[State.FAILED, State.REFUSED])),
    "cancelled": (_("Cancelled"), Q(state=State.CANCELLED)),
}


@dataclass(frozen=True)
class Chip:
    """A filter to choose. `count` is empty where it would be no news."""

    label: str | Promise
    url: str
    current: bool
    count: str = ""


@dataclass(frozen=True)
class Filters:
    """What the list's address asks for; unknown words ask for everything."""

    person: User
    who: str = "team"
    state: str = ""
    operation: str = ""
    q: str = ""
    place: Place | None = None

    @classmethod
    def read(cls, query: QueryDict, person: User) -> Self:
        return cls(
            person=person,
            who="mine" if query.get("who") == "mine" else "team",
            state=state if (state := query.get("state", "")) in {*GROUPS, *State.values} else "",
            operation=query.get("operation", "")[:80],
            q=query.get("q", "").replace("\0", "").strip()[:200],
            place=Place.read(query),
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.state or self.operation or self.q or self.who == "mine")

    @property
    def said(self) -> dict[str, str]:
        who = self.who if self.who == "mine" else ""
        return {"who": who, "state": self.state, "operation": self.operation, "q": self.q}

    def url(self, **change: str) -> str:
        """The query of this list with something changed, from its first page on."""
        return address(replace(self, **change).said)  # type: ignore[arg-type]

    def tasks(self) -> QuerySet[Task]:
        rows = Task.objects.all()
        if self.who == "mine":
            rows = rows.filter(person=self.person)
        if self.operation:
            rows = rows.filter(operation=self.operation)
        if self.q:
            rows = rows.filter(Q(prompt__icontains=self.q) | Q(pk__in=self.called_so))
        return rows

    @cached_property
    def called_so(self) -> list[int]:
        return called_so(self.q)

    def page(self) -> Page[Task]:
        found = self.tasks().filter(condition(self.state)).defer("values", "extras", "body_text")
        return page_of(found.select_related("person", "team").prefetch_related("assets"), self.place)

    def chips(self) -> list[Chip]:
        return [
            Chip(label, self.url(state=name), self.state == name, self.count(name))
            for name, (label, _condition) in GROUPS.items()
        ]

    def count(self, state: str) -> str:
        if not state:
            return ""
        # What has no end is found by its own index; SQLite takes that one only where an order asks for it.
        order = ["-id"] if state in {"open", "attention"} else []
        count = self.tasks().filter(condition(state)).order_by(*order)[:COUNTED].count()
        return f"{COUNTED - 1}+" if count == COUNTED else str(count)

    def waiting(self) -> dict[str, object]:
        """What only a person can move on, oldest first; the list shows it above everything else, and where more of it
        is than stands there."""
        if self.state:
            return {}
        rows = self.tasks().filter(attention()).defer("values", "extras", "body_text", "results")
        found = list(rows.select_related("person").order_by("id")[: WAITING_SHOWN + 1])
        more = self.url(state="attention") if len(found) > WAITING_SHOWN else ""
        return {"waiting": found[:WAITING_SHOWN], "more_wait": more}


def condition(state: str) -> Q:
    found = GROUPS[state][1] if state in GROUPS else Q(state=state)
    return found if isinstance(found, Q) else found()


def newest_event() -> int:
    """The last thing that happened in the team; while it is the same, so is every list."""
    told = Event.objects.exclude(kind=Kind.WRITING)
    return told.order_by("-id").values_list("id", flat=True).first() or 0
