"""The refusal that every verb of this room may answer with."""

from __future__ import annotations

from studio.catalog import Text
from studio.languages import in_words, same


class NotNow(Exception):
    """The verb does not fit the state of things; the text is a sentence for the person who asked. Where it may be kept
    for others to read, `text` has it in both languages."""

    def __init__(self, why: str | Text) -> None:
        self.text = same(why) if isinstance(why, str) else why
        super().__init__(in_words(self.text))


class TooMany(NotNow):
    """Too many tasks of the team wait already; later there is room again."""


class TooManyAsked(TooMany):
    """Too many of them wait for an owner's approval; what needs none can begin all the same."""
