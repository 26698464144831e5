"""What a task's page shows of the pattern that its prompt was drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import template

from studio.library import patterns

register = template.Library()


class Drawn(NamedTuple):
    """`told` is empty where what is kept belongs to another text."""

    text: str
    told: list[patterns.Told]
    seed: int | None


@register.simple_tag
def drawn_from(pattern: Mapping[str, Any]) -> Drawn | None:
    """`pattern` is `Task.pattern`. None for a prompt that went as it was typed."""
    if not pattern:
        return None
    try:
        told = patterns.told(*patterns.again(pattern["text"], pattern))
    except (patterns.NotDrawable, patterns.PatternProblem):
        told = []
    return Drawn(pattern["text"], told, pattern.get("seed"))
