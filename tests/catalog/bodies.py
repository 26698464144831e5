"""Bodies for the property tests: arbitrary JSON, and bodies that `check` accepts."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from studio import catalog
from studio.catalog import paths
from studio.catalog.schema import Field, Node

KEPT = catalog.files.refer("0123456789abcdef" * 2)
LITERALS = ("0.3999999999999999", "1.0", "1e2", "-0", "1E-7", "12345678901234567890123", "-6", "0", "100.00")
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
KEYS = WORDS | st.sampled_from(["a.b", "", "x[]", 'q"', "提示", "image", "seconds", "options", "data", "task_id"])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.sampled_from(LITERALS).map(catalog.loads) | st.integers() | FLOATS
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8) | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=6) | KEYS, inner),
    max_leaves=15,
)
EXTRA_KEYS = st.text(string.ascii_lowercase + ".[]中", min_size=1, max_size=6).map(lambda key: f"extra {key}")
EXTRAS = st.dictionaries(EXTRA_KEYS, JSON, max_size=3)
WRITTEN = st.sampled_from(["0.3999999999999999", "-6.0", "1e1"]).map(catalog.loads)
AXES = st.floats(-10, 10) | st.integers(-10, 10) | WRITTEN


@st.composite
def shuffled(draw: st.DrawFn, known: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """Known and unknown keys, mixed in any order."""
    return dict(draw(st.permutations([*known.items(), *unknown.items()])))


@st.composite
def accepted(draw: st.DrawFn) -> dict[str, Any]:
    """Bodies of runway.generate-text as a person or a program may send them."""
    axes = st.dictionaries(st.sampled_from(["x", "y", "z", "r", "bg_x_pan", "bg_y_pan"]), AXES)
    inner: dict[str, Any] = {}
    if draw(st.booleans()):
        inner["seconds"] = draw(st.sampled_from([5, 10, "5", "10", catalog.loads("10.0")]))
    if draw(st.booleans()):
        inner["motion_vector"] = draw(axes.flatmap(lambda known: EXTRAS.flatmap(lambda more: shuffled(known, more))))
    body: dict[str, Any] = {
        "callback_url": "https://studio.example.com/hooks/k7/",
        "prompt": draw(WORDS.filter(bool)),
        "model": draw(st.sampled_from(["gen2", "gen3", "gen9"])),
    }
    if draw(st.booleans()):
        body["options"] = draw(EXTRAS.flatmap(lambda more: shuffled(inner, more)))
    for key in ("ratio", "style"):
        if draw(st.booleans()):
            body[key] = draw(st.sampled_from(["", "16:9", "cinematic", "7:3"]))
    return draw(EXTRAS.flatmap(lambda more: shuffled(body, more)))


@st.composite
def near_misses(draw: st.DrawFn) -> dict[str, Any]:
    """Accepted bodies with some of their values replaced by anything, or taken away."""
    body = draw(accepted())
    for at in draw(st.lists(st.sampled_from([*body, "options"]), max_size=2)):
        if draw(st.booleans()):
            body.pop(at, None)
        else:
            body[at] = draw(JSON)
    options = body.get("options")
    if isinstance(options, dict) and draw(st.booleans()):
        options |= {"seconds": draw(SCALARS)}
    if isinstance(options, dict) and draw(st.booleans()):
        options |= {"motion_vector": draw(st.dictionaries(st.sampled_from(["x", "y"]), JSON))}
    return body


def of(operation: catalog.Operation) -> st.SearchStrategy[Any]:
    """Bodies of any operation: what its fields allow, mixed with near misses and keys that nobody knows."""
    members = {key: _member(node) for key, node in operation.form.tree.children.items()}
    if operation.form.frames:
        return _frames(members)
    return st.builds(lambda known, more: known | more, _object(members), EXTRAS | st.just({}))


def inside(operation: catalog.Operation, at: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that may stand at this path, with keys that nobody knows, in any order."""
    node = operation.form.tree
    for step in paths.parse(at):
        node = node.children[step or ""]
    known = _object({key: _member(child) for key, child in node.children.items()})
    return known.flatmap(lambda members: EXTRAS.flatmap(lambda more: shuffled(members, more)))


def _frames(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[Any]]:
    """Lists of frames in any order: known ones, most of them once, some that nobody knows, and now and then no frame.
    The type stands first, last or in between."""
    known = [st.tuples(st.just(kind), member) for kind, member in members.items()]
    other = st.tuples(st.sampled_from(["input_audio_buffer.append", "#2", "", "雨"]), EXTRAS)
    frame = st.one_of(*known, *known, other).flatmap(_frame)
    once = st.tuples(*(each.flatmap(_frame) for each in known)).map(list)
    return st.builds(lambda one, more: one + more, once, st.lists(frame | SCALARS, max_size=2)) | st.lists(frame)


def _frame(told: tuple[str, Any]) -> st.SearchStrategy[Any]:
    kind, inner = told
    if not isinstance(inner, dict):
        return st.just({"type": kind})
    return st.permutations([("type", kind), *((key, value) for key, value in inner.items() if key != "type")]).map(dict)


def _object(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the members, in any order."""
    some = st.fixed_dictionaries({}, optional=members)
    return some.flatmap(lambda body: st.permutations(list(body.items())).map(dict))


def _member(node: Node) -> st.SearchStrategy[Any]:
    """A fitting value far more often than any other: errors would hide each other."""
    fitting = _fitting(node.field) if node.field else []
    if node.children:
        fitting.append(_object({key: _member(child) for key, child in node.children.items()}))
    if node.items:
        fitting.append(st.lists(_member(node.items), max_size=3))
    return st.one_of([*fitting, *fitting, *fitting, SCALARS | st.just("") | JSON])


def _fitting(field: Field) -> list[st.SearchStrategy[Any]]:
    found: list[st.SearchStrategy[Any]] = [st.sampled_from(field.choices)] if field.choices else []
    told = [each for each in (field.default, field.start, field.example) if each is not None]
    if told:
        found.append(st.sampled_from(told))
    if field.takes:
        found.append(st.sampled_from([KEPT, "data:image/png;base64,AA==", "AA==", "https://a.b/c.png"]))
    if "boolean" in field.types and not field.choices:
        found.append(st.booleans())
    if "string" in field.types and not field.choices:
        found.append(st.sampled_from(["https://a.b/c.png", "abcd", "一只小猫", ""]))
    if {"integer", "number"} & set(field.types) and not field.choices:
        low, high = int(field.minimum or 0), int(field.maximum or 100)
        found += [st.integers(low, high), WRITTEN] if "number" in field.types else [st.integers(low, high)]
    return found


def assert_is_the_example(operation: catalog.Operation, text: str) -> None:
    """A sheet's body is the catalog's example, nothing is wrong with it, and it comes back as it was."""
    body = catalog.loads(text)
    assert body == operation.example
    assert operation.check(body) == []
    assert catalog.dumps(operation.body(*operation.values(body)).body) == catalog.dumps(body)
    assert catalog.recognise(operation.method, operation.path, body) is operation
