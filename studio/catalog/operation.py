"""One call the gateway offers, and all that can be asked of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import apart, conditions, in_address, json_schema, paths, payload, trace
from . import body as bodies
from . import check as checks
from .apart import Marks
from .guides import Guide
from .payload_example import PayloadExample
from .reader import Reader
from .recipe_book import Recipe
from .report import Heard, Kind, Report
from .schema import Conditions, Expressions, Field, FollowUp, Form, Values
from .text import NOTHING, Text
from .turn import Turn

_NOTHING: Values = {}


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
    makes: str  # kind of its results, or "none"
    form: Form
    reader: Reader
    makes_count: int = 1  # results of one request, where no field says how many
    transport: str = "json-task"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headers_when: Marks = dataclasses.field(default_factory=dict)  # among the values: where they are sent at all
    answers_polls: bool = False  # asks for a task that another operation made, be it a call of its own besides
    enabled: bool = True
    starter: bool = False  # good to begin with, for who has used none yet
    status: Literal["documented", "seen", "inferred"] = "documented"
    seed_row: str = ""
    family: str = ""
    told_apart: Marks = dataclasses.field(default_factory=dict)  # same path: what a body has, or has not
    poll: str = ""
    poll_set: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    poll_every: tuple[float, float] | None = None  # seconds, as clients ask
    continues: str = ""  # path of the field that names the waiting task which this call brings input to
    callback: str = ""  # path of the body that takes the callback address
    seconds: tuple[float, float] | None = None  # how long it usually takes, recorded
    patience: float | None = None  # seconds before a silent task may be called lost
    result_hours: float | None = None
    price: str = ""
    prompt: Expressions = ()  # among the values by path, where no single field has the prompt's role
    turn: Turn | None = None  # the body is a list of frames, and this is how their conversation goes
    raw_sound: Conditions = dataclasses.field(default_factory=dict)  # when the answer is samples without a header
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
    def is_multipart(self) -> bool:
        """Its body goes as the parts of a form."""
        return self.transport.startswith("multipart")

    @property
    def is_query(self) -> bool:
        """Does it ask for the tasks of others, and nothing else?"""
        return self.answers_polls and self.makes == "none"

    @property
    def makes_something(self) -> bool:
        """Queries and lists make nothing by themselves; an upload does, if only what its follow-ups are made of."""
        return not self.is_query and (self.makes != "none" or bool(self.follow_ups))

    @property
    def offered(self) -> bool:
        """Does every picker offer it? What is not enabled waits until a connection turns it on."""
        return self.enabled and self.makes_something

    @property
    def may_stream(self) -> bool:
        """Can its answer come as a stream of events, whose text can be read while it is written?"""
        return self.reader.hears

    @property
    def answers_at_once(self) -> bool:
        """Is the answer the result? Then `patience` is how long the call itself may take."""
        return self.reader.synchronous and not self.is_query

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
        return conditions.when(self.form, field)

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
        own = [f for f in self.fields if None not in f.steps]
        chosen = {f.at: f.default for f in own if f.default is not None and self.wants(f)}
        return {
            f.at: chosen[f.at] if f.start is None else f.start for f in own if f.start is not None or f.at in chosen
        }

    def start(self) -> dict[str, Any]:
        """The values of a fresh form. A required text that may be empty is empty, not missing."""
        empty = [f.at for f in self.fields if f.empty and f.required == "yes" and None not in f.steps]
        return dict.fromkeys(empty, "") | self.defaults()

    def body(
        self, values: Values, extras: Mapping[str, Any] | None = None, fates: Mapping[str, str] | None = None
    ) -> trace.Built:
        """The exact body of these values, why each key is (not) there, and its problems."""
        return trace.build(self.form, values, {} if extras is None else extras, fates)

    def values(self, body: object) -> tuple[dict[str, Any], bodies.Extras]:
        """The values of a body by path, and the keys that no field knows. Never raises."""
        return bodies.split(self.form, body)

    def put(
        self, values: Values, extras: Mapping[str, Any], given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], bodies.Extras]:
        """The same values and extras with what is given by path, instead of all that stood there and beneath it: what
        is given is what is sent. Members that are given beside a whole object stand in it."""
        return bodies.put(self.form, values, extras, given)

    def take_away(self, values: Values, extras: Mapping[str, Any], at: str) -> tuple[dict[str, Any], bodies.Extras]:
        """The same values and extras with nothing at this path or beneath it."""
        return bodies.take_away(self.form, values, extras, at)

    def check(self, body: object, fates: Mapping[str, str] | None = None) -> list[checks.Problem]:
        """All that is wrong with a body. Never raises."""
        return checks.check(self.form, body, fates)

    def schema(self, fates: Mapping[str, str] | None = None) -> dict[str, Any]:
        """JSON Schema 2020-12 of the body: it accepts what `check` finds no error in."""
        return json_schema.schema(self.form, self.title, fates)

    def read(
        self,
        payload: object,
        kind: Kind,
        status: int = 200,
        asked: Values = _NOTHING,
        gateway_ids: Sequence[str] = (),
    ) -> Report:
        """What a payload says: parsed JSON, or text or bytes; `kind` is the way it came, `asked` the values of the body
        that it is about and `gateway_ids` its task's, where they are known. Never raises."""
        return self.reader.read(payload, kind, status, asked, gateway_ids)

    def need(self, name: str) -> Text:
        """The sentence that asks for an input that a task of this operation waits for; empty if it has none."""
        needs = (need for reading in self.reader.readings.values() for need in reading.needs)
        return next((need.says for need in needs if need.name == name), NOTHING)

    def heard(self, payload: str | bytes) -> Heard:
        """What has come so far in the beginning of an event stream."""
        return self.reader.heard(payload)

    def prompt_of(self, values: Values) -> str:
        """What a person asked for, in words, for lists and search."""
        told = [values.get(field.at) for field in self.fields if field.role == "prompt"]
        found = [*told, payload.first(self.prompt, dict(values))]
        return next((text for text in found if isinstance(text, str) and text), "")

    def is_raw_sound(self, values: Values) -> bool:
        """Is the answer to these values a sound without a header: 16-bit samples, 24 kHz, mono?"""
        return bool(self.raw_sound) and conditions.holds(self.raw_sound, self.form, values)

    def headers_of(self, values: Values) -> dict[str, str]:
        """The operation's own headers beside these values."""
        return dict(self.headers) if apart.fits(self.headers_when, dict(values)) else {}

    def poll_values(self, gateway_ids: Sequence[str]) -> dict[str, Any]:
        """The values that the query operation (`poll`) takes to ask for these ids."""
        return {at: _filled(value, list(gateway_ids)) for at, value in self.poll_set.items()}

    def address(self, values: Values, path: str = "") -> str:
        """The path (or another one given) with its `{names}` and its query filled in from the values.

        An optional step that is not set is left out with its slash; a required one keeps its name in braces.
        """
        given = [(f, values[f.at]) for f in self.fields if conditions.is_set(values.get(f.at))]
        steps: dict[str, object] = {f.at: None for f in self.fields if f.place == "path" and f.required == "no"}
        steps |= {f.at: in_address.as_word(value) for f, value in given if f.place == "path"}
        asked = [(f.at, in_address.as_word(value)) for f, value in given if f.place == "query"]
        return paths.fill(path or self.path, steps) + paths.query(asked)


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
    recipes: tuple[Recipe, ...] = ()
    guides: tuple[Guide, ...] = ()
