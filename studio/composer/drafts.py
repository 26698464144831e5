"""A draft: everything that stands in the form, readable or not, so that nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from studio import catalog
from studio.tasks.address import planned_url
from studio.tasks.models import Task


@dataclass
class Draft:
    """`values` and `extras` as the catalog takes them; `fates` the person's own, by path (`keep` or `omit`).

    `typed` and `wrong` hold what could not be read and why, by path, `literal` where it was typed as JSON;
    `extra_text` and `json_text` the same for the tray of extra keys and for the body while it is edited as JSON (None
    while it is not).
    """

    operation: catalog.Operation
    values: dict[str, Any] = field(default_factory=dict)
    extras: catalog.Extras = field(default_factory=catalog.Extras)
    fates: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    literal: set[str] = field(default_factory=set)
    extra_text: str | None = None
    extra_wrong: str = ""
    json_text: str | None = None
    json_wrong: str = ""
    json_fresh: bool = False  # the JSON stands there as the studio wrote it

    @classmethod
    def fresh(cls, operation: catalog.Operation) -> Draft:
        draft = cls(operation)
        draft.values = dict(draft.start)
        return draft

    @classmethod
    def of_example(cls, operation: catalog.Operation) -> Draft:
        """What the documents' example holds; a fresh form where they have none."""
        if operation.example is None:
            return cls.fresh(operation)
        values, extras = operation.values(operation.example)
        values.pop(operation.callback, None)
        return cls(operation, values, extras)

    @classmethod
    def of_task(cls, operation: catalog.Operation, task: Task) -> Draft:
        """What the form held when this task was begun; the callback address is the studio's and not carried over."""
        prefix = f"{operation.slug}:"
        values = {at: value for at, value in task.values.items() if at != operation.callback}
        fates = {at.removeprefix(prefix): fate for at, fate in task.fates.items() if at.startswith(prefix)}
        return cls(operation, values, catalog.unpack(task.extras) if task.extras else catalog.Extras(), fates)

    @classmethod
    def of_action(cls, operation: catalog.Operation, carried: Mapping[str, Any]) -> Draft:
        """A fresh form with what a follow-up carries over from a result."""
        draft = cls.fresh(operation)
        draft.values |= {at: value for at, value in carried.items() if operation.field(at)}
        return draft

    @cached_property
    def start(self) -> dict[str, Any]:
        """The values of a fresh form. A required text that may be empty is empty, not missing."""
        empty = {each.at: "" for each in self.operation.fields if each.empty and each.required == "yes"}
        return empty | self.operation.defaults()

    @property
    def own_fates(self) -> dict[str, str]:
        """The person's fates as the catalog and the task take them."""
        return {f"{self.operation.slug}:{at}": fate for at, fate in self.fates.items()}

    def build(self, profile: Mapping[str, str]) -> catalog.Built:
        """The body as `begin` will plan it, with the place of the callback address filled in."""
        values = dict(self.values)
        if self.operation.callback:
            values[self.operation.callback] = planned_url()
        return self.operation.body(values, self.extras, {**profile, **self.own_fates})

    def take_body(self, body: object, profile: Mapping[str, str]) -> None:
        """Fill the form from a body edited as JSON. What was parked or could not be read stays where it was."""
        parked = {line.at for line in self.build(profile).trace if not line.kept}
        values, extras = self.operation.values(body)
        values.pop(self.operation.callback, None)
        kept = {at: self.values[at] for at in parked if at in self.values and at not in values}
        self.values, self.extras, self.extra_text, self.extra_wrong = kept | values, extras, None, ""
        self.typed = {at: text for at, text in self.typed.items() if at not in values}
        self.wrong = {at: why for at, why in self.wrong.items() if at not in values}
        self.json_text, self.json_wrong = None, ""

    def set(self, at: str, value: Any) -> None:
        """Give a field this value, None for none."""
        self.typed.pop(at, None)
        self.wrong.pop(at, None)
        if value is None:
            self.values.pop(at, None)
        else:
            self.values[at] = value
