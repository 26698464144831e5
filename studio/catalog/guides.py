"""Guides: pages of a gateway's documentation that are no operation, told in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .table import Table
from .text import Text


@dataclass(frozen=True, slots=True)
class Part:
    """Words under a title, with a sample, or with all failures that the system knows."""

    title: Text
    text: Text
    code: str = ""
    failures: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """One page; `name` is its address, alone of its kind in the whole catalog."""

    name: str
    system: str
    title: Text
    parts: tuple[Part, ...]
    seed_row: str = ""
    source: str = ""


def read(table: Table, system: str, source: str) -> tuple[Guide, ...]:
    """All [[guide]] tables of a file."""
    return tuple(_guide(table, data, system, source) for data in table.tables("guide"))


def _guide(table: Table, data: dict[str, Any], system: str, source: str) -> Guide:
    inner = table.within(data, field=f"guide {data.get('name', '')}")
    made = Guide(
        name=inner.text("name", required=True),
        system=system,
        title=inner.both("title", required=True),
        parts=tuple(_part(inner, each) for each in inner.tables("part")),
        seed_row=inner.text("seed_row"),
        source=inner.text("source", source),
    )
    if not made.parts:
        inner.fault("It says nothing.", "Add [[guide.part]].")
    inner.done()
    return made


def _part(table: Table, data: dict[str, Any]) -> Part:
    inner = table.within(data)
    made = Part(
        title=inner.both("title", required=True),
        text=inner.both("text", required=True),
        code=inner.text("code"),
        failures=inner.flag("failures", False),
    )
    inner.done()
    return made
