"""Budgets that hold: what a month has, what its tasks took from it, and the one check before anything begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import Q, QuerySet, Sum
from django.template.defaultfilters import floatformat
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.catalog import Text
from studio.languages import NOTHING, in_both, in_words, listed
from studio.ledger.models import Budget
from studio.teams.models import Role, Team, User

NAMED = 3  # owners in one sentence


class Overspent(Exception):
    """A budget has not enough left; `text` is a sentence for the person who asked."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(in_words(text))


@dataclass(frozen=True)
class Left:
    """A budget and what this month took from it so far."""

    budget: Budget
    spent: Decimal

    @property
    def points(self) -> Decimal:
        """What is left; below nothing where the gateway took more than was expected."""
        return self.budget.points - self.spent

    @property
    def text(self) -> str:
        return plain(self.budget.points)

    def refuses(self, points: Decimal, *, unknown: bool) -> bool:
        """What has no price cannot be counted beforehand: it begins as long as anything is left."""
        return points > max(self.points, Decimal()) or (unknown and self.points <= 0)


def month_of(moment: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of its calendar month, in the studio's time zone."""
    first = timezone.localtime(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    next_first = (first + timedelta(days=32)).replace(day=1)
    return first, next_first


def left(team: Team, person: User, rows: Sequence[Budget]) -> list[Left]:
    """What these budgets of the team and of this person have left this month. One query, answered by an index."""
    if not rows:
        return []
    since = month_of(timezone.now())[0]
    taken = (
        team.tasks.counted()
        .filter(counted_at__gte=since)
        .aggregate(team=Sum("charge"), person=Sum("charge", filter=Q(person=person)))
    )
    spent = {name: points or Decimal() for name, points in taken.items()}
    return [Left(budget, spent["person" if budget.person_id else "team"]) for budget in rows]


def applying(person: User) -> Q:
    return Q(person=None) | Q(person=person)


def require(team: Team, person: User, prices: Sequence[Decimal | None]) -> None:
    """Make sure that tasks of these prices (points; None: nobody knows) fit into every budget that applies, all of them
    together or none. Raises `Overspent`.

    Call it in the transaction that inserts the tasks or lets them go: the budgets' rows stay locked until its end, so
    whoever comes next counts these tasks too. Needs the team's scope.
    """
    rows = Budget.objects.filter(applying(person), team=team).select_for_update(no_key=True)
    if said := lacking(team, person, prices, rows):
        raise Overspent(said)


def shortage(team: Team, person: User, prices: Sequence[Decimal | None]) -> str:
    """Why tasks of these prices do not fit into the budgets that apply, or nothing; as it is at this moment."""
    return in_words(lacking(team, person, prices, Budget.objects.filter(applying(person), team=team)))


def lacking(team: Team, person: User, prices: Sequence[Decimal | None], rows: QuerySet[Budget]) -> Text:
    """Why tasks of these prices do not fit into these budgets, or nothing."""
    points = sum((price for price in prices if price is not None), start=Decimal())
    for each in left(team, person, list(rows.order_by("pk"))):
        if each.refuses(points, unknown=None in prices):
            return in_both(partial(refusal, each, points, team))
    return NOTHING


def refusal(short: Left, points: Decimal, team: Team) -> str:
    """How much is left, and who can change that."""
    has = {"points": spelled(points), "left": spelled(max(short.points, Decimal())), "of": spelled(short.budget.points)}
    if short.budget.person_id:
        what = _("This costs about %(points)s points; of your %(of)s points for this month %(left)s are left.")
    else:
        what = _("This costs about %(points)s points; of the team's %(of)s points for this month %(left)s are left.")
    if not points:
        what = _("The budget for this month is used up: %(left)s of %(of)s points are left.")
    rows = team.memberships.filter(role=Role.OWNER).select_related("user").order_by("id")
    owners = listed(str(each.user) for each in rows[:NAMED])
    return f"{what % has} " + _("An owner can raise the budget (%(owners)s).") % {"owners": owners}


def plain(points: Decimal) -> str:
    """As it is typed: 120, 0.5."""
    return f"{points.normalize():f}"


def spelled(points: Decimal) -> str:
    """As it is read: 1,920."""
    return str(floatformat(points, "-2g"))
