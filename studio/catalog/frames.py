"""A body that is a list of frames, which go over a socket one after the other.

Fields name a frame by the `type` that stands in it, never by its place: `"session.update".session.voice`. So the list
is looked at as an object that has each frame under its type. Of several of one type the first is the one that fields
name; the others, and what has no type, stand in it under names that no field has: `session.update #2`, `#3`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .schema import Form, Node

TYPE = "type"


def named(body: Sequence[Any]) -> dict[str, Any]:
    """Each frame as it stands, by its name, in order."""
    frames: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for place, frame in enumerate(body, start=1):
        kind = type_of(frame)
        name = f"#{place}" if kind is None else kind
        while name in frames:
            seen[kind or ""] += 1
            name = f"{kind or ''} #{seen[kind or ''] + 1}"
        frames[name] = frame
    return frames


def type_of(frame: object) -> str | None:
    kind = frame.get(TYPE) if isinstance(frame, dict) else None
    return kind if isinstance(kind, str) else None


def opened(form: Form, body: object) -> object:
    """The body as the object that fields go through, without the types that are its keys. None for what is no list
    where a list is needed; a body that is no list of frames is that object itself."""
    if not form.frames:
        return body
    if not isinstance(body, list):
        return None
    return {name: bare(frame) if name in form.tree.children else frame for name, frame in named(body).items()}


def bare(frame: Mapping[str, Any]) -> dict[str, Any]:
    """A frame without its type."""
    return {key: value for key, value in frame.items() if key != TYPE}


def order(form: Form, body: object) -> dict[tuple[str, ...], list[str]]:
    """The keys of the frames that fields name, in the order in which they stand there: the type is one of them."""
    frames = named(body) if form.frames and isinstance(body, list) else {}
    return {(name,): list(frame) for name, frame in frames.items() if name in form.tree.children}


def typed(form: Form, members: Mapping[str, Any]) -> dict[str, Any]:
    """The object with its types put back, each before what else stands in its frame."""
    return {
        name: {TYPE: name, **frame} if name in form.tree.children and isinstance(frame, dict) else frame
        for name, frame in members.items()
    }


def node_of(form: Form, frame: object) -> Node | None:
    """The fields of a frame, be it the first of its type or not; None where no field names it."""
    return form.tree.children.get(type_of(frame) or "")
