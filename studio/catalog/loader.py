"""TOML to systems and operations. Reads on after a fault, so that all of them are named at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import tomli

from . import exact, follow_ups, guides, limits, parts, payload_example, recipe_book, turn
from .failures import Failure
from .operation import Group, Operation, System
from .payload_example import WAYS, PayloadExample
from .reader import Reader
from .schema import KINDS, TRANSPORTS, Field, FollowUp, Form, Reading
from .table import Fault, Table
from .text import Text

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class CatalogFaults(Exception):
    """The catalog cannot be used; `faults` says why, one by one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{fault} {fault.hint}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Catalog:
    """All systems, and the failures each of them knows."""

    systems: tuple[System, ...]
    failures: dict[str, tuple[Failure, ...]]

    @cached_property
    def by_slug(self) -> dict[str, Operation]:
        return {operation.slug: operation for system in self.systems for operation in system.operations}


def load(folder: Path) -> tuple[Catalog, list[Fault]]:
    """The catalog of a folder of TOML files, and what cannot be read there; a faulty file may lack operations."""
    faults: list[Fault] = []
    systems: list[System] = []
    failures: dict[str, tuple[Failure, ...]] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda each: each.stem):
        if (table := _open(path, faults)) is not None:
            system = _system(table, path)
            failures[system.slug] = parts.failures(table)
            table.done()
            systems.append(system)
    return Catalog(tuple(systems), failures), faults


def _open(path: Path, faults: list[Fault]) -> Table | None:
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"), parse_float=exact.Number)
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as problem:
        faults.append(Fault(path.name, "", "", f"This is no TOML: {problem}.", "Correct the file at that place."))
        return None
    return Table(data, faults, path.name)


def _system(table: Table, path: Path) -> System:
    slug = table.text("system", required=True)
    if slug and slug != path.stem:
        table.fault(
            f"system = “{slug}” stands in {path.name}.", f"Name the file {slug}.toml, or the system {path.stem}."
        )
    title = table.both("title", required=True)
    source, doubt = table.text("source", required=True), table.both("doubt")
    shared = _Shared(table, slug or path.stem, title)
    operations: list[Operation] = []
    for name, data in table.table("operation").items():
        if not isinstance(data, dict):
            table.fault(f"operation.{name} is no table.", f"Write [operation.{name}].")
            continue
        inner = table.within(data, operation=name)
        operations.append(_Operation(inner, name, shared).read(source, doubt))
    for left in shared.unused():
        table.within({}, field=left).fault("No operation uses it.", "Remove it, or use it.")
    shipped = recipe_book.read(table, slug or path.stem, source)
    told = guides.read(table, slug or path.stem, source)
    return System(slug or path.stem, title, tuple(operations), source, doubt, shipped, told)


def _family(table: Table, name: str, data: Any) -> dict[str, Reading]:
    """The readings of one family: `read`, and what `read.answer`, `read.poll`, `read.callback` say instead."""
    inner = table.within(data if isinstance(data, dict) else {}, field=f"family {name}")
    read = inner.table("read")
    inner.table("payload")  # read with each operation of the family
    inner.done()
    ways = {way: read.pop(way) for way in WAYS if way in read}
    readings = dict.fromkeys(WAYS, _reading(inner, f"family {name}, read", read))
    for way, instead in ways.items():
        if not isinstance(instead, dict):
            inner.fault(f"read.{way} is no table.", f"Write [family.{name}.read.{way}].")
            continue
        readings[way] = _reading(inner, f"family {name}, read.{way}", read | instead)
    return readings


def _reading(table: Table, field: str, data: dict[str, Any]) -> Reading:
    inner = table.within(data, field=field)
    made = parts.reading(inner)
    inner.done()
    return made


class _Shared:
    """What the operations of one file have in common. Many of them use the same tables: each is read once."""

    def __init__(self, table: Table, system: str, title: Text) -> None:
        families = table.table("family")
        titles = table.within(table.table("follow_up_groups"), field="follow_up_groups")
        self.system = system
        self.title = title
        self.families = {name: _family(table, name, data) for name, data in families.items()}
        self.payloads = {name: data.get("payload") for name, data in families.items() if isinstance(data, dict)}
        self.blocks = {name: data for name, data in table.table("block").items() if isinstance(data, dict)}
        self.groups = {name: titles.both(name, required=True) for name in titles.data}
        self.used: set[str] = set()  # blocks and families
        # By what they were read of. The table is kept beside them: the id of one that is gone may be another's.
        self.fields: dict[int, tuple[Any, Field]] = {}
        self.examples: dict[int, tuple[Any, PayloadExample]] = {}

    def unused(self) -> list[str]:
        blocks, families = (sorted(known - self.used) for known in (self.blocks.keys(), self.families.keys()))
        return [*(f"block {name}" for name in blocks), *(f"family {name}" for name in families)]

    def field(self, table: Table, data: dict[str, Any], source: str, doubt: Text) -> Field:
        """A field, as a table of this file tells it. Source and doubt are those of its operation, if it has none."""
        if id(data) not in self.fields:
            at = data.get("at")
            inner = table.within(data, field=f"field {at}" if isinstance(at, str) else "a field without at")
            self.fields[id(data)] = data, parts.field(inner)
            inner.done()
        made = self.fields[id(data)][1]
        return replace(made, source=made.source or source, doubt=made.doubt or doubt)

    def example(self, table: Table, name: str, data: Any, source: str) -> PayloadExample:
        if id(data) not in self.examples:
            inner = table.within(data if isinstance(data, dict) else {}, field=f"payload {name}")
            self.examples[id(data)] = data, payload_example.read(inner, name)
        made = self.examples[id(data)][1]
        return made if made.source else replace(made, source=source)


