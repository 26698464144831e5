"""What values are in an address, and how much of it they may take."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from . import conditions, messages
from .schema import Field
from .text import Text

LONGEST = 1000  # characters; ids and names stand there, and web servers take some 8000 for a whole first line


def as_word(value: object) -> object:
    """A value as an address shows it: true, not True; a list item by item."""
    return [as_word(each) for each in value] if isinstance(value, list) else conditions.word(value)


def too_long(field: Field, value: object) -> Iterator[Text]:
    """A sentence where the value takes more of the address than it may."""
    words = value if isinstance(value, list) else [value]
    length = sum(len(quote(conditions.word(each), safe="", errors="replace")) for each in words)
    if length > LONGEST:
        yield messages.FAR.fill(label=field.label, length=length, most=LONGEST)
