"""What a month cost: by person, by system and by day, as the tasks' own rows tell it. A bounded number of queries, and
all but the list of failures are answered by one index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from studio.paging import Page, Place, page_of
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import User

PEOPLE = 50  # lines; the others are one line together
FAILURES = 25  # on a page
ZERO = Decimal()
TOLD = Q(cost__isnull=False)
POSTED = [State.ACCEPTED, State.RUNNING, State.SUCCEEDED, State.FAILED, State.UNKNOWN]
SPENT = {"charged": Sum("charge", filter=TOLD), "everything": Sum("charge"), "tasks": Count("pk")}


@dataclass
class Line:
    """Points of some tasks: what the gateway told that it charged, and what is expected of the others."""

    name: str = ""
    charged: Decimal = ZERO
    expected: Decimal = ZERO
    tasks: int = 0
    link: str = ""
    share: int = 0  # of the longest line, in percent

    @property
    def points(self) -> Decimal:
        return self.charged + self.expected

    def add(self, row: dict[str, Any]) -> None:
        charged, everything = row["charged"] or ZERO, row["everything"] or ZERO
        self.charged += charged
        self.expected += everything - charged
        self.tasks += row["tasks"]


@dataclass(frozen=True)
class Totals:
    """`compared` are tasks that had a price and were told a cost: what was expected of them, what was charged. `blind`
    is the number of tasks that were sent and have neither."""

    line: Line
    given_back: Decimal
    compared_expected: Decimal
    compared_charged: Decimal
    compared: int
    blind: int

    @property
    def off_by(self) -> Decimal:
        return self.compared_charged - self.compared_expected


@dataclass(frozen=True)
class Month:
    """The tasks that count in one calendar month of the studio's time zone; of one person, where one is named."""

    first: datetime
    end: datetime
    person: User | None = None

    def tasks(self) -> QuerySet[Task]:
        rows = Task.objects.counted().filter(counted_at__gte=self.first, counted_at__lt=self.end).order_by()
        return rows.filter(person=self.person) if self.person else rows

    @property
    def name(self) -> str:
        """As an address has it: 2026-11."""
        return f"{self.first:%Y-%m}"

    def rehearsals(self) -> int:
        """How many tasks ran on the sandbox in it: they stand in no sum."""
        rows = Task.objects.counted().filter(counted_at=None, created_at__gte=self.first, created_at__lt=self.end)
        return (rows.filter(person=self.person) if self.person else rows).count()

    def totals(self) -> Totals:
        both = TOLD & Q(price__isnull=False, refunded=False)
        blind = Q(cost=None, price=None, refunded=False, state__in=POSTED)
        row = self.tasks().aggregate(
            **SPENT,
            back=Sum("cost", filter=Q(refunded=True)),
            wanted=Sum("price", filter=both),
            taken=Sum("charge", filter=both),
            both=Count("pk", filter=both),
            blind=Count("pk", filter=blind),
        )
        line = Line()
        line.add(row)
        back, wanted, taken = (row[name] or ZERO for name in ("back", "wanted", "taken"))
        return Totals(line, back, wanted, taken, row["both"], row["blind"])

    def spent(self, **by: Any) -> QuerySet[Task, Any]:
        """One row, a dict, for each value of what it is grouped `by`."""
        rows: QuerySet[Task, Any] = self.tasks().values(**by)
        return rows.annotate(**SPENT)

    def people(self) -> tuple[list[Line], int]:
        """Who spent most first, and how many are left out of the list. Each line's link is the person's number."""
        rows = list(self.spent(who=F("person")).order_by(F("everything").desc(), F("who"))[: PEOPLE + 1])
        names = User.objects.in_bulk([row["who"] for row in rows])
        lines = [summed(str(names[row["who"]]), [row], link=str(row["who"])) for row in rows[:PEOPLE]]
        left_out = self.tasks().values("person").distinct().count() - PEOPLE if len(rows) > PEOPLE else 0
        return shared(lines), left_out

    def systems(self, titles: dict[str, str]) -> list[Line]:
        """By system, whose `titles` stand by slug."""
        of: dict[str, list[dict[str, Any]]] = {}
        for row in self.spent(what=F("operation")):
            of.setdefault(row["what"].partition(".")[0], []).append(row)
        lines = [summed(titles.get(slug, slug), rows) for slug, rows in of.items()]
        return shared(sorted(lines, key=lambda line: (-line.points, line.name)))

    def days(self) -> list[Day]:
        """Every day of the month, also those on which nothing was spent. The days are cut by the database: their
        beginnings are few, and a function for each row would be slow."""
        edges = midnights(self.first, self.end)
        cases = [When(counted_at__lt=edge, then=Value(number)) for number, edge in enumerate(edges[1:])]
        days = [Day(on=edge.date()) for edge in edges[:-1]]
        for row in self.spent(day=Case(*cases, output_field=IntegerField())):
            days[row["day"]].add(row)
        return days

    def failures(self, place: Place | None) -> Page[Task]:
        """What ended without a result and was charged, or may have been."""
        rows = self.tasks().filter(state__in=[State.FAILED, State.CANCELLED], charge__gt=0)
        wanted = ["operation", "prompt", "person", "private", "approval", "created_at", "cost", "charge", "state"]
        wanted += ["person__first_name", "person__last_name", "person__email"]
        return page_of(rows.select_related("person").only(*wanted), place, FAILURES)


@dataclass
class Day(Line):
    on: date = date.min


def midnights(first: datetime, end: datetime) -> list[datetime]:
    """The beginning of each day, and the end of the last; a day may have 23 or 25 hours."""
    zone = timezone.get_current_timezone()
    days = (end.date() - first.date()).days
    return [datetime.combine(first.date() + timedelta(days=n), datetime.min.time(), zone) for n in range(days + 1)]


def summed(name: str, rows: Iterable[dict[str, Any]], link: str = "") -> Line:
    line = Line(name, link=link)
    for row in rows:
        line.add(row)
    return line


def shared(lines: Sequence[Line]) -> list[Line]:
    most = max((line.points for line in lines), default=ZERO)
    for line in lines:
        line.share = round(100 * line.points / most) if most else 0
    return list(lines)


def earliest() -> datetime | None:
    """When the first task of the team began to count."""
    return (
        Task.objects.counted()
        .exclude(counted_at=None)
        .order_by("counted_at")
        .values_list("counted_at", flat=True)
        .first()
    )
