"""The call that a draft or an example makes, for the generators of code. The key never appears."""

from __future__ import annotations

from typing import Any

from studio import catalog
from studio.composer.code import LANGUAGES, TALKS, Language, Part, Request, Talk
from studio.teams.models import Connection


def languages(operation: catalog.Operation) -> tuple[Language, ...]:
    """The languages that this call can be told in."""
    return TALKS if operation.turn else LANGUAGES


def call(operation: catalog.Operation, connection: Connection | None, values: dict[str, object], body: Any) -> Request:
    """What reaches the gateway is the body as it is. None is no body, and so is an empty one of a GET."""
    base = connection.base_url.rstrip("/") if connection else "https://gateway.example.com"
    path = connection.path_for(operation) if connection else operation.path
    empty = body is None or (operation.method == "GET" and not body)
    address, headers = base + operation.address(values, path), tuple(operation.headers_of(values).items())
    if turn := operation.turn:
        frames = tuple(catalog.dumps(frame) for frame in body or ())
        return Request(operation.method, address, headers, talk=Talk(frames, turn.opened, turn.ended, turn.error))
    return Request(
        operation.method,
        address,
        headers,
        body=None if empty or operation.is_multipart else catalog.dumps(body),
        parts=tuple(parts(operation, body)) if operation.is_multipart and not empty else None,
    )


def parts(operation: catalog.Operation, body: Any) -> list[Part]:
    """The parts of a form; a file is told by `@` and its name, in a field that holds files."""
    made = []
    for name, text in catalog.form_parts(body):
        is_file = text.startswith("@") and holds_file(operation, name)
        made.append(Part(name, text.removeprefix("@") if is_file else text, is_file))
    return made


def holds_file(operation: catalog.Operation, name: str) -> bool:
    node = operation.form.tree.children.get(name)
    return bool(node and node.field and "file" in node.field.types)
