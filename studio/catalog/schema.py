"""What the catalog says of an operation: its fields, and how its payloads are read. Plain frozen data."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import jmespath.parser

from . import paths
from .kinds import Kinds
from .limits import Counted, Narrower, Shorter
from .text import NOTHING, Text

Values = Mapping[str, Any]
Conditions = Mapping[str, tuple[Any, ...]]
Expression = jmespath.parser.ParsedResult
Expressions = tuple[Expression, ...]  # tried in order: the first that says something wins
Alternatives = tuple[tuple[str, ...], ...]  # of these only one is meant to be set; each is one path or several
Fate = Literal["keep", "omit", "refuse"]
Sending = Literal["address", "base64", "data-url", "part"]

TYPES = ("string", "integer", "number", "boolean", "object", "array", "file", "json")
SENDINGS = ("address", "base64", "data-url", "part")  # of a file: a link, base64 text, the same as data:, a form part
KINDS = ("video", "image", "audio", "text", "file", "model")
STATES = ("queued", "running", "succeeded", "failed", "cancelled")
TRANSPORTS = (
    "json-task",  # JSON out, a task id back; the result comes by callback or query
    "json-answer",  # JSON out, the result in the answer
    "json-binary",  # JSON out, a file as the answer
    "json-stream",  # JSON out, an event stream back
    "multipart-task",
    "multipart-answer",
    "websocket",
)
URL = r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s]+$(?!\n)"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which members of a list's items tell who speaks and what is said; `first` speaks where nobody is named."""

    by: str
    says: str
    first: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What people paste into a form (`pattern`), and the value that is meant by it; groups as in `re.sub`."""

    pattern: str
    becomes: str


@dataclass(frozen=True)
class Field:
    """One place of a body. `at` is its dotted path; `steps` the same, taken apart."""

    at: str
    types: tuple[str, ...]  # the first is the one a form offers
    label: Text
    help: Text
    required: Literal["yes", "no", "seed"] = "no"  # "seed": a page calls it required, real clients leave it out
    required_when: Conditions = dataclasses.field(default_factory=dict)  # missed only while they hold
    place: Literal["body", "path", "query"] = "body"
    choices: tuple[Any, ...] = ()
    choice_labels: Mapping[str, Text] = dataclasses.field(default_factory=dict)
    narrower: tuple[Narrower, ...] = ()
    open: bool = False  # other values than the choices are accepted, with a warning
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None  # of the form's slider; finer values are fine
    multiple_of: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    shorter: tuple[Shorter, ...] = ()
    min_items: int | None = None
    max_items: int | None = None
    counted: tuple[Counted, ...] = ()
    pattern: str = ""
    usual: str = ""  # a pattern: other texts are accepted, with a warning
    warn_bytes: int | None = None  # a text of more bytes than these is accepted, with a warning
    warn_decimals: int | None = None  # a number of more digits behind its point is accepted, with a warning
    not_below: str = ""  # the path of a field whose number this one should reach; less is only warned about
    spoken: Spoken | None = None  # the list is a conversation, which a form takes as one text
    pasted: tuple[Pasted, ...] = ()  # what people paste, and the value that is meant by it
    format: str = ""  # "url", or "lines": text of several lines, or a list of texts that a form takes line by line
    default: Any = None
    start: Any = None  # what a fresh form offers where that is not the default
    example: Any = None  # what stands in samples of an address
    empty: bool = False  # a required text that may be sent as ""
    omit_empty: Literal["no", "warn", "yes"] = "no"  # never sent as "" or null: left out instead
    nullable: bool = False
    digits: Literal["no", "warn", "yes"] = "no"  # may a number be sent as text?
    takes: tuple[str, ...] = ()  # kinds of file that it holds
    sent: tuple[Sending, ...] = ()  # the ways in which its file may go, the preferred first
    paints: Literal["", "white"] = ""  # a person may paint it over a picture; of a mask, white on black is painted
    role: str = ""
    kinds: Kinds | None = None  # a list's member whose role depends on the kind of its item
    flags: Mapping[str, str] = dataclasses.field(default_factory=dict)  # role -> how a prompt says it: "--ar"
    applies: Conditions = dataclasses.field(default_factory=dict)
    otherwise: Fate = "keep"
    unit: Text = NOTHING
    group: str = ""
    source: str = ""
    doubt: Text = NOTHING

    @property
    def type(self) -> str:
        return self.types[0]

    @property
    def may_say_nothing(self) -> bool:
        """Whether it has to be there, if only as an empty text."""
        return self.empty and self.required == "yes"

    def role_in(self, item: Mapping[str, Any]) -> str:
        """What the field is for in this item of a list."""
        return self.kinds.role(item) if self.kinds else self.role

    @cached_property
    def steps(self) -> tuple[paths.Step, ...]:
        return paths.parse(self.at)


@dataclass
class Node:
    """One key of the body's tree; `items` is what stands in each place of a list."""

    field: Field | None = None
    children: dict[str, Node] = dataclasses.field(default_factory=dict)
    items: Node | None = None

    @property
    def needed(self) -> bool:
        return self.field is not None and self.field.required == "yes" and not self.field.applies

    def lacking(self, steps: tuple[str | int, ...]) -> Iterator[tuple[str, Field]]:
        """What is missed where nothing stands: of an object the members that it needs, for those have controls."""
        inside = [(child, (*steps, key)) for key, child in self.children.items() if child.needed]
        for child, further in inside:
            yield from child.lacking(further)
        if not inside and self.field:
            yield paths.join(steps), self.field


