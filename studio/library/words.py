"""Values, fields and operations in words."""

from __future__ import annotations

from typing import Any

from studio import catalog
from studio.languages import in_words


def written(value: Any) -> str:
    """A value as a person reads it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else catalog.dumps(value)


def label_of(operation: catalog.Operation | None, at: str) -> str:
    found = operation.field(at) if operation else None
    return in_words(found.label) if found else at
