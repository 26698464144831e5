"""A list of objects as a form: an item has a control for each of its plain members, and keeps what else it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from studio import catalog
from studio.catalog.files import reference
from studio.composer.controls import UNSET, Kind, NotReadable, kind_of, parse, parse_json, show
from studio.composer.holdings import Holding
from studio.composer.words import mark
from studio.files.models import File
from studio.languages import in_words

# Names of the controls, each followed by the list's path: an item's place, its other keys, the order of its keys.
ITEM, REST, ORDER = "item:", "rest:", "keys:"
MORE = "more:"  # a file that becomes an item of its own
GIVEN = "given:"  # items in which nothing is written stand in the body all the same
PLAIN: Final = frozenset({"string", "integer", "number", "boolean"})
MOST = 500  # controls of a list: with a thousand a form cannot be posted, so a longer one is shown as JSON
AROUND = 3  # controls of an item besides its members: its place, its other keys, their order


class Option(NamedTuple):
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Member:
    """One control of an item; `options` of a choice, `held` the file that stands in it."""

    field: catalog.Field
    id: str
    name: str
    kind: Kind
    text: str
    label: str
    options: tuple[Option, ...] = ()
    held: Holding | None = None


@dataclass(frozen=True)
class Item:
    """`rest` is the JSON of the keys that have no control here, "" for none; `order` the JSON list of all its keys."""

    id: str
    members: tuple[Member, ...]
    rest: str
    order: str

    @property
    def holds_file(self) -> bool:
        return any(member.held for member in self.members)


@dataclass(frozen=True)
class Items:
    """The control of a list. `shape` changes exactly when other markup is needed. `given`: the list is there, although
    nothing is written in it."""

    places: tuple[Item, ...]
    given: bool = False

    @property
    def shape(self) -> list[tuple[str, ...]]:
        drawn = [[f"{each.kind}{'file' * bool(each.held)}{each.name}" for each in item.members] for item in self.places]
        made = [(*members, "rest" * bool(item.rest)) for members, item in zip(drawn, self.places, strict=True)]
        return [*made, ("given",)] if self.given else made


@cache
def members_of(slug: str, at: str) -> tuple[catalog.Field, ...]:
    """The plain members of a list's items; none where items are no objects, hold nothing plain, or hold files, unless
    a file is only one of the kinds of them."""
    operation = catalog.get(slug)
    found = operation.field(at)
    if found is None or found.type != "array" or found.spoken or operation.field(f"{at}[]"):
        return ()
    inside = [each for each in operation.fields if each.steps[: len(found.steps) + 1] == (*found.steps, None)]
    if any(each.takes and not each.kinds for each in inside):
        return ()
    return tuple(each for each in inside if len(each.steps) == len(found.steps) + 2 and each.type in PLAIN)


def is_drawn(slug: str, at: str, value: Any) -> bool:
    """Can this value stand as items? Anything else is shown as JSON."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return False
    return 0 < len(value) * (len(members_of(slug, at)) + AROUND) <= MOST


def blank(slug: str, at: str) -> dict[str, Any]:
    """An item with nothing in it: its required texts empty, its required choices the usual ones."""
    wanted = [each for each in members_of(slug, at) if each.required == "yes"]
    return {key_of(each): usual(each) for each in wanted if usual(each) is not None}


def is_blank(slug: str, at: str, value: list[dict[str, Any]]) -> bool:
    """Is nothing written in any of these items?"""
    return all(each == blank(slug, at) for each in value)


def usual(field: catalog.Field) -> Any:
    if field.default is not None:
        return field.default
    return field.choices[0] if field.choices else "" if field.type == "string" and field.empty else None


def key_of(field: catalog.Field) -> str:
    return str(field.steps[-1])


@cache
def with_files(slug: str, at: str) -> tuple[catalog.Field, str, str] | None:
    """The member of a list's items that may be a file, the one that tells their kind, and the kind in which it is."""
    for each in members_of(slug, at):
        roles = each.kinds.roles if each.kinds else {}
        if each.kinds and (kind := next((kind for kind, role in roles.items() if role in each.takes), "")):
            return each, each.kinds.by, kind
    return None


def with_file(slug: str, at: str, text: str) -> dict[str, Any]:
    """An item that holds this file, or its address."""
    if (found := with_files(slug, at)) is None:
        return {}
    member, by, kind = found
    return {by: kind, key_of(member): text}


def items(slug: str, field: catalog.Field, value: Any, files: Mapping[str, File] | None = None) -> Items:
    """The control with these items in it, or with one blank item."""
    drawn, members = is_drawn(slug, field.at, value), members_of(slug, field.at)
    values = value if drawn else [blank(slug, field.at)]
    places = tuple(_item(field.at, members, place, each, files or {}) for place, each in enumerate(values))
    return Items(places, drawn and is_blank(slug, field.at, values))


