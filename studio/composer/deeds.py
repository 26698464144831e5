"""The small buttons of the form: reset, zero all, leave out, bring back; and of a file: remove it, move it."""

from __future__ import annotations

from studio.composer import items
from studio.composer.drafts import Draft
from studio.composer.plan import Place, plan_of
from studio.numbers import number_in


def do(draft: Draft, deed: str) -> str:
    """Do what a button named: `verb:unit`, `reset:path`, `drop.2:path` for the third place of a list, `add:path` for
    one more. The key of the unit that changed, "" for none."""
    verb, _colon, name = deed.partition(":")
    verb, _dot, number = verb.partition(".")
    place = next((p for p in plan_of(draft.operation.slug) if name == p.key or _holds(p, name)), None)
    if place is None:
        return ""
    if verb == "reset":
        draft.set(name, draft.start.get(name))
    elif verb == "add":
        there, one = draft.values.get(name), items.blank(draft.operation.slug, name)
        draft.set(name, [*(there if isinstance(there, list) else [one]), one])
    elif verb in {"drop", "up", "down"} and (at := number_in(number)) is not None:
        draft.set(name, without(draft.values.get(name), verb, at))
    elif verb == "zero":
        for field in place.fields:
            if field.type in {"integer", "number"}:
                draft.set(field.at, 0)
    elif verb in {"keep", "omit"}:
        for field in place.fields:
            draft.fates[field.at] = verb
    return place.key


def without(value: object, verb: str, number: int) -> object:
    """A list when one of its places was removed or moved by one; None for none."""
    if not isinstance(value, list):
        return None if verb == "drop" else value
    files = list(value)
    if number < len(files):
        one = files.pop(number)
        if verb != "drop":
            files.insert(max(number + (-1 if verb == "up" else 1), 0), one)
    return files or None


def _holds(place: Place, at: str) -> bool:
    return any(field.at == at for field in place.fields)
