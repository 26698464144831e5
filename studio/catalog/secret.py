"""What in a body, a header or a query is a secret: by the name that it stands under, or by its looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAME = re.compile(
    r"(?:^|[-_.])(?:authorization|api[-_]?key|apikey|access[-_]?token|auth[-_]?token|token|secret|password|cookie|set-cookie"
    r"|x-api-key|mj-api-secret|api-secret|client[-_]?secret)$|^(?:key|auth|bearer|sk)$",
    re.IGNORECASE,
)
_TEXT = re.compile(r"(?:Bearer\s+\S{8,}|(?:sk|pk|rk|key)-[A-Za-z0-9_-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)")


# Within a longer text only what nobody writes for its own sake: with a digit, so that "pk-" may begin a word.
_WITHIN = re.compile(
    r"(?<![\w-])(?:(?:sk|pk|rk)-(?=[\w-]*\d)[\w-]{16,}|Bearer\s+(?=\S*\d)\S{16,}"
    r"|(?=[\w-]*eyJ[\w-]{10})[\w-]++\.[\w-]{10,}\.)"  # from where its run of letters begins: each is read once
)


def without_secrets(at: str, value: Any) -> tuple[Any, list[str]]:
    """Members inside a value that are named like a secret and look like one are left out; and their names."""
    if isinstance(value, Mapping):
        out = [k for k, v in value.items() if is_named_secret(k) and isinstance(v, str) and looks_secret(v)]
        inner = {k: without_secrets(f"{at}.{k}", v) for k, v in value.items() if k not in out}
        lost = [f"{at}.{k}" for k in out] + [name for _, names in inner.values() for name in names]
        return {k: v for k, (v, _) in inner.items()}, lost
    if isinstance(value, list):
        items = [without_secrets(at, each) for each in value]
        return [v for v, _ in items], [name for _, names in items for name in names]
    return value, []


def is_named_secret(name: str) -> bool:
    return bool(_NAME.search(name))


def looks_secret(text: str) -> bool:
    return len(text) >= 8 and not re.search(r"\s", text.removeprefix("Bearer "))


def holds_secret(text: str) -> bool:
    """Does a key stand somewhere in a text?"""
    return bool(_WITHIN.search(text))


def is_secret(name: str, value: Any) -> bool:
    return is_named_secret(name) or (isinstance(value, str) and bool(_TEXT.fullmatch(value)))
