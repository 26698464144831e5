"""Dotted paths: `options.motion_vector.x`, `messages[].role`, `"timestamp_granularities[]"`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode

Step = str | None  # a key, or None for "each item of the list"
KEPT, LONGEST = 8192, 200  # the same paths are taken apart and put together with every key stroke; not all are ours
_STEP = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]|[^.\[\]"]+')
_PLAIN = re.compile(r'[^.\[\]"]+')
_UP_TO_A_PLACE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"\[])*')
_NAME = re.compile(r"/\{([^}]+)\}")  # one step of an address path


def parse(at: str) -> tuple[Step, ...]:
    """The steps of a path. A key that holds a dot, a bracket or a quote stands in double quotes, as in JSON.

    Never raises: what is no path is one single key.
    """
    return _parsed(at) if len(at) <= LONGEST else _parsed.__wrapped__(at)


@lru_cache(KEPT)
def _parsed(at: str) -> tuple[Step, ...]:
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
    given = tuple(steps)
    try:
        short = len("".join(given)) <= LONGEST  # type: ignore[arg-type]
    except TypeError:  # the place in a list
        short = sum(len(step) for step in given if isinstance(step, str)) <= LONGEST
    return _joined(given) if short else _joined.__wrapped__(given)


@lru_cache(KEPT)
def _joined(steps: tuple[Step | int, ...]) -> str:
    at = ""
    for step in steps:
        if step is None or isinstance(step, int):
            at += "[]" if step is None else f"[{step}]"
        else:
            at += ("." if at else "") + (step if _PLAIN.fullmatch(step) else json.dumps(step, ensure_ascii=False))
    return at


def around(at: str) -> str:
    """The path of the outermost list in which this is, `content` of `content[0].text`; itself where it is in none."""
    found = _UP_TO_A_PLACE.match(at)
    return (found and found[0]) or at


def is_within(at: str, whole: str) -> bool:
    """Is this that path, or one beneath it?"""
    steps = parse(whole)
    return parse(at)[: len(steps)] == steps


def fill(path: str, values: Mapping[str, object]) -> str:
    """An address path with its `{names}` filled in, each quoted as one step; a None takes its step away."""

    def step(found: re.Match[str]) -> str:
        value = values.get(found[1], found[0][1:])
        if value is None:
            return ""
        words = quote(str(value), safe="{}", errors="replace")
        return "/" + (words if words.strip(".") else words.replace(".", "%2E"))  # no step up

    return _NAME.sub(step, path)


def names(path: str) -> list[str]:
    """The `{names}` of an address path."""
    return _NAME.findall(path)


def match(path: str, address: str) -> dict[str, str] | None:
    """What the `{names}` of a path are in a real address; None where the address is another one."""
    parts = [re.escape(part) if i % 2 == 0 else "/([^/]+)" for i, part in enumerate(_NAME.split(path))]
    found = re.fullmatch("".join(parts), address)
    return dict(zip(names(path), map(unquote, found.groups()), strict=True)) if found else None


def query(pairs: Iterable[tuple[str, object]]) -> str:
    """The query string of these pairs, with its question mark; "" for none.

    A blank is %20: a plus sign is a blank to those who read forms only, and some clients write it anew.
    """
    words = urlencode(list(pairs), doseq=True, errors="replace", quote_via=quote)
    return f"?{words}" if words else ""
