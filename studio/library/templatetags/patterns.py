"""What a task's page shows of the patterns that its texts were drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import template

from studio.library import patterns

register = template.Library()


class Drawn(NamedTuple):
    """The texts by path; `told` is empty where what is kept belongs to other ones."""

    texts: dict[str, str]
    told: list[patterns.Told]
    seed: int | None


@register.simple_tag
def drawn_from(pattern: Mapping[str, Any]) -> Drawn | None:
    """`pattern` is `Task.pattern`. None where everything went as it was typed."""
    if not pattern:
        return None
    texts = patterns.texts_of(pattern)
    try:
        told = patterns.told(*patterns.again(texts.values(), pattern))
    except (patterns.NotDrawable, patterns.PatternProblem):
        told = []
    return Drawn(texts, told, pattern.get("seed"))
