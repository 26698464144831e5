"""Fields of which only one is meant to be set: a last frame or a camera move, one motion of six."""

from __future__ import annotations

from collections.abc import Iterator

from . import messages
from .schema import Alternatives, Form, Values
from .text import Text


def crowded(form: Form, values: Values) -> Iterator[tuple[str, Text]]:
    """For each group with more than one alternative set: the first field that is one too many, and a sentence."""
    for group in form.exclusive:
        told = [(entry, at) for entry in group if (at := _set_at(entry, values))]
        if len(told) > 1:
            labels = [field.label for entry, _ in told if (field := form.by_path.get(entry[0]))]
            yield told[1][1], messages.EXCLUSIVE.fill(labels=messages.all_of(labels))


def beside(form: Form, at: str) -> list[Text]:
    """The labels of what stands in a group with this field."""
    groups: list[Alternatives] = [group for group in form.exclusive if any(at in entry for entry in group)]
    others = [entry[0] for group in groups for entry in group if at not in entry]
    return [form.by_path[other].label for other in others if other in form.by_path]


def _set_at(entry: tuple[str, ...], values: Values) -> str:
    """The path of the first value of an alternative that does something: neither zero nor empty."""
    under = tuple(f"{at}." for at in entry)
    return next((at for at, value in values.items() if (at in entry or at.startswith(under)) and value), "")
