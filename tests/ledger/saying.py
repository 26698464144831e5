"""What a team says of its money, for tests."""

from __future__ import annotations

from decimal import Decimal

from studio.ledger.models import Budget, Price, Threshold, Unit
from studio.ledger.terms import forget_sheet
from studio.teams.models import Team, User
from studio.teams.scope import scope

OPERATION = "runway.generate-text"


def say(
    team: Team,
    *,
    price: int | str | None = None,
    unit: Unit = Unit.REQUEST,
    budget: int | str | None = None,
    person: User | None = None,
    approved_from: int | str | None = None,
    operation: str = OPERATION,
) -> None:
    """Set a price of the operation, a budget of the month (the team's, or of one person) or the threshold."""
    with scope(team):
        if price is not None:
            given = {"points": Decimal(price), "unit": unit}
            Price.objects.update_or_create(team=team, operation=operation, defaults=given)
        if budget is not None:
            Budget.objects.update_or_create(team=team, person=person, defaults={"points": Decimal(budget)})
        if approved_from is not None:
            Threshold.objects.update_or_create(team=team, defaults={"points": Decimal(approved_from)})
    forget_sheet(team.pk)
