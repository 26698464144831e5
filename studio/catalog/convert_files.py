"""A picture, sound or video, as another field takes it: one or several, an address or the file itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from . import files, messages
from .convert import UNREADABLE, WRITTEN, Fit, allowed
from .operation import Operation
from .schema import Field
from .text import NOTHING, Text

FIRST = Text("The first of {count}; only one fits here.", "共 {count} 个，此处只能放一个，取第一个。")
FEWER = Text("The first {most} of {count}.", "共 {count} 个，取前 {most} 个。")
NO_FILE = Text("This one takes an address, not a kept file.", "此处只接受网址，不接受已保存的文件。")
NO_TEXT = Text("This one takes no file written as text: choose it again.", "此处不接受文本形式的文件，请重新选择。")
NO_ADDRESS = Text("This one takes the file itself: choose it again.", "此处需要文件本身，请重新选择文件。")
A_FILE = Text("a file", "文件")


def several(there: Field, choices: Sequence[Any], value: Any, target: Operation, standing: Any) -> Fit | Text:
    """One file or a list of them, as this field of the target takes it; a list keeps what is `standing` in it."""
    given = [_named(each) for each in (value if isinstance(value, list) else [value])]
    found = [each for each in given if each]
    if not found:
        return UNREADABLE.fill(value=messages.short(value), what=A_FILE)
    if there.type != "array":
        fitted = one(there, choices, found[0])
        if isinstance(fitted, Text) or fitted.value == value:
            return fitted
        return replace(fitted, note=FIRST.fill(count=len(found)) if len(found) > 1 else WRITTEN)
    item = target.field(f"{there.at}[]") or replace(there, types=("string",))
    before = standing if isinstance(standing, list) else []
    room = len(found) if there.max_items is None else max(0, there.max_items - len(before))
    each_fitted = [one(item, (), each) for each in found[:room]]
    if refused := [each for each in each_fitted if isinstance(each, Text)]:
        return refused[0]
    made = [*before, *(each.value for each in each_fitted if isinstance(each, Fit))]
    note = FEWER.fill(most=room, count=len(found)) if room < len(found) else NOTHING if made == value else WRITTEN
    return allowed(there, choices, made) or Fit(made, note)


def _named(item: Any) -> str:
    """The file that an item of a list names, be it a text or an object that holds its address."""
    if isinstance(item, dict):
        item = next((each for each in item.values() if isinstance(each, str) and ":" in each), "")
    return item if isinstance(item, str) else ""


def one(field: Field, choices: Sequence[Any], value: str) -> Fit | Text:
    """A picture, sound or video: an address, a file of the studio, or the file written as text."""
    if files.reference(value):
        return Fit(value) if field.takes else NO_FILE
    if _is_data(value) and "data-url" not in field.sent and "base64" in field.sent:
        value = value.partition(",")[2]
        return allowed(field, choices, value) or Fit(value, WRITTEN)
    form = "address" if re.match(r"https?://", value, re.IGNORECASE) else "data-url" if _is_data(value) else "base64"
    if field.sent and form not in field.sent:
        return NO_ADDRESS if form == "address" else NO_TEXT
    return allowed(field, choices, value) or Fit(value)


def _is_data(value: str) -> bool:
    return value.startswith("data:")
