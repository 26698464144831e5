"""A prompt is sent to an operation that one talks with, as an ordinary task, and comes back improved or translated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from studio import catalog
from studio.library.prompts.differences import Piece, pieces
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import FINAL, State
from studio.tasks.switches import offered, on_for
from studio.teams.access import TeamRequest
from studio.teams.models import Connection

# What is asked is no text of ours that people read: the one who reads it is a model.
KEPT = (
    "Keep everything in double braces like {{name}}, everything in single braces like {a|b} and every name between "
    "double underscores exactly as it is. Answer with the text alone: no quotation marks, no explanation."
)
ASKED = {
    "improve": (
        "You help people who write prompts for %(title)s, which makes %(makes)s. Rewrite the prompt that you are given "
        "so that it is clear, concrete and vivid. Keep its meaning, its language and what it says of style. "
    ),
    "translate-en": "Translate the prompt that you are given, which is for %(title)s, into English. ",
    "translate-zh": "Translate the prompt that you are given, which is for %(title)s, into simplified Chinese. ",
}


@dataclass(frozen=True)
class Writer:
    """Whom a prompt is sent to: an operation that takes a conversation, and a connection on which it is on."""

    operation: catalog.Operation
    connection: Connection
    field: catalog.Field


@dataclass(frozen=True)
class Reworded:
    """What came of it: the task, the prompt that was sent, and the answer; "" while there is none."""

    task: Task
    sent: str
    answer: str

    @property
    def is_over(self) -> bool:
        return self.task.state in FINAL

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self.sent, self.answer)

    @property
    def is_the_same(self) -> bool:
        return self.answer == self.sent


def choices() -> list[tuple[str, str]]:
    """What one may ask for, with its words."""
    return [
        ("improve", _("Improve it")),
        ("translate-en", _("Translate it into English")),
        ("translate-zh", _("Translate it into Chinese")),
    ]


def writer() -> Writer | None:
    """The first that the team of the scope can ask; one with a working connection before others. None without any."""
    connections = list(Connection.objects.all())
    found = [
        Writer(operation, connection, field)
        for operation in offered()
        if (field := conversation(operation))
        for connection in on_for(operation, connections)
    ]
    return next(iter(sorted(found, key=lambda each: each.connection.is_stopped)), None)


def conversation(operation: catalog.Operation) -> catalog.Field | None:
    """The field for a conversation, which is all that the operation cannot do without."""
    return next((field for field in operation.fields if field.spoken and field.required == "yes"), None)


def begin(request: TeamRequest, meant: catalog.Operation, by: Writer, what: str, text: str, nonce: str) -> Task:
    """Ask for it. Raises `lifecycle.NotNow`, and `KeyError` for what cannot be asked."""
    title, makes = meant.title.get("en"), f"a result of the kind {meant.makes}"
    asked = ASKED[what] % {"title": f"{meant.system_title.get('en')} ({title})", "makes": makes} + KEPT
    return lifecycle.begin(
        team=request.team,
        person=request.user,
        connection=by.connection,
        operation=by.operation,
        values=by.operation.defaults() | {by.field.at: said(by.field, asked, text)},
        extras={},
        nonce=nonce,
        private=request.POST.get("private") == "on",
    )


def said(field: catalog.Field, asked: str, text: str) -> list[dict[str, Any]]:
    spoken = field.spoken
    assert spoken  # noqa: S101  what makes it a conversation
    return [{spoken.by: "system", spoken.says: asked}, {spoken.by: spoken.first, spoken.says: text}]


def reworded(task: Task) -> Reworded | None:
    """None for a task that no prompt was sent with."""
    operation = catalog.find(task.operation)
    field = conversation(operation) if operation else None
    lines = task.values.get(field.at) if field else None
    if field is None or field.spoken is None or not isinstance(lines, list) or len(lines) != 2:
        return None
    texts = [str(result["text"]).strip() for result in task.results if result.get("text")]
    answer = texts[0] if task.state == State.SUCCEEDED and texts else ""
    return Reworded(task, str(lines[-1].get(field.spoken.says, "")), answer)
