"""What goes in and out, as programs see it. Each becomes a schema of the OpenAPI document; times are ISO 8601.

Annotations are read while the program starts, so they stand here as they are.
"""

from typing import Any

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema
from pydantic import ConfigDict


class Fault(Schema):
    code: str = Field(description=_("A word for programs, for instance `cannot_run`."))
    message: str = Field(description=_("A sentence for people: what is wrong and what to do."))
    fields: dict[str, str] = Field(description=_("The same by field, where it concerns fields."))


class Refusal(Schema):
    error: Fault


class PresetLine(Schema):
    id: int
    name: str
    description: str
    operation: str = Field(description=_("What it runs, as `/operations` names it."))
    version: int
    author: str
    changed_at: str
    url: str = Field(description=_("Its page in the studio."))


class PresetPage(Schema):
    presets: list[PresetLine]
    next: str | None = Field(description=_("The address of the next page; null on the last."))


class FieldShape(Schema):
    at: str = Field(description=_("Its path, by which `values` names it."))
    label: str
    help: str
    type: str
    hold: str = Field(description=_("`fixed` cannot be set, `suggested` has a value, `free` waits for one."))
    required: bool
    value: Any = Field(description=_("What a run takes if you set nothing; null for none."))
    default: Any
    choices: list[Any]
    minimum: float | None
    maximum: float | None
    takes: list[str] = Field(description=_("Kinds of file: give an address on the web."))


class Variable(Schema):
    name: str
    default: str
    help: str


class PresetShape(PresetLine):
    fields: list[FieldShape]
    variables: list[Variable] = Field(description=_("What the prompt's text asks for, as `{{name}}`."))


class PresetRun(Schema):
    model_config = ConfigDict(extra="forbid")  # what nobody reads would be paid for all the same

    values: dict[str, Any] = Field(
        {},
        description=_('Values by path, for instance {"prompt": "a red kite", "options.seconds": 5}; null for none.'),
    )
    variables: dict[str, str] = Field({}, description=_("Values for the variables of the prompt."))
    seed: int | None = Field(None, description=_("Draws one of the prompt's texts at random; without it the first."))
    connection: str = Field("", description=_("The name of a connection; else the first that offers the operation."))
    private: bool | None = Field(None, description=_("Only for you to see; null: as you ran it last in the studio."))


class OperationLine(Schema):
    name: str
    title: str
    system: str
    makes: str


class OperationList(Schema):
    operations: list[OperationLine]


class OperationShape(OperationLine):
    description: str
    body: dict[str, Any] = Field(description=_("JSON Schema of the body that a run takes."))


class ResultShape(Schema):
    number: int
    kind: str = Field(description=_("`image`, `video`, `audio`, `text` or `file`."))
    role: str = Field(description=_("`result`, or what goes with one: `poster`, `last_frame`."))
    state: str = Field(description=_("`waiting` while it is fetched, `kept`, or `lost`."))
    media_type: str
    size: int | None = Field(description=_("Bytes."))
    sha256: str
    width: int | None
    height: int | None
    duration: float | None = Field(description=_("Seconds."))
    error: str
    url: str | None = Field(description=_("Where its bytes are, for the same token; null until it is kept."))


class TaskLine(Schema):
    id: int
    operation: str
    state: str = Field(
        description=_(
            "`queued`, `sending`, `accepted`, `running`, `succeeded`, `failed`, `refused`, `cancelled`, `held`, or "
            "`unknown`: the answer was lost."
        )
    )
    word: str = Field(description=_("The same for people."))
    ended: bool
    waits_for: str | None = Field(
        description=_("`approval` of an owner, `input` that a person brings, `person` who decides; else null.")
    )
    progress: int | None = Field(description=_("Percent."))
    prompt: str
    person: str
    error: str
    price: float | None = Field(description=_("Points that it was expected to cost; null where nobody knows."))
    charge: float = Field(description=_("Points that count in the month."))
    created_at: str
    sent_at: str | None
    finished_at: str | None
    url: str = Field(description=_("Its page in the studio."))
    api: str = Field(description=_("Its address here."))


class TaskPage(Schema):
    tasks: list[TaskLine]
    next: str | None = Field(description=_("The address of the next page; null on the last."))


class TaskShape(TaskLine):
    note: str = Field(description=_("What is going on, in a sentence."))
    settled: bool = Field(description=_("It has ended and its files are kept or lost: nothing more comes by itself."))
    results: list[ResultShape]


class Watching(Schema):
    url: str = Field(description=_("A stream of server-sent events; open it within ten minutes, then ask for another."))
    seconds: int = Field(description=_("How long the stream lives."))
