"""Follow-ups: how a TOML table says them, and which of them a payload offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import payload as payloads
from .report import Action
from .schema import Expressions, FollowUp, ItemKind
from .table import Table
from .text import NOTHING, Text

_GROUP = re.compile(r"\{(\d)\}")


def follow_up(table: Table, data: dict[str, Any], system: str, groups: Mapping[str, Text]) -> FollowUp:
    """One [[operation.x.follow_up]]: the operation it leads to and what is carried there."""
    inner = table.within(data, field="follow_up")
    operation = inner.text("operation", required=True)
    made = FollowUp(
        operation=operation if "." in operation else f"{system}.{operation}",
        label=inner.both("label", required=True),
        set=_carried(inner, "set"),
        also=_carried(inner, "also"),
        each=inner.expression("each"),
        split=_pattern(inner, "split"),
        finds=_pattern(inner, "finds"),
        name=inner.expressions("name"),
        group=_group(inner, groups),
        needs=inner.words("needs"),
        known_by=inner.expression("known_by"),
        kinds=tuple(_kind(inner, each, groups) for each in inner.tables("kinds")),
    )
    if (made.split or made.finds or made.known_by) and made.each is None:
        inner.fault("split, finds and known_by are of the items of each.", "Add each, or remove them.")
    if made.finds and not made.finds.groups:
        inner.fault(f"finds = “{made.finds.pattern}” has no group.", "Put brackets around what is an item.")
    if bool(made.kinds) != (made.known_by is not None):
        inner.fault("kinds and known_by go together.", "Say what an item is known by, and the kinds.")
    inner.done()
    return made


def _carried(table: Table, key: str) -> dict[str, Expressions]:
    return {at: table.all_compiled(f"{key}.{at}", value) for at, value in table.table(key).items()}


def _pattern(table: Table, key: str) -> re.Pattern[str] | None:
    text = table.text(key)
    try:
        return re.compile(text) if text else None
    except re.error as problem:
        table.fault(f"{key} = “{text}” is no regular expression: {problem}.", "Correct it.")
        return None


def _group(table: Table, groups: Mapping[str, Text]) -> Text:
    name = table.text("group")
    if name and name not in groups:
        table.fault(f"group = “{name}” has no title.", f"Add {name} to [follow_up_groups].")
    return groups.get(name, NOTHING)


def _kind(table: Table, data: dict[str, Any], groups: Mapping[str, Text]) -> ItemKind:
    inner = table.within(data, field="follow_up, kinds")
    skip = inner.flag("skip", False)
    made = ItemKind(
        match=_pattern(inner, "match") or re.compile("(?!)"),
        label=inner.both("label", required=not skip),
        short=inner.text("short"),
        group=_group(inner, groups),
        skip=skip,
    )
    if not inner.text("match", required=True):
        made = ItemKind(re.compile("(?!)"), made.label)
    inner.done()
    return made


def actions(
    follow_ups: Sequence[FollowUp],
    value: object,
    asked: Mapping[str, Any],
    gateway_ids: Sequence[str],
    state: str | None,
    needs: str,
) -> Iterator[Action]:
    """What a payload offers: a result its follow-ups, a task that waits for input those that bring it."""
    known = {"asked": dict(asked), "gateway_ids": list(gateway_ids)}
    for each in follow_ups:
        if needs not in each.needs if each.needs else state != "succeeded":
            continue
        offers: list[tuple[int, Action]] = []
        found = payloads.find(each.each, value) if each.each else [None]
        items = list(_items(each, found))
        for number, item in enumerate(items, start=1):
            ground: Any = value
            if isinstance(value, dict) or each.each:  # a list has no members, but its items are known
                told = value if isinstance(value, dict) else {}
                ground = told | known | ({"item": item} if each.each else {})
            values = {at: payloads.first(expressions, ground) for at, expressions in each.set.items()}
            if any(got is None for got in values.values()):
                continue
            more = {at: payloads.first(expressions, ground) for at, expressions in each.also.items()}
            values |= {at: got for at, got in more.items() if got is not None}
            if offer := _named(each, ground, values, number if len(items) > 1 else 0):
                offers.append(offer)
        yield from (action for _, action in sorted(offers, key=lambda offer: offer[0]))


def _items(each: FollowUp, found: object) -> Iterator[object]:
    """The items of a list; of a text its pieces behind each mark, without what stands before the first, or what is
    found in it, each once."""
    if each.split and isinstance(found, str):
        found = [piece.strip() for piece in each.split.split(found)[1:]]
    elif each.finds and isinstance(found, str):
        found = list(dict.fromkeys(match[1] or "" for match in each.finds.finditer(found)))
    yield from (item for item in found if item != "") if isinstance(found, list) else ()


def _named(each: FollowUp, ground: object, values: Mapping[str, Any], number: int) -> tuple[int, Action] | None:
    """The offer under its name: that of its kind, else its own, else that of the follow-up; None for a kind to skip.

    Before it stands the place of its kind: offers come in the order of the kinds.
    """
    known_by = payloads.find(each.known_by, ground) if each.known_by else None
    for place, kind in enumerate(each.kinds):
        if isinstance(known_by, str) and (match := kind.match.search(known_by)):
            if kind.skip:
                return None
            label = Text(_filled(kind.label.en, match), _filled(kind.label.zh, match))
            return place, Action(each.operation, values, label, kind.group or each.group, _filled(kind.short, match))
    label = _numbered(each.label, number)
    name = payloads.sentence(payloads.first(each.name, ground))
    return len(each.kinds), Action(each.operation, values, Text(name, name) if name else label, each.group)


def _numbered(label: Text, number: int) -> Text:
    """The label with the item's number in its place; without a place, at the end of all but a lone item's."""
    if "{number}" in label.en:
        return label.fill(number=number or 1)
    return Text(f"{label.en} · {number}", f"{label.zh} · {number}") if number else label


def _filled(text: str, match: re.Match[str]) -> str:
    """The text with what the pattern's groups found in place of {1}, {2}."""
    return _GROUP.sub(lambda found: match[int(found[1])] or "", text)
