"""What the tests of every system's sheet ask."""

from __future__ import annotations

from typing import Any

from studio import catalog


def found(operation: catalog.Operation, body: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is wrong with a body: path, rule and level of each problem."""
    return [(problem.path, problem.rule, problem.level) for problem in operation.check(body)]
