"""One call the gateway offers, and all that can be asked of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import body as bodies
from . import check as checks
from . import conditions, json_schema, paths, trace
from .payload_example import PayloadExample
from .reader import Reader
from .report import Kind, Report
from .schema import Conditions, Field, FollowUp, Form, Values
from .text import NOTHING, Text


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the form; `order` is the groups' order in it."""

    name: str
    label: Text


@dataclass(frozen=True)
class Operation:
    """One call: its address, its fields, how it is read, what it costs and how long it takes."""

    slug: str
    system: str
    system_title: Text
    title: Text
    description: Text
    method: str
    path: str
    makes: str  # kind of its result, or "none"
    form: Form
    reader: Reader
    transport: str = "json-task"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    is_query: bool = False  # asks for a task that another operation made
    enabled: bool = True
    status: Literal["documented", "seen", "inferred"] = "documented"
    seed_row: str = ""
    family: str = ""
    told_apart: Mapping[str, bool] = dataclasses.field(
        default_factory=dict
    )  # same path: which keys a body has, or has not
    poll: str = ""
    poll_set: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    poll_every: tuple[float, float] | None = None  # seconds, as clients ask
    callback: str = ""  # path of the body that takes the callback address
    seconds: tuple[float, float] | None = None  # how long it usually takes, recorded
    patience: float | None = None  # seconds before a silent task may be called lost
    result_hours: float | None = None
    price: str = ""
    groups: tuple[Group, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    example: Any = None
    payloads: tuple[PayloadExample, ...] = ()  # what comes back, as documents show it
    source: str = ""
    doubt: Text = NOTHING

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.form.fields

    @property
    def makes_something(self) -> bool:
        """Queries and lists make nothing by themselves."""
        return self.makes != "none" and not self.is_query

    @property
    def offered(self) -> bool:
        """Does every picker offer it? What is not enabled waits until a connection turns it on."""
        return self.enabled and self.makes_something

    def field(self, at: str) -> Field | None:
        return self.form.by_path.get(at)

    def applies(self, field: Field, values: Values) -> bool:
        """Is the field used by the gateway beside these values?"""
        return conditions.applies(self.form, field, values)

    def choices(self, field: Field, values: Values) -> tuple[Any, ...]:
        """The choices of the field that go with the other values."""
        return conditions.choices(self.form, field, values)

    def when(self, field: Field) -> Text:
        """The condition of a field in words ("Model is gen2"), empty if it always applies."""
        return trace.when(self.form, field)

    def missed_when(self, field: Field) -> Text:
        """When a field that is else optional is required, in words; empty if never."""
        return self.sentence(field.required_when)

    def sentence(self, wanted: Conditions) -> Text:
        """Conditions on this operation's fields, in words."""
        return conditions.sentence(self.form, wanted)

    def missed(self, field: Field, values: Values) -> bool:
        """Is a field that is else optional required beside these values?"""
        return bool(field.required_when) and conditions.holds(field.required_when, self.form, values)

    def wants(self, field: Field) -> bool:
        """Is the field required, if only by the seed's page, and all that it stands in too?"""
        return all(each.required != "no" for each in self.form.above(field))

    def defaults(self) -> dict[str, Any]:
        """The values a fresh form starts with: of the required fields, those of the seed's pages too.

        What is required only inside an object that may be left out waits until somebody wants the object.
        """
        chosen = {f.at: f.default for f in self.fields if f.default is not None and self.wants(f)}
        return {
            f.at: chosen[f.at] if f.start is None else f.start
            for f in self.fields
            if f.start is not None or f.at in chosen
        }

    def body(
        self, values: Values, extras: Mapping[str, Any] | None = None, fates: Mapping[str, str] | None = None
    ) -> trace.Built:
        """The exact body of these values, why each key is (not) there, and its problems."""
        return trace.build(self.form, values, {} if extras is None else extras, fates)

    def values(self, body: object) -> tuple[dict[str, Any], bodies.Extras]:
        """The values of a body by path, and the keys that no field knows. Never raises."""
        return bodies.split(self.form, body)

    def check(self, body: object, fates: Mapping[str, str] | None = None) -> list[checks.Problem]:
        """All that is wrong with a body. Never raises."""
        return checks.check(self.form, body, fates)

    def schema(self, fates: Mapping[str, str] | None = None) -> dict[str, Any]:
        """JSON Schema 2020-12 of the body: it accepts what `check` finds no error in."""
        return json_schema.schema(self.form, self.title, fates)

    def read(self, payload: object, kind: Kind, status: int = 200) -> Report:
        """What a payload says: parsed JSON, or text or bytes; `kind` is the way it came. Never raises."""
        return self.reader.read(payload, kind, status)

    def poll_values(self, gateway_ids: Sequence[str]) -> dict[str, Any]:
        """The values that the query operation (`poll`) takes to ask for these ids."""
        return {at: _filled(value, list(gateway_ids)) for at, value in self.poll_set.items()}

    def address(self, values: Values, path: str = "") -> str:
        """The path (or another one given) with its `{names}` and its query filled in from the values.

        An optional step that is not set is left out with its slash; a required one keeps its name in braces.
        """
        given = [(f, values[f.at]) for f in self.fields if conditions.is_set(values.get(f.at))]
        steps: dict[str, object] = {f.at: None for f in self.fields if f.place == "path" and f.required == "no"}
        steps |= {f.at: _as_word(value) for f, value in given if f.place == "path"}
        asked = [(f.at, _as_word(value)) for f, value in given if f.place == "query"]
        return paths.fill(path or self.path, steps) + paths.query(asked)


def _as_word(value: object) -> object:
    """A value as an address shows it: true, not True; a list item by item."""
    return [_as_word(each) for each in value] if isinstance(value, list) else conditions.word(value)


def _filled(value: object, gateway_ids: list[str]) -> object:
    if value == "{ids}":
        return gateway_ids
    if not isinstance(value, str):
        return value
    return value.replace("{id}", gateway_ids[0] if gateway_ids else "").replace("{ids,}", ",".join(gateway_ids))


@dataclass(frozen=True, slots=True)
class System:
    """One generation service behind the gateway."""

    slug: str
    title: Text
    operations: tuple[Operation, ...]
    source: str = ""
    doubt: Text = NOTHING
