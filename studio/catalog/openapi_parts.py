"""The parts of one OpenAPI operation: parameters, body, responses, callbacks; and what all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from . import json_schema, paths
from .about import Members, given
from .operation import Operation
from .payload_example import PayloadExample

JSON = "application/json"
EVENTS = "text/event-stream"
KEY: Members = {
    "type": "http",
    "scheme": "bearer",
    "description": "One key for all systems: Authorization: Bearer sk-…",
    "x-zh": {"description": "所有系统共用一个密钥：Authorization: Bearer sk-…"},
}
ERROR: Members = {
    "title": "What the gateway itself answers when it refuses",
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "number", "null"]},
            },
        }
    },
}
FAILURE: Members = {
    "description": "Refused or failed. A proxy may answer with a page, a rate limiter with nothing; "
    "some failures come with HTTP 200.",
    "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
    "x-zh": {"description": "被拒绝或失败。代理可能返回网页，限流可能返回空响应；部分失败的 HTTP 状态为 200。"},
}


def parameters(path: str, members: Sequence[Operation]) -> list[Members]:
    """Path, query and header parameters, each once; required where every operation requires it."""
    found: dict[tuple[str, str], Members] = {}
    for member in members:
        for field in member.fields:
            if field.place == "query" or (field.place == "path" and f"{{{field.at}}}" in path):
                needed = field.place == "path" or field.required == "yes"
                made: Members = {"name": field.at, "in": field.place, "required": needed}
                made |= {"description": field.help.en, "schema": json_schema.of_field(field)}
                made |= {} if field.example is None else {"example": field.example}
                found.setdefault((field.place, field.at), made)["required"] &= needed
        for name, value in member.headers.items():
            always = not member.headers_when
            found["header", name] = {"name": name, "in": "header", "required": always, "schema": {"const": value}}
    return list(found.values())


def request(members: Sequence[Operation], *, exclusive: bool) -> Members:
    """The body of any of the operations; nothing if none has a body. Frames over a web socket are none."""
    content: dict[str, Any] = {}
    bodies = [member for member in members if member.form.tree.children and not member.form.frames]
    for media in dict.fromkeys(_media(member) for member in bodies):
        taking = [member for member in bodies if _media(member) == media]
        schemas: list[Any] = [{"$ref": f"#/components/schemas/{member.slug}"} for member in taking]
        examples = {
            m.slug: {"summary": m.title.en, "value": m.example, "x-zh": {"summary": m.title.zh}}
            for m in taking
            if m.example is not None
        }
        several = {"oneOf" if exclusive else "anyOf": schemas}
        content[media] = given({"schema": schemas[0] if len(schemas) == 1 else several, "examples": examples})
    required = bool(content) and len(bodies) == len(members)
    return {"content": content, "required": required} if content else {}


def _media(operation: Operation) -> str:
    return "multipart/form-data" if operation.is_multipart else JSON


def responses(members: Sequence[Operation]) -> dict[str, Any]:
    """One response for each status that the examples know, and how any other refusal looks."""
    examples = _named(members, {"answer", "poll"})
    made: dict[str, Any] = {}
    for status in sorted({200, *(example.status for _, example in examples)}):
        content = _content((name, example) for name, example in examples if example.status == status)
        if status == 200:
            content |= {media: {} for member in members for media in _answered(member) if media not in content}
        told = 101 if status == 200 and all(member.form.frames for member in members) else status
        made[str(told)] = {"description": HTTPStatus(told).phrase} | given({"content": content})
    return made | {"default": {"$ref": "#/components/responses/Failure"}}


def _answered(operation: Operation) -> list[str]:
    special = {"json-binary": "application/octet-stream"} | dict.fromkeys(("json-stream", "websocket"), EVENTS)
    return [special.get(operation.transport, JSON), *([EVENTS] if operation.may_stream else [])]


def _named(members: Sequence[Operation], kinds: set[str]) -> list[tuple[str, PayloadExample]]:
    """The payloads that the operation itself answers with (or is told), each once, under a name of its own."""
    named: dict[str, PayloadExample] = {}
    for member in members:
        for example in member.payloads:
            if example.kind in kinds and (example.kind != "poll" or member.is_query):
                taken = named.get(example.name, example) != example
                named[f"{member.slug}.{example.name}" if taken else example.name] = example
    return list(named.items())


def _content(examples: Iterable[tuple[str, PayloadExample]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name, example in examples:
        if example.payload == "":
            continue
        media = "text/plain" if isinstance(example.payload, str) else JSON
        told = {"summary": example.title.en, "value": example.payload, "x-zh": {"summary": example.title.zh}}
        told |= {"x-says": dict(example.says), "x-source": example.source}
        content.setdefault(media, {"examples": {}})["examples"][name] = told
    return content


def callbacks(members: Sequence[Operation]) -> dict[str, Any]:
    """What the gateway posts to the address in the body, by the place of that address."""
    made: dict[str, Any] = {}
    for at in dict.fromkeys(member.callback for member in members if member.callback):
        told = [member for member in members if member.callback == at]
        pointer = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in paths.parse(at))
        content = _content(_named(told, {"callback"})) or {JSON: {}}
        made[at] = {f"{{$request.body#/{pointer}}}": {"post": _told(content)}}
    return made


def _told(content: dict[str, Any]) -> Members:
    return {
        "summary": "The gateway tells of a change",
        "description": "Unsigned; it may come twice, late and out of order, and as form fields instead of JSON.",
        "requestBody": {"content": content},
        "responses": {"200": {"description": "Heard. The answer's body is ignored."}},
        "security": [],
        "x-zh": {
            "summary": "网关通知变化",
            "description": "没有签名；可能重复、迟到或乱序，也可能是表单字段而非 JSON。",
        },
    }
