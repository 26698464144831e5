"""fill: each reference in a body gives way to its file, in the way the operation wants it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from studio import catalog
from studio.catalog import frames
from studio.catalog.files import reference
from studio.catalog.schema import Field, Node, Sending
from studio.files.addresses import signed_url
from studio.files.models import File
from studio.gateway import FilePart
from studio.gateway.errors import gettext_noop
from studio.teams.models import Team
from studio.teams.scope import scope

MOST_INSIDE = 200 * 1024 * 1024  # bytes of a file that goes inside a body, which stands in memory as a whole
HEAD = 9  # bytes of a file that are shown, as 12 letters

MISSING = gettext_noop("A file of this body is not there any more, or is not this team's. Choose it again.")
NO_PLACE = gettext_noop("A file stands where the operation takes none. Remove it there.")
TOO_LARGE = gettext_noop("A file of this body is too large to be sent inside it. Choose one of at most 200 MB.")
Put = Callable[[Field | None, str], Any]  # what stands in a place of this field instead of the file with this id


class NotFilled(Exception):
    """Nothing was sent, and the same body would come to the same; the text is a fixed sentence for a person."""


@dataclass(frozen=True)
class Filled:
    """`told` is what is kept of the body: the addresses that are sent, references instead of base64, and `@name` for a
    part."""

    told: Any
    read: Callable[[], Any]

    @cached_property
    def body(self) -> Any:
        """What is sent: its files are read the first time. Raises `NotFilled`."""
        return self.read()


def fill(operation: catalog.Operation, body: Any, team: Team | int, *, reached: bool = True) -> Filled:
    """`reached`: the gateway can fetch from our address; where it cannot, another way that the field allows is taken.

    Raises `NotFilled`.
    """
    files = files_in(body, team)
    addresses = {public_id: signed_url(file) for public_id, file in files.items()}

    def tell(field: Field | None, public_id: str) -> Any:
        if field is None:
            raise NotFilled(NO_PLACE)
        if public_id not in files:
            raise NotFilled(MISSING)
        file = files[public_id]
        way = way_of(field, reached=reached)
        return addresses[public_id] if way == "address" else f"@{file.name}" if way == "part" else file.reference

    def put(field: Field | None, public_id: str) -> Any:
        told, file = tell(field, public_id), files[public_id]
        way = way_of(field, reached=reached) if field else "address"
        return told if way == "address" else inside(file, way)

    return Filled(replaced(operation, body, tell), lambda: replaced(operation, body, put))


def files_in(body: object, team: Team | int) -> dict[str, File]:
    """The team's files that a body refers to, by public id; what is not there is left out. Some may be hidden from who
    looks."""
    wanted = set(references_in(body))
    if not wanted:
        return {}
    with scope(team):
        return {file.public_id: file for file in File.objects.filter(public_id__in=wanted)}


def references_in(value: object) -> list[str]:
    """The public ids of all files that a value refers to, in their order."""
    if isinstance(value, dict):
        return [each for inner in value.values() for each in references_in(inner)]
    if isinstance(value, list | tuple):
        return [each for inner in value for each in references_in(inner)]
    found = reference(value)
    return [found] if found else []


def replaced(operation: catalog.Operation, body: Any, put: Put) -> Any:
    """The same body with something else in the place of each reference."""
    form = operation.form
    if form.frames and isinstance(body, list):
        return [_replaced(frames.node_of(form, frame), None, frame, put) for frame in body]
    return _replaced(form.tree, None, body, put)


def _replaced(node: Node | None, above: Field | None, value: Any, put: Put) -> Any:
    field = node.field if node and node.field and node.field.takes else None
    if isinstance(value, Mapping):
        children = node.children if node else {}
        return {key: _replaced(children.get(key), None, inner, put) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(node.items if node else None, field, inner, put) for inner in value]
    found = reference(value)
    return put(field or above, found) if found else value


def way_of(field: Field, *, reached: bool) -> Sending:
    """How a file goes in this field: the preferred way, unless that is an address that nobody out there can reach."""
    if reached:
        return field.sent[0]
    return next((way for way in field.sent if way != "address"), field.sent[0])


def by_address(operation: catalog.Operation, body: Any, files: Mapping[str, File]) -> list[File]:
    """The files of a body that go by address although nobody out there can reach ours."""
    found: dict[str, File] = {}

    def put(field: Field | None, public_id: str) -> None:
        if field and public_id in files and way_of(field, reached=False) == "address":
            found[public_id] = files[public_id]

    replaced(operation, body, put)
    return list(found.values())


def inside(file: File, way: Sending) -> str | FilePart:
    """The file itself, as base64 or as a part. Raises `NotFilled`."""
    if file.size > MOST_INSIDE:
        raise NotFilled(TOO_LARGE)
    try:
        with file.file.open("rb") as opened:
            data = opened.read()
    except FileNotFoundError as fault:
        raise NotFilled(MISSING) from fault
    if way == "part":
        return FilePart(file.name, file.media_type, data)
    return prefix(file, way) + base64.b64encode(data).decode()


def prefix(file: File, way: Sending) -> str:
    return f"data:{file.media_type};base64," if way == "data-url" else ""


def describe(operation: catalog.Operation, body: Any, files: Mapping[str, File], *, reached: bool) -> Any:
    """The body for a person's eyes: a short text where each file will be. Never raises."""

    def put(field: Field | None, public_id: str) -> str:
        file = files.get(public_id)
        if file is None or field is None:
            return _("<a file that is not there>") if file is None else file.reference
        if file.is_hidden:
            return _("<a private file>")
        way = way_of(field, reached=reached)
        if way == "address":
            return _("<signed address of %(name)s>") % {"name": file.name}
        if way == "part":
            return f"@{file.name}"
        return f"{prefix(file, way)}{head(file)}… ({filesizeformat(file.size)})"

    return replaced(operation, body, put)


def head(file: File) -> str:
    """The first letters of its base64."""
    try:
        with file.file.open("rb") as opened:
            return base64.b64encode(opened.read(HEAD)).decode()
    except FileNotFoundError:
        return ""
