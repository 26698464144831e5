"""The error-level rules of `check` as JSON Schema 2020-12.

Two rules have no words there: the range of a number that is sent as text, and those of an object that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from . import about, conditions, exact, frames, paths
from .fitting import DECIMAL, DIGITS, either
from .schema import URL, Conditions, Field, Form, Node
from .text import Text

Schema = dict[str, Any]
_GIVEN: Schema = {"not": {"enum": ["", None]}}


def schema(form: Form, title: Text, fates: Mapping[str, str] | None) -> Schema:
    """The schema of a form's body. Open lists stand as examples, since they refuse nothing."""
    whole: Schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title.en}
    if form.frames:
        return whole | _frames(form.tree)
    whole |= _object(form.tree)
    rules = [rule for field in form.fields for rule in _conditional(form, field, fates)]
    return whole | ({"allOf": rules} if rules else {})


def of_field(field: Field) -> Schema:
    """The schema of one value, for instance of a query parameter."""
    return _member(Node(field))


def _frames(tree: Node) -> Schema:
    """A list of objects: each of a known type keeps the rules of that type, and those that are required are there."""
    known = {kind: {"required": [frames.TYPE], "properties": {frames.TYPE: {"const": kind}}} for kind in tree.children}
    each = [{"if": known[kind], "then": _member(node)} for kind, node in tree.children.items()]
    needed = [{"contains": known[kind]} for kind, node in tree.children.items() if node.needed]
    return {"type": "array", "items": {"type": "object", "allOf": each}} | ({"allOf": needed} if needed else {})


def _object(node: Node) -> Schema:
    members = {key: _member(child) for key, child in node.children.items()}
    required = [
        key for key, c in node.children.items() if c.field and c.field.required == "yes" and not c.field.applies
    ]
    return {"type": "object", "properties": members} | ({"required": required} if required else {})


def _member(node: Node) -> Schema:
    if node.field is None:
        return _object(node)
    field = node.field
    options = [_of_type(field, node, name) for name in field.types]
    if field.digits != "no" and "string" not in field.types:
        options.append(_digits(field))
    takes_nothing = ("string" in field.types or field.digits == "yes") and field.omit_empty != "yes"
    if takes_nothing and (field.required != "yes" or field.empty):
        options.append({"const": ""})
    if field.nullable:
        options.append({"type": "null"})
    rules = options[0] if len(options) == 1 else {"anyOf": options}
    return about.of_field(field) | rules


def _of_type(field: Field, node: Node, name: str) -> Schema:
    rules: Schema = {} if name == "json" else {"type": {"file": "string"}.get(name, name)}
    if name in {"string", "file"}:
        rules |= _text(field, name)
    bounds = {key: n for key, n in (("minimum", field.minimum), ("maximum", field.maximum)) if n is not None}
    text_too = name == "string" and either(field)
    if name in {"integer", "number"}:
        rules |= bounds
        rules |= {"multipleOf": field.multiple_of} if field.multiple_of else {}
    if name == "array":
        rules |= {key: n for key, n in (("minItems", field.min_items), ("maxItems", field.max_items)) if n is not None}
        rules |= {"items": _member(node.items)} if node.items else {}
    if name == "object" and node.children:
        rules |= {key: value for key, value in _object(node).items() if key != "type"}
    elif name == "string" and node.children and "object" in field.types:
        rules |= {"contentMediaType": "application/json", "pattern": r"^\s*\{[\s\S]*\}\s*$"}
    elif name == "object" and bounds:
        rules["additionalProperties"] = bounds
    if field.choices and not field.open and name in {"string", "integer", "number"}:
        rules["enum"] = [conditions.word(each) for each in field.choices] if text_too else list(field.choices)
    return rules


