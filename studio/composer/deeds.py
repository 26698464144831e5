"""The small buttons of the form: reset, zero all, leave out, bring back."""

from __future__ import annotations

from studio.composer.drafts import Draft
from studio.composer.plan import Place, plan_of


def do(draft: Draft, deed: str) -> str:
    """Do what a button named, as `verb:unit` or `reset:path`; the key of the unit that changed, "" for none."""
    verb, _colon, name = deed.partition(":")
    place = next((p for p in plan_of(draft.operation.slug) if name == p.key or _holds(p, name)), None)
    if place is None:
        return ""
    if verb == "reset":
        draft.set(name, draft.start.get(name))
    elif verb == "zero":
        for field in place.fields:
            if field.type in {"integer", "number"}:
                draft.set(field.at, 0)
    elif verb in {"keep", "omit"}:
        for field in place.fields:
            draft.fates[field.at] = verb
    return place.key


def _holds(place: Place, at: str) -> bool:
    return any(field.at == at for field in place.fields)
