"""Values to body and back. Adds nothing of its own: `build(*split(body)).body == body`, keys in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import conditions, exact, frames, paths
from .schema import Form, Node, Values

Keys = tuple[str, ...]


class Extras(dict[str, Any]):
    """The keys of a body that no field knows, nested as they stood, with the order of all keys of that body."""

    def __init__(self, keys: Mapping[str, Any] | None = None, order: Mapping[Keys, list[str]] | None = None) -> None:
        super().__init__(keys or {})
        self.order: dict[Keys, list[str]] = dict(order or {})


def pack(extras: Mapping[str, Any]) -> dict[str, Any]:
    """Extras as plain JSON that `unpack` turns back, order and numbers as written."""
    order = extras.order if isinstance(extras, Extras) else {}
    return {"extras": exact.dumps(dict(extras)), "order": [[list(keys), names] for keys, names in order.items()]}


def unpack(packed: object) -> Extras:
    """The extras of `pack`. Raises ValueError for anything else: it comes back through a browser."""
    try:
        if not isinstance(packed, dict):
            raise TypeError("no object")
        keys = exact.loads(packed["extras"])
        order = {tuple(map(str, where)): [str(name) for name in names] for where, names in packed["order"]}
        if not isinstance(keys, dict):
            raise TypeError("no object")
    except (KeyError, TypeError, ValueError) as problem:
        raise ValueError("These extra keys were not packed by the studio.") from problem
    return Extras(keys, order)


def split(form: Form, body: object) -> tuple[dict[str, Any], Extras]:
    """The values of the known fields by path, and the rest. Never raises; what is no object (or no list, where a body
    is one of frames) holds neither."""
    values: dict[str, Any] = {}
    extras = Extras(order=frames.order(form, body))
    members = frames.opened(form, body)
    if isinstance(members, dict):
        extras.update(_split(form.tree, members, (), values, extras.order))
    return values, extras


def _split(
    node: Node, members: dict[str, Any], keys: Keys, values: dict[str, Any], order: dict[Keys, list[str]]
) -> dict[str, Any]:
    order.setdefault(keys, list(members))
    rest: dict[str, Any] = {}
    for key, value in members.items():
        child = node.children.get(key)
        if child is None:
            rest[key] = value
        elif child.children and value and isinstance(value, dict):
            if inner := _split(child, value, (*keys, key), values, order):
                rest[key] = inner
        else:
            values[paths.join((*keys, key))] = value
    return rest


def place(form: Form, values: Values, extras: Mapping[str, Any]) -> Any:
    """The body of these values: keys in the order the extras remember, else in the order of the fields."""
    body: dict[str, Any] = {}
    known = {field.at: field for field in form.fields}
    for at in [*(at for at in known if at in values), *(at for at in values if at not in known)]:
        if at not in known or known[at].place == "body":
            _put(body, [step or "[]" for step in paths.parse(at)], values[at])
    body = _merged(body, extras)
    if form.frames:
        body = frames.typed(form, body)
    if isinstance(extras, Extras):
        body = _ordered(body, (), extras.order)
    return list(body.values()) if form.frames else body


def _put(body: dict[str, Any], keys: list[str], value: object) -> None:
    for key in keys[:-1]:
        inner = body.get(key)
        if not isinstance(inner, dict):
            inner = body[key] = {}
        body = inner
    if isinstance(value, dict):
        value = dict(value)  # members that follow are put into a copy
    body[keys[-1]] = value


def _merged(members: Mapping[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """The extras behind the members; where both hold a key, objects are joined and a value wins over an extra."""
    merged = dict(members)
    for key, value in extras.items():
        inner = merged.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            merged[key] = _merged(inner, value)
        else:
            merged.setdefault(key, value)
    return merged


def _ordered(members: dict[str, Any], keys: Keys, order: Mapping[Keys, list[str]]) -> dict[str, Any]:
    """The members in the remembered order; a new one stands behind the one it follows by the fields' order."""
    names = [name for name in order.get(keys, ()) if name in members]
    before: str | None = None
    for name in members:
        if name not in names:
            names.insert(names.index(before) + 1 if before is not None else 0, name)
        before = name
    return {name: _inner(members[name], (*keys, name), order) for name in names}


def _inner(value: Any, keys: Keys, order: Mapping[Keys, list[str]]) -> Any:
    return _ordered(value, keys, order) if keys in order and isinstance(value, dict) else value


