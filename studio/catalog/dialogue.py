"""Conversations: a list in which people speak in turns."""

from __future__ import annotations

from collections.abc import Iterator

from . import messages, paths
from .schema import Form, Values
from .text import Text


def unsaid(form: Form, values: Values) -> Iterator[tuple[str, Text]]:
    """Where the last word is the asking side's and says nothing: the place of its text, and a sentence. The gateway
    would answer it, and charge for it."""
    for field in (each for each in form.fields if each.spoken):
        lines, spoken = values.get(field.at), field.spoken
        last = lines[-1] if isinstance(lines, list) and lines else None
        if spoken is None or not isinstance(last, dict) or last.get(spoken.by) != spoken.first:
            continue
        words = last.get(spoken.says)
        if isinstance(words, str) and not words.strip():
            yield paths.join((*field.steps, len(lines or []) - 1, spoken.says)), messages.UNSAID