class _Operation:
    """One [operation.x] table on its way to an Operation."""

    def __init__(self, table: Table, name: str, shared: _Shared) -> None:
        self.table = table
        self.slug = f"{shared.system}.{name}"
        self.shared = shared

    def read(self, source: str, doubt: Text) -> Operation:
        table = self.table
        source, doubt = table.text("source", source), table.both("doubt") or doubt
        onward = tuple(self.follow_ups())
        transport = table.one_of("transport", TRANSPORTS, "json-task")
        answers_polls, makes = table.flag("query", False), table.one_of("makes", ("none", *KINDS))
        is_query = answers_polls and makes == "none"
        poll, callback = table.text("poll"), table.text("callback")
        ways = {"poll"} if is_query else {"answer", "poll" if poll else "", "callback" if callback else ""}
        operation = Operation(
            slug=self.slug,
            system=self.shared.system,
            system_title=self.shared.title,
            title=table.both("title", required=True),
            description=table.both("description", required=True),
            method=table.one_of("method", METHODS),
            path=self.path(),
            makes=makes,
            **self.form(source, doubt),
            reader=Reader(self.readings(), not transport.endswith("-task"), is_query, onward),
            transport=transport,
            **self.headers(),
            answers_polls=answers_polls,
            **self.offering(),
            status=cast(Any, table.one_of("status", ("documented", "seen", "inferred"))),
            seed_row=table.text("seed_row"),
            family=table.text("family"),
            told_apart=parts.told_apart(table),
            poll=poll,
            poll_set=table.table("poll_set"),
            callback=callback,
            continues=table.text("continues"),
            **self.numbers(),
            price=table.text("price"),
            prompt=table.expressions("prompt"),
            raw_sound=limits.conditions(table, "raw_sound", table.table("raw_sound")),
            groups=tuple(self.groups()),
            follow_ups=onward,
            example=self.example(),
            payloads=tuple(self.payloads(source, ways)),
            source=source,
            doubt=doubt,
        )
        table.done()
        return operation

    def form(self, source: str, doubt: Text) -> dict[str, Any]:
        found, exclusive = turn.read(self.table), parts.exclusive(self.table)
        in_parts = self.table.one_of("transport", TRANSPORTS, "json-task").startswith("multipart")
        made = Form(self.slug, tuple(self.fields(source, doubt)), exclusive, in_parts, frames=found is not None)
        return {"form": made, "turn": found}

    def offering(self) -> dict[str, Any]:
        return {"enabled": self.table.flag("enabled", True), "starter": self.table.flag("starter", False)}

    def headers(self) -> dict[str, Any]:
        return {"headers": self.table.texts("headers"), "headers_when": parts.told_apart(self.table, "headers_when")}

    def numbers(self) -> dict[str, Any]:
        pairs: dict[str, Any] = {name: self.table.pair(name) for name in ("poll_every", "seconds")}
        pairs["makes_count"] = self.table.count("makes_count") or 1
        return pairs | {name: self.table.number(name) for name in ("patience", "result_hours")}

    def path(self) -> str:
        path = self.table.text("path", required=True)
        if path and not path.startswith("/"):
            self.table.fault(
                f"path = “{path}” does not begin with a slash.", "Write the path after the gateway's root."
            )
        return path

    def readings(self) -> dict[str, Reading]:
        name = self.table.text("family", required=True)
        if name and name not in self.shared.families:
            self.table.fault(f"family = “{name}” is not in this file.", f"Add [family.{name}.read].")
        self.shared.used.add(name)
        return self.shared.families.get(name, {})

    def fields(self, source: str, doubt: Text) -> list[Field]:
        """The fields in the order of the body; `use` puts the fields of a block in its place."""
        return [
            self.shared.field(self.table, each, source, doubt)
            for data in self.table.tables("field")
            for each in self.expanded(data, "field")
        ]

    def follow_ups(self) -> Iterator[FollowUp]:
        """Its follow-ups; `use` puts those of a block in its place."""
        for data in self.table.tables("follow_up"):
            for each in self.expanded(data, "follow_up"):
                yield follow_ups.follow_up(self.table, each, self.shared.system, self.shared.groups)

    def expanded(self, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
        if "use" not in data:
            return [data]
        asked = self.table.within(data, field="use")
        name, without = asked.text("use"), asked.words("except")
        if name not in self.shared.blocks:
            asked.fault(f"use = “{name}” is no block of this file.", f"Add [[block.{name}.{key}]].")
            return []
        self.shared.used.add(name)
        changed = {key: value for key, value in data.items() if key not in {"use", "except"}}
        known = asked.within(self.shared.blocks[name], field=f"block {name}").tables(key)
        for at in sorted(set(without) - {str(each.get("at")) for each in known}):
            asked.fault(f"except names “{at}”, which is not in block {name}.", "Correct the path, or leave it out.")
        return [each | changed if changed else each for each in known if each.get("at") not in without]

    def payloads(self, source: str, ways: set[str]) -> Iterator[PayloadExample]:
        """Its own; then those of the family that come its ways and that it does not replace by name."""
        family, own = self.shared.payloads.get(self.table.text("family")) or {}, self.table.table("payload")
        for name, data in (own | {name: family[name] for name in family if name not in own}).items():
            made = self.shared.example(self.table, name, data, source)
            if name in own or made.kind in ways:
                yield made

    def groups(self) -> list[Group]:
        table = self.table.within(self.table.table("groups"), field="groups")
        return [Group(name, table.both(name, required=True)) for name in table.data]

    def example(self) -> Any:
        text = self.table.text("example")
        try:
            return exact.loads(text) if text else None
        except exact.JSONProblem as problem:
            self.table.fault(f"example is no JSON: {problem}", "Correct it at that place.")
            return None