def _text(field: Field, name: str) -> Schema:
    least = max(field.min_length or 0, 1 if name == "string" else 0)  # "" stands beside, where it is allowed
    rules: Schema = {"minLength": least} if least else {}
    rules |= {"maxLength": field.max_length} if field.max_length is not None else {}
    patterns = [pattern for pattern in (URL if field.format == "url" else "", field.pattern) if pattern]
    if len(patterns) == 1:
        rules["pattern"] = patterns[0]
    elif patterns:
        rules["allOf"] = [{"pattern": pattern} for pattern in patterns]
    return rules


def _digits(field: Field) -> Schema:
    if field.choices and not field.open and "number" not in field.types:
        return {"type": "string", "enum": [conditions.word(choice) for choice in field.choices]}
    return {"type": "string", "pattern": DECIMAL if "number" in field.types else DIGITS, "maxLength": 40}


def _conditional(form: Form, field: Field, fates: Mapping[str, str] | None) -> list[Schema]:
    """if the conditions hold, then required; if they do not, then absent where the connection refuses it."""
    if None in field.steps or field.place != "body":
        return []
    every = [_holds(form, each.applies) for each in form.above(field) if each.applies]
    rules: list[Schema] = []
    there: Schema = {"required": [field.steps[-1]]}
    if field.required == "yes" and field.applies:
        rules.append({"if": {"allOf": every}, "then": _inside(field.steps[:-1], there)})
    if field.required_when and all(_in_body(form, at) for at in field.required_when):
        may_be_empty = field.empty and field.required != "yes"
        sent: Schema = {} if may_be_empty else {"properties": {field.steps[-1] or "": _GIVEN}}
        when = {"allOf": [*every, _holds(form, field.required_when)]}
        rules.append({"if": when, "then": _inside(field.steps[:-1], there | sent)})
    if every and conditions.fate(form, field, fates) == "refuse":
        rules.append({"if": {"allOf": every}, "else": _absent(form, field)})
    return rules


def _in_body(form: Form, at: str) -> bool:
    return at not in form.by_path or form.by_path[at].place == "body"


def _absent(form: Form, field: Field) -> Schema:
    nothing: Schema = {"enum": ["", None]} if field.required != "yes" else {"not": {}}
    node: Node | None = form.tree
    for step in field.steps:
        node = node.children.get(step or "") if node else None
    if node and node.children:  # its known members are refused one by one; unknown ones and an object may stay
        nothing = {"anyOf": [nothing, {"type": "object", "minProperties": 1}]}
    return _inside(field.steps[:-1], {"properties": {field.steps[-1] or "": nothing}})


def _inside(steps: tuple[paths.Step, ...], rule: Schema) -> Schema:
    for step in reversed(steps):
        rule = {"properties": {step or "": rule}}
    return rule


def _holds(form: Form, wanted: Conditions) -> Schema:
    every = [_one(form, at, values) for at, values in wanted.items()]
    return every[0] if len(every) == 1 else {"allOf": every}


def _one(form: Form, at: str, wanted: tuple[Any, ...]) -> Schema:
    if not _in_body(form, at):
        return {}  # a body alone does not tell
    steps = paths.parse(at)
    given = _at(steps, _GIVEN)
    if "*" in wanted:
        return given
    if "!*" in wanted:
        return {"not": given}
    yes, no = conditions.parted(wanted)
    fits: Schema = {"enum": _written(yes)} if yes else {"not": {"enum": _written(no)}}
    present = {"allOf": [given, _at(steps, fits)]}
    controller = form.by_path.get(at)
    default = conditions.word(controller.default) if controller else ""
    if default in yes if yes else default not in no:
        return {"anyOf": [present, {"not": given}]}
    return present


def _at(steps: tuple[paths.Step, ...], rule: Schema) -> Schema:
    """The value stands there, and keeps the rule."""
    for step in reversed(steps):
        rule = {"type": "object", "required": [step], "properties": {step or "": rule}}
    return rule


def _written(words: Set[str]) -> list[Any]:
    """A word as text, and as the number or truth value it may be."""
    values: list[Any] = []
    for each in sorted(words):
        values.append(each)
        try:
            values.append(exact.loads(each))
        except ValueError:
            continue
    return values
