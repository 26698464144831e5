"""The refusal that every verb of this room may answer with."""

from __future__ import annotations


class NotNow(Exception):
    """The verb does not fit the state of things; the text is a sentence for the person who asked."""


class TooMany(NotNow):
    """Too many tasks of the team wait already; later there is room again."""
