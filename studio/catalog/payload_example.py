"""A payload as the gateway sends it, written down beside the operation, with what the studio reads in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from . import exact
from .report import Kind
from .table import Table
from .text import Text

WAYS = ("answer", "poll", "callback")


@dataclass(frozen=True, slots=True)
class PayloadExample:
    """`payload` is parsed JSON, or text; `says` the members of its report (`Report.plain`) that are told of it."""

    name: str
    kind: Kind
    title: Text
    payload: Any
    status: int
    says: Mapping[str, Any]
    source: str

    @property
    def text(self) -> str:
        return self.payload if isinstance(self.payload, str) else exact.dumps(self.payload, indent=2)


def read(table: Table, name: str) -> PayloadExample:
    """One [operation.x.payload.name], or one of its family; source is its own, if it has any."""
    status = table.count("status")
    made = PayloadExample(
        name=name,
        kind=cast(Kind, table.one_of("kind", WAYS)),
        title=table.both("title", required=True),
        payload=_payload(table),
        status=200 if status is None else status,
        says=table.table("says"),
        source=table.text("source"),
    )
    if not made.says:
        table.fault("says is missing.", 'Say what is read in it, e.g. says = { state = "queued" }.')
    table.done()
    return made


def _payload(table: Table) -> Any:
    text, plain = table.text("json"), table.text("text")
    if not text:
        return plain  # which may be empty: some refusals are
    try:
        return exact.loads(text)
    except exact.JSONProblem as problem:
        table.fault(f"json is no JSON: {problem}", "Correct it at that place, or call it text.")
        return None
