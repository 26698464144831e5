"""Where something stands in a connection's line, and when it is likely sent. Nobody is promised anything."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from statistics import median
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from studio import catalog
from studio.tasks.figures import figures
from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.tasks.turns import MINUTE, in_turn, used
from studio.teams.models import Connection

ANSWERED = 100  # calls of a connection, the newest, which tell how long each operation's call takes


class Place(NamedTuple):
    """How many go before it, and in how many seconds it is likely sent; None where nobody can tell."""

    before: int
    seconds: float | None


class Waiting(NamedTuple):
    attempt: int
    task: int
    person: int
    operation: str


@dataclass
class Line:
    """Who waits at a connection. Eight queries at most, none of which reads more than a bounded number of rows.

    `also` are operations that are not in line yet, and that somebody will ask about; `coming` is what each person is
    going to have in line behind what they have there now, by person and operation.
    """

    connection: Connection
    also: frozenset[str] = frozenset()
    coming: Mapping[int, Counter[str]] = field(default_factory=dict)

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The oldest first."""
        rows = Attempt.objects.filter(connection=self.connection, state=State.QUEUED).order_by("id")
        return [Waiting(*row) for row in rows.values_list("pk", "task", "task__person", "task__operation")]

    @cached_property
    def had(self) -> Counter[int]:
        """What each person had of the last minute."""
        return used(self.connection)

    @cached_property
    def calls(self) -> list[str]:
        """The operations of the calls that are on the wire now."""
        rows = Attempt.objects.filter(connection=self.connection, state=State.SENDING, lease_until__gt=timezone.now())
        return list(rows.order_by().values_list("task__operation", flat=True))

    @property
    def slots(self) -> int:
        return min(self.connection.at_once, int(settings.Q_CLUSTER["workers"]))

    @cached_property
    def seconds(self) -> dict[str, float]:
        """How long a call of each operation holds a slot, as far as this team knows: where the answer is the result, as
        long as its tasks usually take; else as long as the gateway took to accept the last ones."""
        wanted = {each.operation for each in self.waiting} | set(self.calls) | self.also
        wanted |= {operation for crowd in self.coming.values() for operation in crowd}
        whole = [slug for slug in wanted if (operation := catalog.find(slug)) and operation.answers_at_once]
        usual = {slug: each.seconds for slug, each in figures(whole).items() if each.seconds is not None}
        return self.of_calls(wanted - set(whole)) | usual

    def of_calls(self, operations: set[str]) -> dict[str, float]:
        if not operations:
            return {}
        rows = Attempt.objects.filter(connection=self.connection, claimed_at__isnull=False, answered_at__isnull=False)
        times: dict[str, list[float]] = defaultdict(list)
        told = rows.order_by("-claimed_at").values_list("task__operation", "claimed_at", "answered_at")
        for slug, claimed, answered in told[:ANSWERED]:
            if claimed and answered:
                times[slug].append((answered - claimed).total_seconds())
        return {slug: median(times[slug]) for slug in operations if slug in times}

    def of(self, tasks: Collection[int]) -> dict[int, Place]:
        """Where these tasks stand, as far as they are in line."""
        by_attempt = {each.attempt: each for each in self.waiting}
        before, taken, found = Counter[str](), Counter(self.had), dict[int, Place]()
        for attempt in in_turn(((each.attempt, each.person) for each in self.waiting), self.had):
            each = by_attempt[attempt]
            if each.task in tasks:
                found[each.task] = self.place(self.with_others(before, each.person, taken[each.person]))
            before[each.operation] += 1
            taken[each.person] += 1
        return found

    def with_others(self, before: Mapping[str, int], person: int, had: int) -> Mapping[str, float]:
        """Also what others are going to have in line whose turn comes first: this person has `had` so much by then."""
        found = defaultdict[str, float](float, before)
        in_line = Counter(each.person for each in self.waiting)
        for other, crowd in self.coming.items():
            earlier = had - self.had[other] - in_line[other]
            if other != person and earlier > 0:
                for operation, number in crowd.items():
                    found[operation] += number * min(1.0, earlier / crowd.total())
        return found

    def place(self, before: Mapping[str, float]) -> Place:
        """The place behind so many of each operation."""
        number = round(sum(before.values()))
        times = [self.until_free(number, before), self.until_within_the_minute(number)]
        return Place(number, None if None in times else self.pause + max(each or 0.0 for each in times))

    @property
    def pause(self) -> float:
        """Seconds for which the gateway asked us to wait."""
        until = self.connection.paused_until
        return max(0.0, (until - timezone.now()).total_seconds()) if until else 0.0

    def until_free(self, number: int, before: Mapping[str, float]) -> float | None:
        """Seconds until a slot is free for it; of the calls on the wire half is over, on the average."""
        if number < self.slots - len(self.calls):
            return 0.0
        work = defaultdict[str, float](float, before)
        for slug in self.calls:
            work[slug] += 0.5
        if work.keys() - self.seconds.keys():
            return None
        return sum(count * self.seconds[slug] for slug, count in work.items()) / self.slots

    @cached_property
    def claims(self) -> list[datetime]:
        """When the calls of the last minute began, the first one first."""
        lately = Attempt.objects.filter(connection=self.connection, claimed_at__gt=timezone.now() - MINUTE)
        return [at for at in lately.order_by("claimed_at").values_list("claimed_at", flat=True) if at]

    def until_within_the_minute(self, number: int) -> float:
        """Seconds until the minute has room for it: each call waits until the one that is `per_minute` before it is a
        minute old, whether that one began already or waits too."""
        most, began = max(1, self.connection.per_minute), len(self.claims)
        place, wait = began + number + 1, 0.0
        while place > max(began, most):
            place, wait = place - most, wait + MINUTE.total_seconds()
        if place <= began:
            wait -= (timezone.now() - self.claims[place - 1]).total_seconds()
        return max(0.0, wait)
