"""What the page shows of one field: its control, and the words around it. Plain data, cheap to render."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from studio import catalog
from studio.catalog import paths
from studio.catalog.files import refer
from studio.composer import forms
from studio.composer.boxes import in_order, is_ticked, ticks_of
from studio.composer.controls import OTHER, Kind, kind_of, show
from studio.composer.drafts import Draft
from studio.composer.holdings import Box, frame, inside, is_list, item_of
from studio.composer.items import MORE, Items, Option, is_drawn, items, members_of, with_files
from studio.composer.plan import sketch
from studio.composer.words import mark
from studio.files.filling import references_in
from studio.languages import in_words, listed

KEPT = 4096  # lists of options: what is chosen in them changes seldom


@dataclass(slots=True)
class Row:
    """One control: its name and text, and all that stands around it."""

    item: catalog.Field
    id: str
    name: str
    kind: Kind
    text: str
    label: str
    options: list[Option] = field(default_factory=list)
    other: str | None = None  # what stands beside the "other" choice; None where there is no such choice
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    changed: bool = False
    sketch: str = ""  # what an empty list would hold
    box: Box | None = None  # of a field for files
    items: Items | None = None  # of a list of objects
    more: Row | None = None  # the control for one more item with a file
    frame: str = ""  # JSON that holds one file, where files stand deeper inside
    fixed: bool = False  # a preset holds it fast: it is shown, and has no control

    @property
    def at(self) -> str:
        return self.item.at

    @property
    def literal(self) -> bool:
        return self.name.startswith(forms.LITERAL)

    @property
    def kept(self) -> tuple[str, str]:
        """Name and text of the hidden control that carries the value while the field is not shown."""
        if self.kind == "files" and self.box:
            return forms.LITERAL + self.at, self.box.as_json
        if self.kind in {"items", "boxes"}:
            return forms.LITERAL + self.at, self.text
        return self.name, self.text

    @property
    def shown(self) -> str:
        """What stands here, in words, where there is no control; "" for nothing."""
        return listed(option.label for option in self.options if option.chosen and option.value) or self.text

    @property
    def help(self) -> catalog.Text:
        return self.item.help

    @property
    def doubt(self) -> str:
        return in_words(self.item.doubt)

    @property
    def unit(self) -> str:
        return in_words(self.item.unit)

    @property
    def span(self) -> str:
        """The range in words: "-10 to 10"."""
        low, high = self.item.minimum, self.item.maximum
        if low is not None and high is not None:
            return _("%(low)s to %(high)s") % {"low": plain(low), "high": plain(high)}
        if low is not None:
            return _("from %(low)s") % {"low": plain(low)}
        return _("up to %(high)s") % {"high": plain(high)} if high is not None else ""

    @property
    def default(self) -> str:
        value = self.item.default
        return "" if value is None else value if isinstance(value, str) else catalog.dumps(value)

    @property
    def slider(self) -> dict[str, str]:
        """The slider's ends, its grain when a person moves it, and where it rests while there is no number."""
        low, high = self.item.minimum or 0.0, self.item.maximum or 0.0
        fine = 1.0 if self.item.type == "integer" else 0.1 if high - low > 2 else 0.01
        return {
            "low": plain(low),
            "high": plain(high),
            "grain": plain(self.item.step or fine),
            "rest": self.text or (self.default or ("0" if low <= 0 <= high else plain(low))),
        }


def plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else catalog.dumps(number)


