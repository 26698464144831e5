"""Operations of one path, told apart by the body: by the keys that it has, or has not, and by what stands there.

`{ tail = true }` asks for the key, `{ tail = false }` for a body without it; `{ model = ["a-*"] }` for one of these
values (`*` at the end is any ending), `{ model = ["!a-*"] }` for none of them, which a body without the key fits too.
What stands there may be a number: `{ mode = ["3"] }` is 3 and "3"; or a flag: `{ deep = ["true"] }` is true and "true".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .conditions import parted, word

Mark = bool | tuple[str, ...]
Marks = Mapping[str, Mark]
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


def fits(marks: Marks, body: object) -> bool:
    members = body if isinstance(body, dict) else {}
    return all(_fits(mark, key, members) for key, mark in marks.items())


def _fits(mark: Mark, key: str, members: Mapping[str, Any]) -> bool:
    if isinstance(mark, bool):
        return (key in members) == mark
    yes, no = parted(mark)
    value = word(members.get(key))
    return any(_matches(each, value) for each in yes) if yes else not any(_matches(each, value) for each in no)


def _matches(wanted: str, value: str) -> bool:
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def schema(key: str, mark: Mark) -> dict[str, Any]:
    """The mark as JSON Schema."""
    there: dict[str, Any] = {"required": [key]}
    if isinstance(mark, bool):
        return there if mark else {"not": there}
    yes, no = parted(mark)
    words = "|".join(
        re.escape(each.removesuffix("*")).replace(r"\-", "-") + ("" if each.endswith("*") else "$")
        for each in sorted(yes or no)
    )
    texts: dict[str, Any] = {"type": "string", "pattern": f"^({words})"}
    others: list[Any] = [int(each) for each in sorted(yes or no) if _NUMBER.fullmatch(each)]
    others += [flag for flag in (True, False) if word(flag) in (yes or no)]
    here = {"anyOf": [texts, {"enum": others}]} if others else texts
    fitting = there | {"properties": {key: here}}
    return fitting if yes else {"not": fitting}


def exclude(one: Marks, two: Marks) -> bool:
    """Can no body be both? Then there is a key that the one has and the other has not, or a value so told apart."""
    return any(_opposed(one[key], two[key]) for key in one.keys() & two.keys())


def _opposed(one: Mark, two: Mark) -> bool:
    if isinstance(one, bool) or isinstance(two, bool):
        return isinstance(one, bool) and isinstance(two, bool) and one != two
    (mine, not_mine), (theirs, not_theirs) = parted(one), parted(two)
    if mine and theirs and not any(_meet(each, other) for each in mine for other in theirs):
        return True
    return bool((mine and mine <= not_theirs) or (theirs and theirs <= not_mine))


def _meet(one: str, other: str) -> bool:
    """Is there a value that both fit?"""
    return _matches(one, other.removesuffix("*")) or _matches(other, one.removesuffix("*"))
