"""Texts with what was asked for marked in them."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from studio.finding.marking import Piece, holds, marked
from studio.search.words import Term

WHOLE = 120  # characters of a name
register = template.Library()


@register.filter
def pieces(text: str, asked: Sequence[Term]) -> list[Piece]:
    """The part of a text around what was asked for."""
    return marked(text, asked)


@register.filter
def name_pieces(text: str, asked: Sequence[Term]) -> list[Piece]:
    return marked(text, asked, WHOLE)


@register.filter
def telling(texts: Sequence[str], asked: Sequence[Term]) -> str:
    """The one of these texts that holds something asked for, else the first that says anything."""
    return next((text for text in texts if holds(text, asked)), next((text for text in texts if text), ""))
