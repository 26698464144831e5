"""The files that stand in a field: shown as what they are, posted as the studio's short text for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from studio import catalog
from studio.assets.choosing import behind, take
from studio.assets.models import Asset
from studio.catalog.files import reference
from studio.composer.drafts import Draft
from studio.files.models import File
from studio.files.taking import ANY, NotTaken, from_address, most_bytes, too_large
from studio.teams.models import Team, User

WEB = ("http://", "https://")
ACCEPT = {"image": "image/png,image/jpeg,image/webp,image/gif", "video": "video/*", "audio": "audio/*"}


class Holding(NamedTuple):
    """One place: the text that is posted, and the file that it refers to. `gone`: it refers to none that is there;
    `copy`: it is a gateway's link to a result that we keep."""

    text: str
    file: File | None = None
    gone: bool = False
    copy: Asset | None = None


@dataclass(frozen=True)
class Box:
    """The control of a field for files: which it takes, and what stands in it. `field` is that of one file."""

    field: catalog.Field
    places: list[Holding]
    many: bool = False

    @classmethod
    def of(cls, texts: Iterable[str], field: catalog.Field, draft: Draft, *, many: bool = False) -> Box:
        ids, files, copies = [(text, reference(text)) for text in texts], draft.files, draft.copies
        places = [
            Holding(text, files.get(one or ""), bool(one) and one not in files, copies.get(text)) for text, one in ids
        ]
        return cls(field, places, many)

    @property
    def copy(self) -> Asset | None:
        """The first result that we keep of a link that stands here."""
        return next((held.copy for held in self.places if held.copy), None)

    @property
    def shown(self) -> list[Holding]:
        """What stands above the line for an address: of one file that is an address, nothing."""
        return [held for held in self.places if self.many or held.file or held.gone]

    @property
    def line(self) -> str:
        """What stands in that line; of a list nothing, it is for one more."""
        return "" if self.many or self.shown else "".join(held.text for held in self.places)

    @property
    def shape(self) -> list[str]:
        """Another one when other markup is needed; an address is typed without."""
        return [held.text if held.file or held.gone else "" for held in self.shown] + ["copy"] * bool(self.copy)

    @property
    def as_json(self) -> str:
        return catalog.dumps([held.text for held in self.places]) if self.places else ""

    @property
    def takes(self) -> str:
        return ",".join(self.field.takes)

    @property
    def only_inside(self) -> bool:
        return only_inside(self.field)

    @property
    def most(self) -> int:
        """Bytes of the largest file."""
        return most_bytes(self.field.takes)

    @property
    def too_large(self) -> str:
        return too_large(self.most)

    @property
    def icon(self) -> str:
        return self.field.takes[0] if self.field.takes[0] in {"image", "video", "audio", "text"} else "file"


def item_of(operation: catalog.Operation, field: catalog.Field) -> catalog.Field | None:
    """The field of this list's items, where each of them is a file."""
    item = operation.field(f"{field.at}[]") if field.type == "array" else None
    return item if item and item.takes else None


def inside(operation: catalog.Operation, field: catalog.Field) -> catalog.Field | None:
    """The first field for files somewhere inside this one, whose control is its JSON."""
    deeper = (each for each in operation.fields if each.at.startswith((f"{field.at}.", f"{field.at}[")))
    return next((each for each in deeper if each.takes), None)


def frame(field: catalog.Field, inner: catalog.Field) -> str:
    """The JSON of this field with one file in it, at `…`: `[{"mask": "…"}]`."""
    made: object = "…"
    for step in reversed(inner.steps[len(field.steps) :]):
        made = [made] if step is None else {step: made}
    return catalog.dumps(made)


def is_list(value: Any) -> bool:
    """Can this value stand in the places of a list? Anything else is shown as JSON."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and is_line(each) for each in value)


def is_line(text: str) -> bool:
    """Would a browser post it as it is?"""
    return bool(text) and not {"\r", "\n", "\0"} & set(text)


def accept(takes: tuple[str, ...]) -> str:
    """What a browser's file dialog offers first; "" for everything."""
    return "" if ANY in takes else ",".join(ACCEPT.get(kind, "") for kind in takes)


def only_inside(field: catalog.Field) -> bool:
    """Does the operation want the file itself, so that an address must be fetched first?"""
    return bool(field.takes) and "address" not in field.sent


def bring(draft: Draft, team: Team, person: User) -> set[str]:
    """Fetch what stands as an address where the file itself is wanted. What cannot be fetched stays, with the reason.

    Gives the paths that changed. Needs the team's scope.
    """
    changed = set()
    for field in draft.operation.fields:
        wanted = item_of(draft.operation, field) or field
        value = draft.values.get(field.at)
        if not only_inside(wanted) or not isinstance(value, str | list):
            continue
        try:
            got = brought(value, team, person, wanted)
        except NotTaken as fault:
            draft.wrong[field.at] = str(fault)
            continue
        if got != value:
            draft.set(field.at, got)
            changed.add(field.at)
    return changed


def brought(value: Any, team: Team, person: User, wanted: catalog.Field) -> Any:
    if isinstance(value, list):
        return [brought(each, team, person, wanted) for each in value]
    if isinstance(value, str) and value.lower().startswith(WEB):
        return fetched(value, team, person, wanted.takes).reference
    return value


def fetched(url: str, team: Team, person: User, takes: Collection[str]) -> File:
    """What lies behind an address. A gateway's link to a result of ours is that result where it is kept, and may lead
    to where the result is fetched from. Raises `NotTaken`."""
    kept = behind([url]).get(url)
    if kept and {ANY, kept.kind} & set(takes):
        try:
            return take(kept, team, person)
        except NotTaken:
            pass  # its bytes are gone; the link may still work
    made = Asset.objects.select_related("task__connection").filter(source_url=url).first()
    return from_address(team, person, url, takes, made.task.connection.link_origins() if made else ())
