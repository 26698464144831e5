"""What one payload says about a task, whichever way it came."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from .exact import DEEPEST
from .storable import storable, text
from .text import NOTHING, Text

Kind = Literal["answer", "poll", "callback"]
PARTIAL = "partial"  # the role of what came before an answer broke off


@dataclass(frozen=True, slots=True)
class Result:
    """One file or text that was made: one of `url`, `text`, `data` (base64 text or bytes), `json` and `file` is set.

    `json` is a JSON value as text, its numbers as they were written. `file` names where the studio has laid aside what
    was too large to stand here, `form` what it was: "text", "json" or "" for bytes.

    `role` is "" for the result itself, else what it is beside it: "poster", "thumbnail", "preview",
    or "partial": what came of an answer that broke off.
    """

    kind: str
    url: str | None = None
    text: str | None = None
    data: str | bytes | None = None
    json: str | None = None
    file: str | None = None
    form: str | None = None
    role: str = ""

    def storable(self) -> Result:
        data = text(self.data) if isinstance(self.data, str) else self.data
        url, words, json = (told and text(told) for told in (self.url, self.text, self.json))
        return replace(self, url=url, text=words, data=data, json=json)


@dataclass(frozen=True, slots=True)
class Action:
    """A follow-up that this result offers: an operation and the values carried into it.

    Offers of one `group` stand together under it; `short` names one where many stand side by side.
    """

    operation: str
    values: Mapping[str, Any]
    label: Text
    group: Text = NOTHING
    short: str = ""

    def storable(self) -> Action | None:
        """None where a value is nested too deep."""
        try:
            values = storable(dict(self.values), DEEPEST + 1)  # a value of a body has as many levels as one may have
        except RecursionError:
            return None
        label = Text(text(self.label.en), text(self.label.zh))
        return replace(self, values=values, label=label, short=text(self.short))

    def plain(self) -> dict[str, Any]:
        label = {"en": self.label.en, "zh": self.label.zh}
        more: dict[str, Any] = {"group": {"en": self.group.en, "zh": self.group.zh}} if self.group else {}
        more |= {"short": self.short} if self.short else {}
        return {"operation": self.operation, "values": dict(self.values), "label": label, **more}


class Heard(NamedTuple):
    """What has come of an answer that is still being written: its text so far, and how far it has come, 0 to 100."""

    text: str = ""
    progress: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a payload says. `state` and `progress` (0 to 100) are None where it says nothing new; `eta` is seconds."""

    gateway_ids: tuple[str, ...] = ()
    state: str | None = None
    progress: int | None = None
    results: list[Result] = field(default_factory=list)
    error: str = ""
    code: str = ""  # the gateway's own word for the error, where it has one
    refused: bool = False  # the call itself was turned down; this says nothing of an older task
    bare: bool = False  # the task is called done, and its result is not there: it is still under way, for a while
    cost: Decimal | None = None
    refunded: bool | None = None
    eta: float | None = None
    needs: str = ""
    actions: list[Action] = field(default_factory=list)

    @property
    def gateway_id(self) -> str:
        return self.gateway_ids[0] if self.gateway_ids else ""

    @property
    def is_partial(self) -> bool:
        """The answer broke off, or ended with an error, after some of it had come."""
        return any(result.role == PARTIAL for result in self.results)

    @property
    def said(self) -> str:
        """The error with the gateway's own word for it: `explain` knows some only by that word.

        A number of up to three digits only repeats the HTTP status, or says yes or no; a type of error says nothing.
        """
        number = self.code.isdigit()
        says = len(self.code) > 3 if number else self.code not in self.error and not self.code.endswith("_error")
        if not self.code or not says:
            return self.error
        return f"{self.error} · {self.code}" if self.error else self.code

    def storable(self) -> Report:
        """The same in texts and values that any database keeps; without offers that carry what none does."""
        return replace(
            self,
            gateway_ids=tuple(text(each) for each in self.gateway_ids),
            results=[each.storable() for each in self.results],
            error=text(self.error),
            code=text(self.code),
            actions=[offer for each in self.actions if (offer := each.storable())],
        )

    def plain(self) -> dict[str, Any]:
        """The report as plain JSON."""
        results = [
            {name: _plain(getattr(r, name)) for name in ("kind", "url", "text", "data", "json", "file", "form", "role")}
            for r in self.results
        ]
        return {
            "gateway_id": self.gateway_id,
            "gateway_ids": list(self.gateway_ids),
            "state": self.state,
            "progress": self.progress,
            "results": [{name: value for name, value in each.items() if value is not None} for each in results],
            "error": self.error,
            "code": self.code,
            "refused": self.refused,
            "bare": self.bare,
            "cost": None if self.cost is None else str(self.cost),
            "refunded": self.refunded,
            "eta": self.eta,
            "needs": self.needs,
            "actions": [action.plain() for action in self.actions],
        }


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
