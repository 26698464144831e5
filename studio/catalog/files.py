"""A file of the studio in a body: until the body is sent, a short text stands where the file will be."""

from __future__ import annotations

import re
from typing import Any

PREFIX = "studio-file:"
_REFERENCE = re.compile(re.escape(PREFIX) + r"([0-9a-f]{32})")


def reference(value: Any) -> str | None:
    """The public id (32 hex digits) of the file that a value refers to; None for any other value."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else None


def refer(public_id: str) -> str:
    """The text that stands in a body for this file."""
    return PREFIX + public_id
