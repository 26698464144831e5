"""One turn of a conversation over a web socket: by which frames it is known where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from .table import Table


@dataclass(frozen=True, slots=True)
class Turn:
    """The `type` of what is heard when the conversation is open, when an answer begins, when that ends, and of an
    error."""

    opened: str
    began: str
    ended: str
    error: str


def read(table: Table) -> Turn | None:
    """frames = { opened = "a", began = "b", ended = "c", error = "d" }: the body is a list of frames."""
    data = table.table("frames")
    if not data:
        return None
    inner = table.within(data, field="frames")
    made = Turn(*(inner.text(key, required=True) for key in ("opened", "began", "ended", "error")))
    inner.done()
    return made
