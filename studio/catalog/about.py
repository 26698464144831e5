"""What a JSON Schema says of a field without refusing anything: its words, its source, and the rules that only warn."""

from __future__ import annotations

from typing import Any

from .conditions import word
from .limits import Counted
from .schema import Conditions, Field
from .text import Text

Members = dict[str, Any]


def of_field(field: Field) -> Members:
    """Title and description in English, both in Chinese, and what JSON Schema has no word for as `x-` members."""
    about: Members = {"title": field.label.en, "description": field.help.en}
    if field.default is not None:
        about["default"] = field.default
    if field.open and field.choices:
        about["examples"] = list(field.choices)
    return about | given(
        {
            "x-zh": {"title": field.label.zh, "description": field.help.zh},
            "x-unit": both(field.unit),
            "x-role": field.role,
            "x-usual": field.usual,
            "x-warn-bytes": field.warn_bytes,
            "x-warn-decimals": field.warn_decimals,
            "x-not-below": field.not_below,
            "x-required": "seed" if field.required == "seed" else "",
            "x-required-when": condition(field.required_when),
            "x-applies": condition(field.applies),
            "x-otherwise": field.otherwise if field.applies else "",
            "x-narrower": [{"when": condition(n.when), "choices": list(n.choices)} for n in field.narrower],
            "x-shorter": [{"when": condition(s.when), "maxLength": s.max_length} for s in field.shorter],
            "x-counted": [counted(each) for each in field.counted],
            "x-source": field.source,
            "x-doubt": both(field.doubt),
        }
    )


def condition(conditions: Conditions) -> Members:
    """As the catalog writes it: all must hold, `!` excludes, `*` is set, `!*` is not set."""
    return {at: [word(each) for each in wanted] for at, wanted in conditions.items()}


def counted(rule: Counted) -> Members:
    told = {"of": condition(rule.of), "when": condition(rule.when), "least": rule.least, "most": rule.most}
    return given(told | {"says": both(rule.says)})


def both(text: Text) -> Members:
    return {"en": text.en, "zh": text.zh} if text else {}


def given(members: Members) -> Members:
    """Without what says nothing."""
    return {key: value for key, value in members.items() if value is not None and value not in ("", [], {})}
