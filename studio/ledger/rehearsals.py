"""A run on the sandbox is a rehearsal: it is free, counts for no month and waits for nobody."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from studio import catalog
from studio.ledger.terms import Terms, terms
from studio.teams.models import Connection, User

FREE = Terms(Decimal())


def terms_on(connection: Connection, person: User, operation: catalog.Operation, values: Mapping[str, Any]) -> Terms:
    """For a body that is sent with these values on this connection, as things are now; a rehearsal takes no query."""
    return FREE if connection.is_sandbox else terms(connection.team_id, person, operation, values)


def rehearsed(_values: Mapping[str, Any]) -> Terms:
    """For any body on the sandbox."""
    return FREE
