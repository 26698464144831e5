"""A body taken apart into what each value is for: also what the items of a list say, and the settings in a prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import conditions, convert
from .kinds import Kinds
from .operation import Operation
from .schema import Field, Sending

FILES = {"image", "end_image", "video", "audio"}
_FLAG = re.compile(r"(?:^|\s)(?:--|—)(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Piece:
    """One value with a meaning: the field that says which, and the path at which it stands.

    `usual`: nobody chose it, it is the form's own. `inside` is what a list says, where it cannot go over as a whole,
    `last_of` how many stood there of which only the last goes. `setting` is the name of what stands behind a prompt's
    words.
    """

    field: Field
    value: Any
    usual: bool = False
    inside: tuple[Piece, ...] = ()
    last_of: int = 1
    setting: str = ""


def pieces(source: Operation, values: Mapping[str, Any], flags: Mapping[str, str] | None) -> Iterator[Piece]:
    """The values that are set, the model first: it decides over others. `flags` are those that the prompt of
    the target knows, None if it is of the same system: they stay in the words."""
    start = source.start()
    known = [(each, values[each.at]) for each in source.fields if each.at in values and each.role != "callback"]
    for each, value in sorted(known, key=lambda pair: pair[0].role != "model"):
        if not conditions.is_set(value) or value in ([], {}):
            continue
        if each.flags and flags is not None and each.flags != flags and isinstance(value, str):
            yield from _settings(each, value)
            continue
        usual = any(convert.same(value, own) for own in (each.default, start.get(each.at)) if own is not None)
        yield Piece(each, value, usual, () if each.role else tuple(_inside(source, each, value)))


def _inside(source: Operation, above: Field, value: Any) -> Iterator[Piece]:
    """What a list of files is for, or what its last item says: the last message of a conversation."""
    if not isinstance(value, list):
        return
    for each in source.fields:
        steps = each.steps[len(above.steps) :]
        if not each.role or each.steps[: len(above.steps)] != above.steps or steps[:1] != (None,):
            continue
        if len(steps) == 1:
            yield Piece(each, value)
        elif len(steps) == 2 and each.kinds:
            yield from _by_kind(each, str(steps[1]), [item for item in value if isinstance(item, dict)])
        elif len(steps) == 2 and isinstance(value[-1], dict) and value[-1].get(str(steps[1])):
            yield Piece(each, value[-1][str(steps[1])], last_of=len(value))


def _by_kind(member: Field, key: str, items: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """What the items say, by what each of them is for: all files, and of anything else the last."""
    given = [item for item in items if item.get(key)]
    for role in dict.fromkeys(map(member.role_in, given)):
        found = [item[key] for item in given if member.role_in(item) == role]
        whole = role in FILES and len(found) > 1
        yield Piece(replace(member, role=role), found if whole else found[-1], last_of=1 if whole else len(found))


def _settings(prompt: Field, text: str) -> Iterator[Piece]:
    """The words of a prompt, and each setting behind them; one that has no role anywhere stands for itself."""
    words, *settings = _FLAG.split(text)
    yield Piece(prompt, words.strip())
    roles = {flag.removeprefix("--"): role for role, flag in prompt.flags.items()}
    for setting in settings:
        name, _, value = setting.strip().partition(" ")
        if role := roles.get(name):
            yield Piece(replace(prompt, role=role, flags={}), value.strip(), setting=f"--{name}")
        else:
            yield Piece(replace(prompt, role="", flags={}), f"--{setting.strip()}", setting=f"--{name}")


def places(target: Operation, roles: set[str]) -> Iterator[Field]:
    """The fields for this; of a list with items of several kinds, its member in an item of the first kind that is."""
    for each in target.fields:
        if each.kinds is None and each.role in roles:
            yield each
        elif each.kinds and (kind := next((k for k, role in each.kinds.roles.items() if role in roles), "")):
            role = each.kinds.roles[kind]
            sent: tuple[Sending, ...] = each.sent or ("address",) if role in FILES else ()
            takes = each.takes if role in FILES else ()
            yield replace(each, role=role, kinds=Kinds(each.kinds.by, {kind: role}), takes=takes, sent=sent)


def has_flag(text: str, flag: str) -> bool:
    return any(setting.split(" ")[0] == flag.removeprefix("--") for setting in _FLAG.split(text)[1:])
