"""Why each key of a body is there, or is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import body as bodies
from . import conditions, frames, paths
from .check import Problem, check, of_parts
from .form_parts import has_part
from .schema import Fate, Field, Form, Values
from .text import Text, filled

SET = Text("You set it.", "由你设置。")
DEFAULT = Text("The usual value.", "常用默认值。")
BARE = Text("It has to be there, if only empty.", "必须有此项，可以为空。")
START = Text("A fresh form starts with it.", "新表单的初始值。")
EMPTY = Text("Left out: the gateway takes it only when it holds something.", "已省略：仅在有内容时才发送。")
FRAME = Text("It says what the frame is.", "说明这是哪一种帧。")
EXTRA = Text("Not known to the catalog; sent as you wrote it.", "目录中没有此项，按你所写原样发送。")
NO_PART = Text("No part: null and empty lists have none in a form.", "没有对应的部分：null 和空列表在表单中不发送。")
FATES: Mapping[Fate, Text] = {
    "keep": Text("Sent, but only used when {when}.", "会发送，但仅当{when}时才起作用。"),
    "omit": Text("Left out: only used when {when}.", "已省略：仅当{when}时才起作用。"),
    "refuse": Text("Not allowed here: only used when {when}.", "此处不允许：仅当{when}时才起作用。"),
}


@dataclass(frozen=True, slots=True)
class Trace:
    """One leaf of the body (`kept`), or one value that a rule left out. `at` is its dotted path."""

    at: str
    why: Literal["set", "default", "rule", "extra"]
    kept: bool
    fate: Fate | None
    note: Text
    field: Field | None


@dataclass(frozen=True, slots=True)
class Built:
    """A body (an object, or a list of frames), why each of its keys is there, and what is wrong with it."""

    body: Any
    trace: list[Trace]
    problems: list[Problem]


def build(form: Form, values: Values, extras: Mapping[str, Any], fates: Mapping[str, str] | None) -> Built:
    """The body of these values; values whose rule says "omit" are left out and traced."""
    whole = bodies.place(form, values, extras)
    flat, rest = bodies.split(form, whole)
    address = _address(form, values)
    fate_of = {at: conditions.fate(form, form.by_path[at], fates) for at in bodies.misfits(form, flat | address)}
    empty = {at for at, value in flat.items() if _stays_out(form, at, value)}
    dropped = {at for at, fate in fate_of.items() if fate == "omit"} - empty
    if dropped or empty:
        kept = {at: value for at, value in flat.items() if at not in dropped | empty}
        whole = bodies.place(form, kept, extras)
    trace = [
        *_kept(form, whole, fate_of),
        *(_line(form, at, flat[at], "omit", kept=False) for at in flat if at in dropped),
        *(Trace(at, "rule", False, None, EMPTY, form.by_path[at]) for at in flat if at in empty),
    ]
    if dropped or empty:
        return Built(whole, trace, check(form, whole, fates, address))
    return Built(whole, trace, of_parts(form, whole, flat | address, rest, fate_of, fates, address))


def _stays_out(form: Form, at: str, value: object) -> bool:
    """Is this a field that must hold something when it is sent?"""
    field = form.by_path.get(at)
    return field is not None and field.omit_empty != "no" and not conditions.is_set(value)


def _address(form: Form, values: Values) -> dict[str, Any]:
    """The values that stand in the path and in the query, beside the body."""
    return {f.at: values[f.at] for f in form.fields if f.place != "body" and f.at in values}


def _kept(form: Form, body: Any, fate_of: Mapping[str, Fate]) -> Iterator[Trace]:
    for name in frames.named(body) if form.frames else ():
        if name in form.tree.children:
            yield Trace(paths.join((name, frames.TYPE)), "default", True, None, FRAME, None)
    for leaf in bodies.leaves(form, body):
        yield _line(form, leaf.at, leaf.value, fate_of.get(leaf.at), kept=True, known=leaf.node is not None)


def _line(form: Form, at: str, value: object, fate: Fate | None, *, kept: bool, known: bool = True) -> Trace:
    field = form.by_path.get(at)
    if kept and form.parts and not (has_part(value) or len(paths.parse(at)) > 1):
        return Trace(at, "set" if known else "extra", kept, None, NO_PART, field)
    if not known:
        return Trace(at, "extra", kept, None, EXTRA, None)
    if field and fate:
        return Trace(at, "rule", kept, fate, filled(FATES[fate], when=conditions.when(form, field)), field)
    if field and field.default is not None and same(value, field.default):
        return Trace(at, "default", kept, None, DEFAULT, field)
    if field and field.start is not None and same(value, field.start):
        return Trace(at, "default", kept, None, START, field)
    if field and value == "" and field.may_say_nothing:
        return Trace(at, "default", kept, None, BARE, field)
    return Trace(at, "set", kept, None, SET, field)


def same(value: object, default: object) -> bool:
    """Is this the default? `true` is not 1; 10.0 is 10."""
    return isinstance(value, bool) == isinstance(default, bool) and value == default
