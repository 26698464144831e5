"""TOML to systems and operations. Reads on after a fault, so that all of them are named at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from . import crosscheck, exact, follow_ups, guides, parts, payload_example, recipe_book
from .failures import Failure
from .operation import Group, Operation, System
from .payload_example import WAYS, PayloadExample
from .reader import Reader
from .schema import KINDS, TRANSPORTS, FollowUp, Form, Reading
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
    """The catalog of a folder of TOML files, and all faults in them; a faulty file may lack operations."""
    faults: list[Fault] = []
    systems: list[System] = []
    failures: dict[str, tuple[Failure, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        if (table := _open(path, faults)) is not None:
            system = _system(table, path)
            failures[system.slug] = parts.failures(table)
            table.done()
            systems.append(system)
    catalog = Catalog(tuple(systems), failures)
    faults += crosscheck.faults(catalog.systems)
    return catalog, faults


def _open(path: Path, faults: list[Fault]) -> Table | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=exact.Number)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
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
    families = {name: _family(table, name, data) for name, data in table.table("family").items()}
    examples = {name: data.get("payload") for name, data in table.table("family").items() if isinstance(data, dict)}
    blocks = {name: data for name, data in table.table("block").items() if isinstance(data, dict)}
    titles = table.table("follow_up_groups")
    groups = {name: table.within(titles, field="follow_up_groups").both(name, required=True) for name in titles}
    operations: list[Operation] = []
    used: set[str] = set()
    for name, data in table.table("operation").items():
        if not isinstance(data, dict):
            table.fault(f"operation.{name} is no table.", f"Write [operation.{name}].")
            continue
        inner = table.within(data, operation=name)
        reader = _Operation(inner, slug or path.stem, name, title, families, blocks, examples, groups)
        operations.append(reader.read(source, doubt))
        used |= reader.used
    for left in [*(f"block {b}" for b in blocks if b not in used), *(f"family {f}" for f in families if f not in used)]:
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


class _Operation:
    """One [operation.x] table on its way to an Operation."""

    def __init__(
        self,
        table: Table,
        system: str,
        name: str,
        title: Text,
        families: dict[str, dict[str, Reading]],
        blocks: dict[str, dict[str, Any]],
        examples: dict[str, Any],
        groups: dict[str, Text],
    ) -> None:
        self.table = table
        self.system = system
        self.slug = f"{system}.{name}"
        self.system_title = title
        self.families = families
        self.blocks = blocks
        self.used: set[str] = set()  # the blocks and the family
        self.examples = examples
        self.offer_groups = groups

    def read(self, source: str, doubt: Text) -> Operation:
        table = self.table
        source, doubt = table.text("source", source), table.both("doubt") or doubt
        onward = tuple(self.follow_ups())
        transport = table.one_of("transport", TRANSPORTS, "json-task")
        is_query = table.flag("query", False)
        readings = self.readings()
        poll, callback = table.text("poll"), table.text("callback")
        ways = {"poll"} if is_query else {"answer", "poll" if poll else "", "callback" if callback else ""}
        operation = Operation(
            slug=self.slug,
            system=self.system,
            system_title=self.system_title,
            title=table.both("title", required=True),
            description=table.both("description", required=True),
            method=table.one_of("method", METHODS),
            path=self.path(),
            makes=table.one_of("makes", ("none", *KINDS)),
            form=Form(self.slug, tuple(self.fields(source, doubt)), parts.exclusive(table)),
            reader=Reader(readings, not transport.endswith("-task"), is_query, onward),
            transport=transport,
            headers=table.texts("headers"),
            is_query=is_query,
            enabled=table.flag("enabled", True),
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
            raw_sound=parts.conditions(table, "raw_sound", table.table("raw_sound")),
            groups=tuple(self.groups()),
            follow_ups=onward,
            example=self.example(),
            payloads=tuple(self.payloads(source, ways)),
            source=source,
            doubt=doubt,
        )
        table.done()
        return operation

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
        if name and name not in self.families:
            self.table.fault(f"family = “{name}” is not in this file.", f"Add [family.{name}.read].")
        self.used.add(name)
        return self.families.get(name, {})

    def fields(self, source: str, doubt: Text) -> list[Any]:
        """The fields in the order of the body; `use` puts the fields of a block in its place."""
        fields = []
        for data in self.table.tables("field"):
            for each in self.expanded(data, "field"):
                at = each.get("at")
                inner = self.table.within(each, field=f"field {at}" if isinstance(at, str) else "a field without at")
                fields.append(parts.field(inner, source, doubt))
                inner.done()
        return fields

    def follow_ups(self) -> Iterator[FollowUp]:
        """Its follow-ups; `use` puts those of a block in its place."""
        for data in self.table.tables("follow_up"):
            for each in self.expanded(data, "follow_up"):
                yield follow_ups.follow_up(self.table, each, self.system, self.offer_groups)

    def expanded(self, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
        if "use" not in data:
            return [data]
        asked = self.table.within(data, field="use")
        name, without = asked.text("use"), asked.words("except")
        if name not in self.blocks:
            asked.fault(f"use = “{name}” is no block of this file.", f"Add [[block.{name}.{key}]].")
            return []
        self.used.add(name)
        changed = {key: value for key, value in data.items() if key not in {"use", "except"}}
        known = asked.within(self.blocks[name], field=f"block {name}").tables(key)
        for at in sorted(set(without) - {str(each.get("at")) for each in known}):
            asked.fault(f"except names “{at}”, which is not in block {name}.", "Correct the path, or leave it out.")
        return [each | changed for each in known if each.get("at") not in without]

    def payloads(self, source: str, ways: set[str]) -> Iterator[PayloadExample]:
        """Its own; then those of the family that come its ways and that it does not replace by name."""
        family, own = self.examples.get(self.table.text("family")) or {}, self.table.table("payload")
        for name, data in (own | {name: family[name] for name in family if name not in own}).items():
            inner = self.table.within(data if isinstance(data, dict) else {}, field=f"payload {name}")
            made = payload_example.read(inner, name, source)
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
