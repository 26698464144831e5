"""What a run of an operation is expected to cost, and whether budgets and approvals are a matter for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio import catalog
from studio.languages import NOTHING, in_both
from studio.ledger.models import Budget, Price, Threshold, Unit
from studio.ledger.rates import Rate, rates_of
from studio.teams.models import Role, User

FRESH = 20  # seconds for which pages may show what was said before


@dataclass(frozen=True)
class Terms:
    """For one person and one operation. `price` is in points, None where nobody knows it; `approved_from` is None where
    no price needs an owner's approval. `uncounted` is the unit of the team's own price, where the body does not say how
    many of it are made: a price that an owner has set is never passed by as if there were none."""

    price: Decimal | None
    approved_from: Decimal | None = None
    has_budget: bool = False
    is_owner: bool = False
    uncounted: str = ""

    @property
    def needs_approval(self) -> bool:
        if self.is_owner or self.approved_from is None:
            return False
        return bool(self.uncounted) if self.price is None else self.price >= self.approved_from

    @property
    def refused(self) -> catalog.Text:
        """Why it cannot run, or nothing: a budget is to hold, and nobody is asked who could answer for the price."""
        if not self.uncounted or not self.has_budget or self.needs_approval:
            return NOTHING
        return in_both(lambda: str(UNCOUNTED[self.uncounted]))


UNCOUNTED: dict[str, str | Promise] = {
    Unit.SECOND: _(
        "An owner set a price for each second, and here nothing says how many seconds it makes, so nobody can tell "
        "whether the budget has enough. Write the length as a number of seconds."
    ),
    Unit.PICTURE: _(
        "An owner set a price for each picture, and here nothing says how many pictures it makes, so nobody can tell "
        "whether the budget has enough. Write how many as a number."
    ),
}


# Written once: every task that begins asks this, and Django would take longer to compose it than a database to answer.
ASKED = """
    SELECT (SELECT points FROM ledger_price WHERE team_id = %(team)s AND operation = %(operation)s),
           (SELECT unit FROM ledger_price WHERE team_id = %(team)s AND operation = %(operation)s),
           (SELECT points FROM ledger_threshold WHERE team_id = %(team)s),
           EXISTS (SELECT 1 FROM ledger_budget
                    WHERE team_id = %(team)s AND (person_id IS NULL OR person_id = %(person)s)),
           EXISTS (SELECT 1 FROM teams_membership
                    WHERE team_id = %(team)s AND user_id = %(person)s AND role = %(owner)s)
"""


def terms(team_id: int, person: User, operation: catalog.Operation, values: Mapping[str, Any]) -> Terms:
    """For a body that is sent with these values (`operation.values` of it), as things are now, in one query."""
    given: dict[str, int | str] = {
        "team": team_id,
        "person": person.pk,
        "operation": operation.slug,
        "owner": Role.OWNER.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(ASKED, given)
        points, unit, limit, has_budget, is_owner = cursor.fetchone()
    own = points_of(points)
    rate = None if own is None else Rate(own, unit)
    return agreed(operation, values, rate, points_of(limit), has_budget=bool(has_budget), is_owner=bool(is_owner))


def agreed(
    operation: catalog.Operation,
    values: Mapping[str, Any],
    own: Rate | None,
    approved_from: Decimal | None,
    *,
    has_budget: bool,
    is_owner: bool,
) -> Terms:
    """With the team's own rate before the catalog's price."""
    price = told(operation) if own is None else own.price(operation, values)
    uncounted = own.unit if own and price is None else ""
    return Terms(price, approved_from, has_budget, is_owner, uncounted)


def points_of(column: object) -> Decimal | None:
    """SQLite keeps points as a number of its own; the shortest text of it is the one that was written."""
    return None if column is None else Decimal(str(column))


def told(operation: catalog.Operation) -> Decimal | None:
    """What the catalog says, where that is a number of points."""
    if operation.price == "free":
        return Decimal()
    try:
        points = Decimal(operation.price)
    except InvalidOperation:
        return None
    return points if points.is_finite() else None


@dataclass(frozen=True)
class Sheet:
    """All that a team has said of money, for pages that are made with every key stroke. `budgets` holds the people who
    have one, and None where the team has one."""

    rates: dict[str, Rate]
    approved_from: Decimal | None
    budgets: frozenset[int | None]

    def terms(
        self, person_id: int, operation: catalog.Operation, values: Mapping[str, Any], *, is_owner: bool
    ) -> Terms:
        own, has_budget = self.rates.get(operation.slug), bool(self.budgets & {None, person_id})
        return agreed(operation, values, own, self.approved_from, has_budget=has_budget, is_owner=is_owner)


def sheet_of(team_id: int) -> Sheet:
    """As it was some seconds ago, at most; what begins a task asks anew. Needs the team's scope."""
    found: Sheet | None = cache.get(place(team_id))
    if found is None:
        limit = Threshold.objects.filter(team=team_id).values_list("points", flat=True).first()
        rates = rates_of(Price.objects.filter(team=team_id))
        budgets = Budget.objects.filter(team=team_id).values_list("person", flat=True)
        found = Sheet(rates, limit, frozenset(budgets))
        cache.set(place(team_id), found, FRESH)
    return found


def forget_sheet(team_id: int) -> None:
    """Something was said anew."""
    cache.delete(place(team_id))


def place(team_id: int) -> str:
    return f"rates:{team_id}"
