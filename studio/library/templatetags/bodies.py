"""The differences between two bodies, for pages of other rooms."""

from __future__ import annotations

from django import template

from studio import catalog
from studio.library.differences import Change, between

register = template.Library()


@register.simple_tag
def body_changes(operation: str, before: str, after: str) -> list[Change]:
    """Key by key; nothing where one of them cannot be read."""
    try:
        return between(operation, before, after)
    except catalog.JSONProblem:
        return []
