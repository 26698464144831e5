"""A draft: everything that stands in the form, readable or not, so that nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from studio import catalog
from studio.assets.models import Asset
from studio.catalog import paths
from studio.composer.plan import prompt_at
from studio.composer.texts import spots, turned
from studio.composer.wishes import Wish, is_literal, literal
from studio.files.models import File
from studio.library.kept import Kept
from studio.library.patterns import texts_of
from studio.tasks.address import planned_url
from studio.tasks.models import Task


@dataclass
class Draft:
    """`values` and `extras` as the catalog takes them; `fates` the person's own, by path (`keep` or `omit`).

    `typed` and `wrong` hold what could not be read and why, by path, `literal` where it was typed as JSON;
    `extra_text` and `json_text` the same for the tray of extra keys and for the body while it is edited as JSON (None
    while it is not). `files` are the team's files that the values refer to, by public id, and `copies` the
    results kept here of links in fields for files, by link, once somebody looked. `held` is what a preset holds fast.
    `wish` says how the prompt is read, and `resolved` holds, by path, what is sent in the place of what is typed.
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
    overruled: list[str] = field(default_factory=list)  # of that JSON, the paths that the preset holds fast
    files: Mapping[str, File] = field(default_factory=dict)
    copies: Mapping[str, Asset] = field(default_factory=dict)
    held: Kept | None = None
    wish: Wish = field(default_factory=Wish)
    resolved: Mapping[str, Any] = field(default_factory=dict)

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
        return cls(operation, _address(operation) | values, extras).as_typed()

    @classmethod
    def of_task(cls, operation: catalog.Operation, task: Task) -> Draft:
        """What the form held when this task was begun; the callback address is the studio's and not carried over."""
        prefix = f"{operation.slug}:"
        values = {at: value for at, value in task.values.items() if at != operation.callback}
        fates = {at.removeprefix(prefix): fate for at, fate in task.fates.items() if at.startswith(prefix)}
        extras = catalog.unpack(task.extras) if task.extras else catalog.Extras()
        if not task.pattern:
            return cls(operation, values, extras, fates).as_typed()
        texts = texts_of(task.pattern)
        values = turned(operation, values, lambda spot: texts.get(spot.path) or literal(spot.text))
        return cls(operation, values, extras, fates, wish=Wish.of_task(task))

    @classmethod
    def of_action(cls, operation: catalog.Operation, carried: Mapping[str, Any]) -> Draft:
        """A fresh form with what a follow-up carries over from a result."""
        draft = cls.fresh(operation)
        draft.values |= {at: value for at, value in carried.items() if operation.field(at)}
        return draft.as_typed()

    @classmethod
    def of_step(cls, operation: catalog.Operation, step: catalog.Step, carried: Mapping[str, Any]) -> Draft:
        """What a recipe's step begins with, and over it what comes from the result that the person chose."""
        values, extras = operation.values(step.body)
        values |= {at: value for at, value in carried.items() if operation.field(at)}
        return cls(operation, _address(operation) | values, extras).as_typed()

    @classmethod
    def of_preset(cls, operation: catalog.Operation, kept: Kept, *, changes: bool = False) -> Draft:
        """What a form holds that is opened from a preset's version; with `changes` nothing is held fast in it."""
        extras = catalog.Extras(kept.extras, kept.extras.order if isinstance(kept.extras, catalog.Extras) else None)
        return cls(operation, kept.start(operation), extras, dict(kept.fates), held=None if changes else kept)

    def as_typed(self) -> Draft:
        """The same draft, with texts that were no patterns where they come from: braces in them are braces."""
        self.wish = Wish(off=not all(is_literal(spot.text) for spot in spots(self.operation, self.values)))
        return self

    @property
    def prompt_at(self) -> str | None:
        """The field that is the prompt, where that is a text; None for none."""
        return prompt_at(self.operation.slug)

    @cached_property
    def start(self) -> dict[str, Any]:
        """The values of a fresh form."""
        return self.operation.start()

    @cached_property
    def language(self) -> str:
        """The reader's: each label of the form is asked for in it."""
        return get_language() or "en"

    @property
    def own_fates(self) -> dict[str, str]:
        """The person's fates as the catalog and the task take them."""
        return {f"{self.operation.slug}:{at}": fate for at, fate in self.fates.items()}

    @property
    def sent(self) -> dict[str, Any]:
        """The values of the body: its texts as they were drawn."""
        return {**self.values, **self.resolved}

    def build(self, profile: Mapping[str, str]) -> catalog.Built:
        """The body as `begin` will plan it, with the place of the callback address filled in."""
        values = self.sent
        if self.operation.callback:
            values[self.operation.callback] = planned_url()
        return self.operation.body(values, self.extras, {**profile, **self.own_fates})

    def take_body(self, body: object, profile: Mapping[str, str]) -> None:
        """Fill the form from a body edited as JSON. What was parked or could not be read stays where it was."""
        built = self.build(profile)
        self.overruled = self.held_back(body, built)
        values, extras = self.operation.values(body)
        values.pop(self.operation.callback, None)
        parked = not_sent(built)
        kept = {
            at: value
            for at, value in self.values.items()
            if at in parked and not any(paths.is_within(at, whole) for whole in values)
        }
        values, changed = self.take_texts(values)
        self.values, self.extras, self.extra_text, self.extra_wrong = kept | values, extras, None, ""
        self.typed = {at: text for at, text in self.typed.items() if at not in values}
        self.wrong = {at: why for at, why in self.wrong.items() if at not in values}
        self.json_text, self.json_wrong = None, ""
        if changed:
            self.as_typed()
        self.hold()

    def take_texts(self, values: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The values with the patterns put back where they hold what was drawn. What was typed as JSON is meant exactly
        so; true where nothing else is there, so that patterns can be switched off."""
        sent = {spot.path: spot.text for spot in spots(self.operation, self.sent)}
        typed = {spot.path: spot.text for spot in spots(self.operation, self.values)}
        found = spots(self.operation, values)
        fresh = {spot.path for spot in found if sent.get(spot.path) != spot.text}
        if not fresh:
            return turned(self.operation, values, lambda spot: typed.get(spot.path, spot.text)), False
        if all(typed.get(spot.path) == spot.text for spot in found if spot.path not in fresh):
            return values, True
        back = {path: text for path, text in typed.items() if path not in fresh}
        return turned(self.operation, values, lambda spot: back.get(spot.path) or literal(spot.text)), False

    def held_back(self, body: object, built: catalog.Built) -> list[str]:
        """The paths at which a body edited as JSON says something else than the preset holds fast. What is `built` of
        the form now, and what of it is not sent, is no matter of that body."""
        if self.held is None or not self.held.fixed:
            return []
        values, extras = self.take_texts(self.operation.values(body)[0])[0], self.operation.values(body)[1]
        places = {each.at for each in self.operation.fields if each.place != "body"} | not_sent(built)
        return [at for at in self.held.overruled(values, extras) if at in values or at not in places]

    def hold(self) -> None:
        """Put the fixed fields of the preset back, whatever a person or a forged form put over them."""
        if self.held is None or not self.held.fixed:
            return
        self.values, self.extras, self.fates = self.held.enforce(
            self.values, self.extras, self.fates, of_frames=self.operation.form.frames
        )
        for at in self.held.fixed:
            self.typed.pop(at, None)
            self.wrong.pop(at, None)
            self.literal.discard(at)

    def is_fixed(self, at: str) -> bool:
        return self.held is not None and at in self.held.fixed

    def set(self, at: str, value: Any) -> None:
        """Give a field this value, None for none, instead of all that stands in it."""
        self.typed = {other: text for other, text in self.typed.items() if not paths.is_within(other, at)}
        self.wrong = {other: why for other, why in self.wrong.items() if not paths.is_within(other, at)}
        if value is None:
            self.values, self.extras = self.operation.take_away(self.values, self.extras, at)
        else:
            self.values, self.extras = self.operation.put(self.values, self.extras, {at: value})


def not_sent(built: catalog.Built) -> set[str]:
    """The paths of values that do not go into this body."""
    return {line.at for line in built.trace if not line.kept}


def _address(operation: catalog.Operation) -> dict[str, Any]:
    """What a fresh form puts into the address: no body tells it."""
    places = {field.at: field.place for field in operation.fields}
    return {at: value for at, value in operation.start().items() if places[at] != "body"}
