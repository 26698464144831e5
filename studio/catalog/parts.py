"""The parts of a system's TOML: a field, a reading, a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from . import kinds, limits, paths
from .apart import Mark
from .conditions import FATES, word
from .failures import Explanation, Failure
from .schema import (
    KINDS,
    SENDINGS,
    STATES,
    TYPES,
    Alternatives,
    Field,
    Need,
    Pasted,
    Reading,
    ResultRule,
    Spoken,
)
from .table import Table
from .text import Text

ROLES = (
    *("prompt", "negative_prompt", "ratio", "duration", "image", "end_image", "video", "audio", "seed", "style"),
    *("model", "count", "width", "height", "callback", "task"),
)


def field(table: Table) -> Field:
    """One [[operation.x.field]]; source and doubt are its own, if it has any. Of some fifty keys it has nine or ten: no
    other is looked for."""
    table.asked += _KEYS
    at = table.text("at", required=True)
    if at and paths.join(paths.parse(at)) != at:
        table.fault(f"at = “{at}” is no dotted path.", 'Separate keys by dots; put a key with a dot or bracket in "".')
    told = {attribute: read(table) for key, (attribute, read) in _RULES.items() if key in table.data}
    if told.get("takes") and not told.get("sent"):
        told["sent"] = ("address",)
    label, help_ = table.both("label", required=True), table.both("help", required=True)
    return Field(at=at, types=_types(table), label=label, help=help_, **told)


def _flags(table: Table) -> dict[str, str]:
    flags = table.table("flags")
    for role, flag in flags.items():
        if role not in ROLES or not isinstance(flag, str) or not re.fullmatch(r"--[A-Za-z]+", flag):
            table.fault(f"flags.{role} = {flag!r} is no setting of a prompt.", 'Write { ratio = "--ar" }, with a role.')
            return {}
    return flags


def _types(table: Table) -> tuple[str, ...]:
    """The type a form offers, then the others that the gateway takes too."""
    return tuple(name for name in (table.one_of("type", TYPES), *_among(table, "also", TYPES)) if name) or ("json",)


def _among(table: Table, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """A list of which every entry is one of the allowed words."""
    found = table.words(key)
    if strange := [name for name in found if name not in allowed]:
        table.fault(f"{key} holds {strange}.", f"Write some of: {', '.join(allowed)}.")
    return tuple(name for name in found if name in allowed)


def _choice_labels(table: Table) -> dict[str, Text]:
    labels = table.table("choice_labels")
    return {choice: table.language(f"choice_labels.{choice}", text) for choice, text in labels.items()}


def _pattern(table: Table, key: str) -> str:
    pattern = table.text(key)
    try:
        re.compile(pattern)
    except re.error as problem:
        table.fault(f"{key} = “{pattern}” is no regular expression: {problem}.", "Correct it.")
        return ""
    return pattern


def _pattern_with_group(table: Table, key: str) -> str:
    pattern = _pattern(table, key)
    if pattern and not re.compile(pattern).groups:
        table.fault(f"{key} = “{pattern}” has no group.", "Put brackets around what is meant.")
    return pattern


def _spoken(table: Table) -> Spoken | None:
    """spoken = { by = "role", says = "content", first = "user" }"""
    data = table.table("spoken")
    if not data:
        return None
    inner = table.within(data)
    made = Spoken(*(inner.text(key, required=True) for key in ("by", "says", "first")))
    inner.done()
    return made


def _pasted(table: Table, data: dict[str, Any]) -> Pasted:
    inner = table.within(data)
    made = Pasted(_pattern(inner, "pattern"), inner.text("becomes", required=True))
    inner.done()
    return made


# What a field may say, beside at, type, also, label and help: which attribute holds it, and how it is read.
_RULES: Mapping[str, tuple[str, Callable[[Table], Any]]] = {
    "required": ("required", lambda table: table.one_of("required", ("yes", "no", "seed"), "no")),
    "required_when": ("required_when", lambda t: limits.conditions(t, "required_when", t.table("required_when"))),
    "in": ("place", lambda table: table.one_of("in", ("body", "path", "query"), "body")),
    "choices": ("choices", lambda table: table.entries("choices")),
    "choice_labels": ("choice_labels", _choice_labels),
    **{key: (key, read) for key, read in limits.RULES.items()},
    "format": ("format", lambda table: table.one_of("format", ("plain", "url", "lines"), "plain").replace("plain", "")),
    "digits": ("digits", lambda table: table.one_of("digits", ("no", "warn", "yes"), "no")),
    "omit_empty": ("omit_empty", lambda table: table.one_of("omit_empty", ("no", "warn", "yes"), "no")),
    "takes": ("takes", lambda table: _among(table, "takes", KINDS)),
    "sent": ("sent", lambda table: _among(table, "sent", SENDINGS)),
    "paints": ("paints", lambda table: table.one_of("paints", ("no", "white"), "no").replace("no", "")),
    "role": ("role", lambda table: table.one_of("role", ("none", *ROLES), "none").replace("none", "")),
    "kinds": ("kinds", kinds.read),
    "flags": ("flags", _flags),
    "applies": ("applies", lambda table: limits.conditions(table, "applies", table.table("applies"))),
    "otherwise": ("otherwise", lambda table: table.one_of("otherwise", FATES, "keep")),
    "spoken": ("spoken", _spoken),
    "pasted": ("pasted", lambda table: tuple(_pasted(table, data) for data in table.tables("pasted"))),
    **{key: (key, partial(Table.flag, key=key, default=False)) for key in ("open", "empty", "nullable")},
    **{key: (key, partial(Table.number, key=key)) for key in ("minimum", "maximum", "step")},
    **{
        key: (key, partial(Table.count, key=key))
        for key in ("multiple_of", "min_length", "max_length", "min_items", "max_items", "warn_bytes", "warn_decimals")
    },
    **{key: (key, partial(_pattern, key=key)) for key in ("pattern", "usual")},
    **{key: (key, partial(Table.take, key=key, kind=object, needed="")) for key in ("default", "start", "example")},
    **{key: (key, partial(Table.both, key=key)) for key in ("unit", "doubt")},
    **{key: (key, partial(Table.text, key=key)) for key in ("not_below", "group", "source")},
}
_KEYS = ("at", "type", "also", "label", "help", *_RULES)


def reading(table: Table) -> Reading:
    """One `read` table: where each part of a payload stands."""
    states = _states(table)
    unknown = table.one_of("unknown", ("nothing", *STATES), "nothing")
    return Reading(
        gateway_id=table.expressions("gateway_id"),
        separator=table.text("separator"),
        code=table.expressions("code"),
        accepted=frozenset(word(each).lower() for each in table.entries("accepted")),
        refusal=table.expressions("refusal"),
        state=table.expressions("state"),
        states=states,
        unknown=None if unknown == "nothing" else unknown,
        bare=table.expressions("bare"),
        silent=cast(Any, table.one_of("silent", ("id", "answered", "result"), "id")),
        progress=table.expressions("progress"),
        progress_unit=cast(Any, table.one_of("progress_unit", ("percent", "fraction"), "percent")),
        progress_of=table.expressions("progress_of"),
        progress_finds=_pattern_with_group(table, "progress_finds"),
        results=tuple(_result(table, data) for data in table.tables("results")),
        binary=table.one_of("binary", ("none", *KINDS), "none").replace("none", ""),
        plain=table.one_of("plain", ("none", *KINDS), "none").replace("none", ""),
        heard=table.expressions("heard"),
        ended=table.expressions("ended"),
        stopped=table.expressions("stopped"),
        error=table.expressions("error"),
        error_code=table.expressions("error_code"),
        cost=table.expressions("cost"),
        refunded=table.expressions("refunded"),
        eta=table.expressions("eta"),
        needs=tuple(need for data in table.tables("needs") for need in _need(table, data)),
    )


def _states(table: Table) -> dict[str, str]:
    """{ queued = ["", "pending"] } turned round: which state a word means."""
    states: dict[str, str] = {}
    for state, listed in table.table("states").items():
        if state not in STATES or not isinstance(listed, list):
            table.fault(f"states.{state} is not known.", f"Write lists for: {', '.join(STATES)}.")
            continue
        for each in listed:
            if states.setdefault(word(each).lower(), state) != state:
                table.fault(f"states: “{each}” means two states.", "Leave it in one of the lists.")
    return states


def _result(table: Table, data: dict[str, Any]) -> ResultRule:
    inner = table.within(data, field=f"{table.field}, results")
    when = inner.words("when") or ("succeeded",)
    for state in when:
        if state not in STATES:
            inner.fault(f"when holds “{state}”.", f"Write some of: {', '.join(STATES)}.")
    made = ResultRule(
        kind=inner.one_of("kind", KINDS),
        at=inner.expressions("at"),
        role=inner.text("role"),
        form=cast(Any, inner.one_of("form", ("url", "text", "data", "json", "packed"), "url")),
        when=when,
        joined=inner.flag("joined", False),
        finds=_pattern_with_group(inner, "finds"),
    )
    if made.joined and made.form not in {"text", "data"} and not made.finds:
        inner.fault(f"joined says nothing of the form {made.form}.", 'Write form = "text" or form = "data".')
    if not made.at:
        inner.fault("at is missing.", "Say where the result stands, as a JMESPath expression.")
    inner.done()
    return made


def _need(table: Table, data: dict[str, Any]) -> list[Need]:
    inner = table.within(data, field=f"{table.field}, needs")
    name, when, says = inner.text("name", required=True), inner.expression("when"), inner.both("says")
    inner.done()
    return [Need(name, when, says)] if when else []


def told_apart(table: Table, name: str = "told_apart") -> dict[str, Mark]:
    """told_apart = { image = true, model = ["gpts-*"] }: keys that a body has or has not, or what stands there."""
    marks: dict[str, Mark] = {}
    for key, mark in table.table(name).items():
        if isinstance(mark, bool):
            marks[key] = mark
        elif isinstance(mark, list) and mark and all(isinstance(each, str) and each for each in mark):
            marks[key] = tuple(mark)
        else:
            hint = "Say whether the body has this key, or list the values that it has there."
            table.fault(f"{name}.{key} = {mark!r} is neither true or false nor a list of texts.", hint)
    return marks


def exclusive(table: Table) -> tuple[Alternatives, ...]:
    """All [[operation.x.exclusive]]: among = ["a", ["b", "c"]], where b and c may stand together, but not beside a."""
    groups = []
    for data in table.tables("exclusive"):
        inner = table.within(data, field="exclusive")
        entries = [each if isinstance(each, list) else [each] for each in inner.entries("among")]
        if len(entries) < 2 or not all(entry and all(isinstance(at, str) for at in entry) for entry in entries):
            inner.fault("among is no list of two paths or more.", 'Write among = ["a", ["b", "c"]].')
        inner.done()
        groups.append(tuple(tuple(map(str, entry)) for entry in entries))
    return tuple(groups)


def failures(table: Table) -> tuple[Failure, ...]:
    """All [[failure]] tables of a file, in their order: the first that fits explains."""
    source, doubt = table.text("source"), table.both("doubt")
    return tuple(_failure(table, data, source, doubt) for data in table.tables("failure"))


def _failure(table: Table, data: dict[str, Any], source: str, doubt: Text) -> Failure:
    name = str(data.get("name", ""))
    inner = table.within(data, field=f"failure {name}")
    explanation = Explanation(
        cause=inner.both("cause", required=True),
        fix=inner.both("fix", required=True),
        charged=cast(Any, inner.one_of("charged", ("yes", "no", "maybe"))),
        again=cast(Any, inner.one_of("again", ("no", "later", "yes"), "no")),
        outside=inner.flag("outside", False),
        name=inner.text("name", required=True),
    )
    made = Failure(
        name=explanation.name,
        matches=inner.words("match"),
        statuses=frozenset(status for status in inner.entries("status") if isinstance(status, int)),
        explanation=explanation,
        source=inner.text("source", source),
        doubt=inner.both("doubt") or doubt,
        alone=inner.flag("alone", False),
    )
    if not made.matches and not made.statuses:
        inner.fault("It fits nothing.", 'Add match = ["part of the text"] or status = [429].')
    inner.done()
    return made
