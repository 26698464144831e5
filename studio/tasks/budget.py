"""The budgets of the ledger, as the verbs of this room ask them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from studio.ledger import budgets
from studio.tasks.refusing import NotNow
from studio.teams.models import Team, User


def within_budget(team: Team, person: User, prices: Sequence[Decimal | None]) -> None:
    """Raises `NotNow` unless tasks of these prices, one or a thousand, fit together into every budget that applies.

    Call it in the transaction that inserts them or lets them go, and insert with their price as their charge: the
    budgets stay locked until its end.
    """
    try:
        budgets.require(team, person, prices)
    except budgets.Overspent as refusal:
        raise NotNow(refusal.text) from None
