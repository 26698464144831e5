"""The call as code. The key never appears: a shell reads it from $GATEWAY_KEY."""

from __future__ import annotations

import shlex

from studio import catalog
from studio.teams.models import Connection


def curl(operation: catalog.Operation, connection: Connection | None, values: dict[str, object], body: object) -> str:
    """The call for a shell; whatever stands in the body reaches the gateway as it is. None is no body."""
    base = connection.base_url.rstrip("/") if connection else "https://gateway.example.com"
    path = connection.path_for(operation) if connection else operation.path
    lines = [
        f"curl -X {operation.method} {shlex.quote(base + operation.address(values, path))}",
        '-H "Authorization: Bearer $GATEWAY_KEY"',
        *(["-H 'Content-Type: application/json'"] if body is not None else []),
        *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in operation.headers.items()),
        *([f"--data-raw {shlex.quote(catalog.dumps(body))}"] if body is not None else []),
    ]
    return " \\\n  ".join(lines)