def _item(
    at: str, members: tuple[catalog.Field, ...], place: int, value: dict[str, Any], files: Mapping[str, File]
) -> Item:
    shown = {key_of(each): _text(each, value) for each in members}
    rest = {key: each for key, each in value.items() if shown.get(key) is None}
    return Item(
        id=f"c-{mark(at)}-{place}",
        members=tuple(
            _member(at, each, each.role_in(value), place, shown[key_of(each)] or "", files)
            for each in members
            if key_of(each) not in rest
        ),
        rest=catalog.dumps(rest, indent=2) if rest else "",
        order=catalog.dumps(list(value)),
    )


def _text(field: catalog.Field, value: dict[str, Any]) -> str | None:
    """What stands in the member's control; None where the value can only stand as JSON."""
    key = key_of(field)
    return show(field, kind_of_member(field), value[key]) if key in value else ""


def kind_of_member(field: catalog.Field) -> Kind:
    """Small controls: what decides is a list to choose from, never a row of buttons or a slider."""
    kind = kind_of(field, field.choices)
    return {"segmented": "select", "switch": "select", "range": "number"}.get(kind, kind)  # type: ignore[return-value]


def _member(at: str, field: catalog.Field, role: str, place: int, text: str, files: Mapping[str, File]) -> Member:
    """`role` is what the field is for in this item: what a file stands in may be a text in another one."""
    name = f"{ITEM}{at}:{place}:{key_of(field)}"
    kind = kind_of_member(field)
    options = _options(field, text) if kind == "select" else ()
    id_ = f"c-{mark(at)}-{place}-{mark(field.at)}"
    one = reference(text) if role in field.takes else None
    held = Holding(text, files.get(one), one not in files) if one else None
    return Member(field, id_, name, kind, text, in_words(field.label), options, held)


def _options(field: catalog.Field, text: str) -> tuple[Option, ...]:
    known = [catalog.dumps(each) if not isinstance(each, str) else each for each in field.choices] or ["true", "false"]
    offered = [*([] if field.required == "yes" and text else [""]), *known]
    if text not in offered:
        offered.append(text)
    labels = {each: in_words(label) for each, label in field.choice_labels.items()}
    words = {"": _("not sent"), "true": _("yes"), "false": _("no")}
    return tuple(Option(each, labels.get(each) or words.get(each, each), each == text) for each in offered)


def read(slug: str, field: catalog.Field, post: QueryDict) -> Any:
    """The list that was posted, `UNSET` for one in which nothing was written, unless it was given so.

    Raises `NotReadable` with a sentence; `as_typed` is the list as JSON with what was typed in its place.
    """
    at, problem = field.at, ""
    found: list[dict[str, Any]] = []
    for place in post.getlist(ITEM + at):
        values, wrong = _read_item(slug, at, place, post)
        found.append(values)
        problem = problem or wrong
    if more := str(post.get(MORE + at, "")).strip():
        found.append(with_file(slug, at, more))
    if problem:
        raise NotReadableItems(problem, catalog.dumps(found, indent=2))
    return UNSET if GIVEN + at not in post and is_blank(slug, at, found) else found


class NotReadableItems(NotReadable):
    """`as_typed` is JSON in which nothing that was typed is missing."""

    def __init__(self, sentence: str, as_typed: str) -> None:
        super().__init__(sentence)
        self.as_typed = as_typed


def _read_item(slug: str, at: str, place: str, post: QueryDict) -> tuple[dict[str, Any], str]:
    """One item, and what is wrong with it: then the text itself stands where its value would."""
    given: dict[str, Any] = {}
    problem = ""
    try:
        rest = parse_json(post.get(f"{REST}{at}:{place}", ""))
        given = dict(rest) if isinstance(rest, dict) else {}
        if rest is not UNSET and not isinstance(rest, dict):
            raise NotReadable(_("The other keys of an item are one JSON object."))
    except NotReadable as fault:
        problem, given["?"] = str(fault), post.get(f"{REST}{at}:{place}", "")
    for field in members_of(slug, at):
        text = post.get(f"{ITEM}{at}:{place}:{key_of(field)}")
        if text is None:
            continue
        try:
            value = parse(field, text)
        except NotReadable as fault:
            problem, value = problem or str(fault), text
        if value is not UNSET:
            given[key_of(field)] = value
    return _ordered(given, post.get(f"{ORDER}{at}:{place}", "")), problem


def _ordered(given: dict[str, Any], order: str) -> dict[str, Any]:
    """The keys as they stood, new ones behind."""
    try:
        known = catalog.loads(order) if order else []
    except catalog.JSONProblem:
        known = []
    first = [key for key in known if isinstance(key, str) and key in given] if isinstance(known, list) else []
    return {key: given[key] for key in dict.fromkeys([*first, *given])}
