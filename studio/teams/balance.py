"""What is left on a connection's key, as the gateway tells it. Free to ask, and asked once a minute at most."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import cache

from studio.gateway import WireError
from studio.teams.keys import KeyUnreadable
from studio.teams.models import Connection

# Source: the open gateways of this family. The allowance is what is left and what was spent, together; what was spent
# comes in hundredths of the same unit.
ALLOWANCE = ("gateway.balance", "/v1/dashboard/billing/subscription", "hard_limit_usd")
SPENT = ("gateway.usage", "/v1/dashboard/billing/usage", "total_usage")
NO_LIMIT = 100_000_000
DEADLINE = 8.0  # seconds
FRESH = 60  # seconds


@dataclass(frozen=True)
class Balance:
    """In the gateway's unit, US dollars unless its site says otherwise. `known` is false where it does not tell."""

    known: bool = False
    left: float | None = None  # None: no limit
    spent: float = 0.0


def balance_of(connection: Connection) -> Balance:
    """Never raises for what a gateway may do."""
    marks = f"{connection.base_url}\0{connection.key_cipher}\0{connection.paths}"
    name = f"balance:{connection.pk}:{hashlib.sha256(marks.encode()).hexdigest()}"
    found: Balance | None = cache.get(name)
    if found is None:
        found = ask(connection)
        cache.set(name, found, FRESH)
    return found


def ask(connection: Connection) -> Balance:
    allowance, spent = number(connection, *ALLOWANCE), number(connection, *SPENT)
    if allowance is None or spent is None:
        return Balance()
    spent /= 100
    return Balance(True, None if allowance >= NO_LIMIT else allowance - spent, spent)


def number(connection: Connection, slug: str, path: str, key: str) -> float | None:
    """One figure of an answer; an error inside HTTP 200 has none."""
    try:
        answer = connection.client().query("GET", connection.paths.get(slug, path), deadline=DEADLINE)
    except (WireError, KeyUnreadable):
        return None
    value = answer.payload.get(key) if isinstance(answer.payload, dict) and answer.status == 200 else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
