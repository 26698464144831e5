"""How one value stands in one control: `show` makes the text of a value, `parse` the value of a text, exactly back.

A value that no ordinary control can hold (digits as text, a null, a text with a carriage return) is shown as JSON.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from studio import catalog
from studio.composer import dialogue
from studio.composer.words import place_of
from studio.languages import in_words

Kind = Literal[
    "text", "lines", "number", "range", "switch", "segmented", "select", "json", "file", "files", "items", "boxes"
]
MOST_SEGMENTS = 5
WIDEST_SLIDER = 10_000  # beyond it a finger finds no single number: a seed
OTHER = "__other__"  # posted by the "other" choice; what was typed stands beside it
UNSET: Final = object()  # nothing was typed: the body has no such key
PLAIN = {str, int, bool}  # types whose equal values are written alike
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
KEPT, LONGEST = 4096, 40  # numbers are read again with every key stroke; not all of them are short
_LONG_ROLES = {"prompt", "negative_prompt"}


class NotReadable(ValueError):
    """What was typed is no value of this field; the text is a sentence for the person who typed it."""


def kind_of(field: catalog.Field, choices: tuple[Any, ...]) -> Kind:
    """The control of a field."""
    if field.takes and not field.kinds and field.type in {"string", "file"} and not choices:
        return "file"
    if field.type == "boolean" and not choices:
        return "switch"
    if choices and field.type in {"string", "integer", "number", "boolean"}:
        return "segmented" if len(choices) <= MOST_SEGMENTS else "select"
    if field.type in {"integer", "number"}:
        low, high = field.minimum, field.maximum
        return "range" if low is not None and high is not None and high - low <= WIDEST_SLIDER else "number"
    if field.type == "array" and (field.format == "lines" or field.spoken):
        return "lines"
    if field.type in {"object", "array", "json"}:
        return "json"
    return "lines" if field.role in _LONG_ROLES or field.format == "lines" else "text"


def show(field: catalog.Field, kind: Kind, value: Any) -> str | None:
    """The text that stands in the control for this value; None where only JSON can say it."""
    if kind == "json":
        return None
    text = written(field, value)
    # A browser posts one line without its ends, and every line end as CR LF.
    if "\r" in text or (kind != "lines" and "\n" in text):
        return None
    try:
        again = parse(field, text)
    except NotReadable:
        return None
    return text if is_written_alike(again, value) else None


def is_written_alike(again: Any, value: Any) -> bool:
    """Whether a body holds the same characters for both."""
    if again is UNSET:
        return False
    if type(again) is type(value) and type(value) in PLAIN:
        return bool(again == value)
    return catalog.dumps(again) == catalog.dumps(value)


def written(field: catalog.Field, value: Any) -> str:
    if isinstance(value, str):
        return value
    if field.spoken:
        return dialogue.write(field.spoken, value)
    if field.type == "array" and field.format == "lines":
        return "\n".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else ""
    return catalog.dumps(value)


def parse(field: catalog.Field, text: str) -> Any:
    """The value of what was typed, `UNSET` when nothing was. Numbers stay as they were written.

    Raises `NotReadable` with a sentence.
    """
    text = text.replace("\r\n", "\n")
    if text == "":
        return "" if field.may_say_nothing else UNSET
    if field.type == "boolean":
        return parse_switch(text)
    if field.type in {"integer", "number"}:
        return parse_number(text)
    if field.type in {"object", "array", "json"} and not (field.spoken or field.format == "lines"):
        return parse_json(text)
    if "\0" in text:
        raise NotReadable(_("This text holds the character NUL."))
    if field.spoken:
        return dialogue.read(field.spoken, text) or UNSET
    if field.type == "array":
        return [line for line in text.split("\n") if line.strip()] or UNSET
    return meant(field, text)


def meant(field: catalog.Field, text: str) -> str:
    """What is meant by what people paste: a whole address where only the id in it is wanted."""
    for each in field.pasted:
        if re.search(each.pattern, text):
            return re.sub(each.pattern, each.becomes, text)
    return text


def parse_number(text: str) -> Any:
    return _parse_number(text) if len(text) <= LONGEST else _parse_number.__wrapped__(text)


@lru_cache(KEPT)
def _parse_number(text: str) -> Any:
    """Digits of an input method count too: ０．５ is 0.5."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("。", ".")
    if not plain:
        return UNSET
    if not _NUMBER.fullmatch(plain):
        raise NotReadable(_("“%(text)s” is not a number. Write it like 5, 0.5 or -6.") % {"text": text.strip()[:40]})
    try:
        return catalog.loads(plain)
    except catalog.JSONProblem as problem:
        raise NotReadable(in_words(problem.message)) from problem


def parse_switch(text: str) -> bool:
    if text not in {"true", "false"}:
        raise NotReadable(_("This is neither on nor off."))
    return text == "true"


def parse_json(text: str) -> Any:
    """The value of a JSON text, `UNSET` for an empty one."""
    if not text.strip():
        return UNSET
    try:
        return catalog.loads(text)
    except catalog.JSONProblem as problem:
        raise NotReadable(place_of(problem)) from problem
