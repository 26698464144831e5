"""What several attempts say of their task together: which of them it shows, and what they take from its budget."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from studio.tasks.states import RANK, WAITING_AT_GATEWAY, State

if TYPE_CHECKING:
    from studio.tasks.models import Attempt

COSTS_NOTHING = frozenset({State.REFUSED, State.NOT_SENT})


def leading(attempts: Iterable[Attempt]) -> Attempt:
    """The one whose state their task shows.

    A success outranks all, then whatever is alive at the gateway, then the newest; a cancelled one counts only when
    there is no other, and one that was refused or not sent only when no answer before it was lost: that one may still
    be charged.
    """
    attempts = sorted(attempts, key=lambda attempt: attempt.number)
    alive = [a for a in attempts if a.state in WAITING_AT_GATEWAY or a.state == State.SUCCEEDED]
    if alive:
        return max(alive, key=lambda attempt: (RANK[State(attempt.state)], attempt.number))
    rest = [a for a in attempts if a.state != State.CANCELLED] or attempts
    lost = [a for a in rest if a.state == State.UNKNOWN]
    return (lost if lost and rest[-1].state in {State.REFUSED, State.NOT_SENT} else rest)[-1]


def charge_of(attempts: Iterable[Attempt], price: Decimal | None) -> Decimal:
    """The points that they take from budgets: what the gateway told, else the price of whatever it may still charge."""
    points = Decimal()
    for attempt in attempts:
        if attempt.refunded:
            continue
        if attempt.cost is not None:
            points += attempt.cost
        elif price is not None and may_cost(attempt):
            points += price
    return points


def may_cost(attempt: Attempt) -> bool:
    """Whether the gateway may charge for it, now or once it is sent. A failure may have been charged: it counts until
    the gateway says that the points were given back."""
    taken_back = attempt.state == State.CANCELLED and not attempt.posts
    return not taken_back and attempt.state not in COSTS_NOTHING
