"""Which connection a form runs on."""

from __future__ import annotations

from collections.abc import Sequence

from studio import catalog
from studio.tasks.switches import on_for
from studio.teams import statements
from studio.teams.models import Connection

CONNECTIONS = statements.Rows(Connection, "WHERE team_id = %s ORDER BY created_at, id")  # asked for by every key stroke


def choose(
    connections: Sequence[Connection], wanted: str, preferred: str, operation: catalog.Operation
) -> Connection | None:
    """The connection asked for, None if it is gone: no other is paid in its place. Where none is asked for, among those
    where the operation is on the preferred one or the first that works; else the first that works; else the first."""
    if wanted:
        return next((connection for connection in connections if str(connection.pk) == wanted), None)
    fitting = on_for(operation, connections)
    liked = [connection for connection in fitting if str(connection.pk) == preferred]
    working = [connection for connection in (*fitting, *connections) if not connection.is_stopped]
    return next(iter([*liked, *working, *fitting, *connections]), None)
