"""Dotted paths: `options.motion_vector.x`, `messages[].role`, `"timestamp_granularities[]"`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

Step = str | None  # a key, or None for "each item of the list"
_STEP = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]|[^.\[\]"]+')
_PLAIN = re.compile(r'[^.\[\]"]+')


def parse(at: str) -> tuple[Step, ...]:
    """The steps of a path. A key that holds a dot, a bracket or a quote stands in double quotes, as in JSON.

    Never raises: what is no path is one single key.
    """
    steps: list[Step] = []
    place = 0
    while place < len(at):
        match = _STEP.match(at, place)
        if not match or (steps and match[0] != "[]" and at[place - 1] != "."):
            return (at,)
        steps.append(None if match[0] == "[]" else _key(match[0]))
        place = match.end()
        if at[place : place + 1] == ".":
            place += 1
            if place == len(at):
                return (at,)
    return tuple(steps) or (at,)


def _key(step: str) -> str:
    if not step.startswith('"'):
        return step
    try:
        return str(json.loads(step, strict=False))
    except ValueError:
        return step


def join(steps: Iterable[Step | int]) -> str:
    """The path of these steps; a number is the place in a list. `parse(join(steps)) == steps` for keys."""
    at = ""
    for step in steps:
        if step is None or isinstance(step, int):
            at += "[]" if step is None else f"[{step}]"
        else:
            at += ("." if at else "") + (step if _PLAIN.fullmatch(step) else json.dumps(step, ensure_ascii=False))
    return at


def fill(path: str, values: Mapping[str, object]) -> str:
    """An address path with its `{names}` filled in, each quoted as one step."""
    return re.sub(r"\{([^}]+)\}", lambda name: quote(str(values.get(name[1], name[0])), safe="{}"), path)


def query(pairs: Iterable[tuple[str, object]]) -> str:
    """The query string of these pairs, with its question mark; "" for none."""
    words = urlencode(list(pairs), doseq=True)
    return f"?{words}" if words else ""
