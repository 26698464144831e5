"""Which operations a team can run: what the catalog has on, and what a connection has turned on."""

from __future__ import annotations

from collections.abc import Iterable

from studio import catalog
from studio.teams.models import Connection


def on_for(operation: catalog.Operation, connections: Iterable[Connection]) -> list[Connection]:
    """The connections that offer the operation."""
    return [connection for connection in connections if connection.offers(operation)]


def is_offered(operation: catalog.Operation, connections: Iterable[Connection]) -> bool:
    """Does it make something, and is it on for every connection (if there is none yet) or for one of these?"""
    return operation.makes_something and (operation.enabled or bool(on_for(operation, connections)))


def offered() -> list[catalog.Operation]:
    """All operations that the team of the scope is offered."""
    connections = list(Connection.objects.all())
    return [operation for operation in catalog.operations() if is_offered(operation, connections)]