def row(draft: Draft, item: catalog.Field) -> Row:
    """The control of a field with what stands in it: the value, or what was typed and could not be read."""
    choices = draft.operation.choices(item, draft.values)
    of_list = item_of(draft.operation, item)
    kind: Kind = "files" if of_list else kind_of(item, choices)
    if members_of(draft.operation.slug, item.at):
        kind = "items"
    if ticks := ticks_of(draft.operation, item):
        kind = "boxes"
    value = draft.values.get(item.at)
    known = item.at in draft.values
    name, text = forms.VALUE + item.at, ""
    if item.at in draft.typed:
        text = draft.typed[item.at]
        if kind != "json" and item.at in draft.literal:
            name = forms.LITERAL + item.at
    elif known:
        shown = stands_in(draft.operation.slug, kind, ticks or item, value)
        unused = value == "" and item.empty and not draft.operation.applies(item, draft.values)
        if shown is None or unused or not _offered(item, kind, value):
            name, shown = forms.LITERAL + item.at, catalog.dumps(value)
        text = shown
    if name.startswith(forms.LITERAL):
        kind = "json"
    made = Row(item, f"c-{mark(item.at)}", name, kind, text, item.label.get(draft.language))
    if kind in {"segmented", "select"}:
        offer(draft, made, choices, known or item.at in draft.typed)
    if kind == "boxes" and ticks:
        chosen: list[str] = value if known and isinstance(value, list) else []
        made.options = [Option(each, label_of(ticks, each), each in chosen) for each in in_order(ticks, chosen)]
    if kind == "file":
        made.box = Box.of([text] if text else [], item, draft)
    if kind == "files" and of_list:
        made.box = Box.of(value if known and isinstance(value, list) else [], of_list, draft, many=True)
    if kind == "items":
        made.items, made.more = items(draft.operation.slug, item, value, draft.files), one_more(draft, made)
    if kind == "json" and (inner := inside(draft.operation, item)):
        made.box = Box.of([refer(one) for one in references_in(value)] if known else [], inner, draft)
        made.frame = frame(item, inner)
    made.fixed = draft.is_fixed(item.at)
    made.changed = not made.fixed and differs(draft, item)
    made.sketch = sketch(draft.operation.slug, item.at) if kind == "json" else ""
    return made


def one_more(draft: Draft, above: Row) -> Row | None:
    """A control that takes a file into an item of its own, named by the kind of such items."""
    if (found := with_files(draft.operation.slug, above.at)) is None:
        return None
    member, by, kind = found
    told = draft.operation.field(paths.join((*member.steps[:-1], by)))
    box = Box.of([], member, draft, many=True)
    label = label_of(told, kind) if told else above.label
    return Row(member, f"{above.id}-more", MORE + above.at, "files", "", label, box=box)


def stands_in(slug: str, kind: Kind, item: catalog.Field, value: Any) -> str | None:
    """What the control of this kind holds as its text; None where it cannot hold the value. Of boxes `item` is one."""
    if kind == "boxes":
        return catalog.dumps(value) if is_ticked(item, value) else None
    if kind == "files":
        return "" if is_list(value) else None
    if kind == "items":
        return catalog.dumps(value) if is_drawn(slug, item.at, value) else None
    return show(item, kind, value)


def _offered(item: catalog.Field, kind: Kind, value: Any) -> bool:
    """Can the choices hold this value?"""
    return kind not in {"segmented", "select"} or item.open or any(same(value, each) for each in item.choices)


def same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    return bool(one == other) if type(one) in {str, int, bool} else catalog.dumps(one) == catalog.dumps(other)


def differs(draft: Draft, item: catalog.Field) -> bool:
    """Has a person changed what a fresh form holds here?"""
    if item.at in draft.typed:
        return True
    fresh = draft.start
    if (item.at in draft.values) != (item.at in fresh):
        return True
    return item.at in draft.values and not same(draft.values[item.at], fresh[item.at])


def offer(draft: Draft, made: Row, choices: tuple[Any, ...], given: bool) -> None:
    """The choices of a row: "not sent" first where the field may be left out, "other" last where the list is open."""
    item = made.item
    offered = [text_of(each) for each in choices]
    if given and made.text not in offered and any(text_of(each) == made.text for each in item.choices):
        offered.append(made.text)  # listed, but not beside the other values
    chosen = made.text if given and made.text in offered else None
    if item.open:
        made.other = made.text if given and chosen is None else ""
    made.options = _options(draft.operation.slug, item.at, tuple(offered), chosen, given, draft.language)


@lru_cache(KEPT)
def _options(
    slug: str, at: str, offered: tuple[str, ...], chosen: str | None, given: bool, language: str
) -> list[Option]:
    item = catalog.get(slug).form.by_path[at]
    with override(language):
        options = [Option(each, label_of(item, each), each == chosen) for each in offered]
        if item.required != "yes":
            options.insert(0, Option("", _("not sent"), not given))
        if item.open:
            options.append(Option(OTHER, _("other …"), given and chosen is None))
    return options


def text_of(choice: Any) -> str:
    return choice if isinstance(choice, str) else catalog.dumps(choice)


def label_of(item: catalog.Field, text: str) -> str:
    label = item.choice_labels.get(text)
    return in_words(label) if label else text or _("empty")