@dataclass(frozen=True)
class Form:
    """The fields of one operation, in the order of its body."""

    slug: str
    fields: tuple[Field, ...]
    exclusive: tuple[Alternatives, ...] = ()
    parts: bool = False  # the body goes as the parts of a form
    frames: bool = False  # the body is a list of frames, and the first step of each path is the type of one

    @cached_property
    def by_path(self) -> dict[str, Field]:
        return {item.at: item for item in self.fields}

    @cached_property
    def counting(self) -> tuple[Field, ...]:
        """The lists of which it counts what items they hold."""
        return tuple(item for item in self.fields if item.counted)

    @cached_property
    def written_out(self) -> tuple[Field, ...]:
        """The objects that may come as JSON text, in a part of a form, and whose members are known all the same."""
        inside = {paths.join(each.steps[:-1]) for each in self.fields if None not in each.steps}
        return tuple(each for each in self.fields if {"object", "string"} <= {*each.types} and each.at in inside)

    @cached_property
    def tree(self) -> Node:
        """The body's fields as a tree. Path and query fields are no part of the body."""
        root = Node()
        for item in self.fields:
            if item.place != "body":
                continue
            node = root
            for step in item.steps:
                if step is None:
                    node.items = node.items or Node()
                    node = node.items
                else:
                    node = node.children.setdefault(step, Node())
            node.field = item
        return root

    def above(self, item: Field) -> tuple[Field, ...]:
        """The field and the objects it stands in, outermost first."""
        return self._lines[item.at]

    @cached_property
    def told(self) -> dict[str, Text]:
        """Under which condition a field is used, by path, as far as it was put into words already."""
        return {}

    @cached_property
    def tests(self) -> dict[str, tuple[Any, ...]]:
        """By path, what a field and the objects it stands in ask of other fields, as far as it was looked up."""
        return {}

    @cached_property
    def _lines(self) -> dict[str, tuple[Field, ...]]:
        return {item.at: self._line(item) for item in self.fields}

    def _line(self, item: Field) -> tuple[Field, ...]:
        return tuple(
            self.by_path[at]
            for count in range(1, len(item.steps) + 1)
            if (at := paths.join(item.steps[:count])) in self.by_path
        )


@dataclass(frozen=True, slots=True)
class ResultRule:
    """Where a result stands, of which kind it is, and in which states it counts."""

    kind: str
    at: Expressions
    role: str = ""  # "" is the result itself; "poster", "thumbnail", "preview" go with it
    form: Literal["url", "text", "data", "json", "packed"] = "url"  # "json" is all there; "packed" its gzip in base64
    when: tuple[str, ...] = ("succeeded",)
    joined: bool = False  # `at` finds pieces `{by, text}`: those with the same `by` are one result
    finds: str = ""  # a pattern: results are what its first group finds in the text, as often as it does


@dataclass(frozen=True, slots=True)
class Need:
    """An input that a task waits for, the expression that is true while it does, and the sentence that asks for it."""

    name: str
    when: Expression
    says: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Reading:
    """How the payloads of one family are read."""

    gateway_id: Expressions = ()
    separator: str = ""  # several ids in one text
    code: Expressions = ()  # the family's own success test; a missing code is no error
    accepted: frozenset[str] = frozenset()
    refusal: Expressions = ()  # text of a refusal, before the gateway-wide fallbacks
    state: Expressions = ()
    states: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unknown: str | None = None  # state of a word that is not in `states`
    bare: Expressions = ()  # says something where the task is called done and its result is not there
    silent: Literal["id", "answered", "result"] = "id"  # what an answer without a state word must hold to count
    progress: Expressions = ()
    progress_unit: Literal["percent", "fraction"] = "percent"
    progress_of: Expressions = ()  # the whole that `progress` is a part of
    progress_finds: str = ""  # a pattern: of the text that stands there, the highest percentage that its group finds
    results: tuple[ResultRule, ...] = ()
    binary: str = ""  # kind of a body that is no JSON but bytes
    plain: str = ""  # kind of a body that is no JSON but text
    heard: Expressions = ()  # the text so far, in the events of a stream that is still coming
    ended: Expressions = ()  # says something once a stream is whole; where it never does, the stream broke off
    stopped: Expressions = ()  # finds the event that ended a stream too early; without it any event with an error has
    error: Expressions = ()
    error_code: Expressions = ()  # the gateway's own word for why a task has failed, beside the text
    cost: Expressions = ()
    refunded: Expressions = ()
    eta: Expressions = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemKind:
    """How an item that `match` fits is called: `{1}` in its texts is what the pattern's first group found."""

    match: re.Pattern[str]
    label: Text
    short: str = ""  # one or two signs, where many stand side by side
    group: Text = NOTHING
    skip: bool = False  # never offered


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A call that a result can be carried into: where each of its values stands in the payload."""

    operation: str
    label: Text
    set: Mapping[str, Expressions]  # all of them are needed
    also: Mapping[str, Expressions] = dataclasses.field(default_factory=dict)  # carried where they are there
    each: Expression | None = None  # one offer for each of these; it is `item` in the other expressions
    split: re.Pattern[str] | None = None  # `each` finds a text: its items stand behind these marks
    finds: re.Pattern[str] | None = None  # `each` finds a text: its items are what the first group finds in it
    name: Expressions = ()
    group: Text = NOTHING  # the heading under which it stands
    needs: tuple[str, ...] = ()  # offered while the task waits for one of these, not when it has succeeded
    known_by: Expression | None = None  # the text by which `kinds` tell items apart
    kinds: tuple[ItemKind, ...] = ()
