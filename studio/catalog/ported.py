"""What became of each value of a body that was carried to another operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .body import Extras
from .text import NOTHING, Text

Kind = Literal["mapped", "converted", "lost", "default", "missing"]


@dataclass(frozen=True, slots=True)
class PortLine:
    """What became of one value, or where one comes from. `usual`: nobody chose it, it was the form's own."""

    kind: Kind
    source: str = ""  # path in the body that it came from
    target: str = ""  # path in the body that it went to
    before: Any = None
    after: Any = None
    note: Text = NOTHING
    usual: bool = False
    setting: str = ""  # "--ar": of a prompt, what stands behind its words


@dataclass(frozen=True, slots=True)
class Ported:
    """The values of the other operation, and what became of each. `extras` only where the operation is the same."""

    values: dict[str, Any]
    extras: Extras
    lines: list[PortLine]

    def count(self, *kinds: Kind) -> int:
        """How many lines are of these kinds; what nobody chose does not count."""
        return sum(line.kind in kinds and not line.usual for line in self.lines)