def put(
    form: Form, values: Values, extras: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Any], Extras]:
    """The same values and extras with what is given by path, instead of all that stood there and beneath it.

    A whole object is taken apart as `split` does it. Members that are given beside it stand in it.
    """
    made, kept = dict(values), _copied(extras)
    for at in sorted(given, key=lambda at: len(paths.parse(at))):
        made, kept = take_away(form, made, kept, at)
        for above in _above(at):
            if not isinstance(made.get(above, {}), dict):
                del made[above]
        _put_apart(form, made, kept, at, given[at])
    return made, kept


def take_away(form: Form, values: Values, extras: Mapping[str, Any], at: str) -> tuple[dict[str, Any], Extras]:
    """The same values and extras with nothing at this path or beneath it."""
    made, kept = dict(values), _copied(extras)
    for above in _above(at):
        if isinstance(made.get(above), dict) and made[above]:
            _put_apart(form, made, kept, above, made.pop(above))
    steps = paths.parse(at)
    made = {other: value for other, value in made.items() if not paths.is_within(other, at)}
    order = {keys: names for keys, names in kept.order.items() if keys[: len(steps)] != steps}
    return made, Extras(lacking(kept, [steps]), order)


def _copied(extras: Mapping[str, Any]) -> Extras:
    return Extras(extras, extras.order if isinstance(extras, Extras) else None)


def _above(at: str) -> list[str]:
    """The paths of all that holds this one, outermost first."""
    steps = paths.parse(at)
    return [paths.join(steps[:count]) for count in range(1, len(steps))]


def _put_apart(form: Form, values: dict[str, Any], extras: Extras, at: str, value: Any) -> None:
    keys = tuple(step or "" for step in paths.parse(at))
    node: Node | None = form.tree
    for key in keys:
        node = node.children.get(key) if node else None
    if node is None or not node.children or not value or not isinstance(value, dict):
        values[at] = value
        return
    for count in range(len(keys)):
        extras.order.setdefault(keys[:count], [])  # or the order within would not be looked for
    if rest := _split(node, value, keys, values, extras.order):
        for key in reversed(keys):
            rest = {key: rest}
        extras.update(_merged(extras, rest))


def lacking(members: Mapping[str, Any], places: Collection[tuple[paths.Step, ...]]) -> dict[str, Any]:
    """The members but for those at these places, at any depth. An object that holds nothing then is gone, too."""
    kept = {}
    for key, value in members.items():
        inside = [steps[1:] for steps in places if steps[0] == key]
        if any(not steps for steps in inside):
            continue
        if inside and isinstance(value, dict):
            value = lacking(value, inside)
            if not value:
                continue
        kept[key] = value
    return kept


def strangers(node: Node, extras: Mapping[str, Any], above: Keys = ()) -> Iterator[Keys]:
    """The outermost keys that no field knows."""
    for key, value in extras.items():
        child = node.children.get(key)
        if child is None:
            yield (*above, key)
        elif isinstance(value, dict):
            yield from strangers(child, value, (*above, key))


def read_out(form: Form, body: dict[str, Any]) -> dict[str, Any]:
    """The same body with the object itself where its JSON text stands; the very body where there is none."""
    values: dict[str, Any] = {}
    for field in form.written_out:
        inner: Any = body
        for step in field.steps:
            inner = inner.get(step) if isinstance(inner, dict) else None
        try:
            found = exact.loads(inner) if isinstance(inner, str) else None
        except exact.JSONProblem:
            continue
        if isinstance(found, dict):
            values[field.at] = found
    known, extras = split(form, body) if values else ({}, Extras())
    return place(form, known | values, extras) if values else body


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of a body that holds no further fields, or one key that no field knows."""

    steps: Keys
    value: Any
    node: Node | None

    @property
    def at(self) -> str:
        return paths.join(self.steps)


def leaves(form: Form, body: object) -> Iterator[Leaf]:
    """Every leaf of the body, in its order; the members of unknown objects too."""
    members = frames.opened(form, body)
    return _leaves(form.tree, members if isinstance(members, dict) else {}, ())


def _leaves(node: Node | None, members: Mapping[str, Any], keys: Keys) -> Iterator[Leaf]:
    for key, value in members.items():
        child = node.children.get(key) if node else None
        goes_on = child is None or bool(child.children)
        if goes_on and value and isinstance(value, dict) and len(keys) < exact.DEEPEST:
            yield from _leaves(child, value, (*keys, key))
        else:
            yield Leaf((*keys, key), value, child)


def misfits(form: Form, values: Values) -> list[str]:
    """The paths among these values whose field does not apply beside the others."""
    fields = ((at, form.by_path.get(at)) for at in values)
    return [
        at for at, field in fields if field and field.place == "body" and not conditions.applies(form, field, values)
    ]
