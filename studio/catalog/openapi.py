"""All operations as one OpenAPI 3.1 document, for other tools.

`operationId` is the catalog's slug. OpenAPI knows one operation for a path and method: where several operations share
them (told apart by the body), the id is their slugs joined by `-or-`, the body is one of their schemas, and
`x-operations` describes each. What OpenAPI has no word for stands in `x-` members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from . import apart, openapi_parts
from .about import Members, both, given
from .failures import Failure
from .operation import Operation, System

VERSION = "3.1.0"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROOT = Members(
    url="{gateway}",
    description="The root of the gateway, without /v1 and without a slash at its end.",
    variables={"gateway": {"default": "https://gateway.example.com"}},
)


def document(
    systems: Sequence[System], failures: Mapping[str, Sequence[Failure]], fates: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The whole document. `fates` are those of a connection, as `Operation.schema` takes them."""
    operations = [operation for system in systems for operation in system.operations]
    return {
        "openapi": VERSION,
        "info": {
            "title": "What the gateway can make",
            "description": "Every operation of the catalog: its body and its rules, answers, callbacks and sources.",
            "version": "1.0.0",
            "x-zh": {"title": "网关可生成的内容", "description": "目录中的全部功能：请求体及规则、响应、回调与来源。"},
        },
        "jsonSchemaDialect": DIALECT,
        "servers": [ROOT],
        "security": [{"key": []}],
        "tags": [_tag(system) for system in systems],
        "paths": _paths(operations),
        "components": {
            "securitySchemes": {"key": openapi_parts.KEY},
            "responses": {"Failure": openapi_parts.FAILURE},
            "schemas": {each.slug: _schema(each, fates) for each in operations} | {"Error": openapi_parts.ERROR},
        },
        "x-failures": {system: [_failure(each) for each in known] for system, known in failures.items() if known},
    }


def _tag(system: System) -> Members:
    texts = {"x-zh": {"name": system.title.zh}, "x-source": system.source, "x-doubt": both(system.doubt)}
    return {"name": system.title.en} | given(texts)


def _schema(operation: Operation, fates: Mapping[str, str] | None) -> dict[str, Any]:
    """The body's schema; where a path is shared, with what it is told apart by."""
    schema = operation.schema(fates)
    del schema["$schema"]
    marks = [apart.schema(key, mark) for key, mark in operation.told_apart.items()]
    return schema | ({"allOf": [*schema.get("allOf", []), *marks]} if marks else {})


def _paths(operations: Sequence[Operation]) -> dict[str, dict[str, Any]]:
    shared: dict[str, dict[str, list[Operation]]] = {}
    for operation in operations:
        for path in addresses(operation):
            shared.setdefault(path, {}).setdefault(operation.method.lower(), []).append(operation)
    return {
        path: {method: _item(path, members) for method, members in methods.items()} for path, methods in shared.items()
    }


def addresses(operation: Operation) -> list[str]:
    """Its path; and once more without the steps that may be left out, since OpenAPI requires every step."""
    short = operation.path
    for field in operation.fields:
        if field.place == "path" and field.required == "no":
            short = short.replace(f"/{{{field.at}}}", "")
    return list(dict.fromkeys([operation.path, short]))


def _item(path: str, members: Sequence[Operation]) -> dict[str, Any]:
    return {
        "operationId": _id(path, members),
        "tags": list(dict.fromkeys(member.system_title.en for member in members)),
        **_words(members),
        **given(
            {
                "parameters": openapi_parts.parameters(path, members),
                "requestBody": openapi_parts.request(members, exclusive=_exclusive(members)),
                "responses": openapi_parts.responses(members),
                "callbacks": openapi_parts.callbacks(members),
                "x-operations": [_facts(member) for member in members],
            }
        ),
    }


def _id(path: str, members: Sequence[Operation]) -> str:
    slugs = "-or-".join(member.slug for member in members)
    return slugs if path == members[0].path else f"{slugs}-short"


def _words(members: Sequence[Operation]) -> Members:
    first = members[0]
    if len(members) == 1:
        zh = {"summary": first.title.zh, "description": first.description.zh}
        return {"summary": first.title.en, "description": first.description.en, "x-zh": zh}
    lines_en = [f"- {m.title.en} (`{m.slug}`): {m.description.en}" for m in members]
    lines_zh = [f"- {m.title.zh}（`{m.slug}`）：{m.description.zh}" for m in members]
    return {
        "summary": " / ".join(m.title.en for m in members),
        "description": "\n".join(lines_en),
        "x-zh": {"summary": " / ".join(m.title.zh for m in members), "description": "\n".join(lines_zh)},
    }


def _exclusive(members: Sequence[Operation]) -> bool:
    """Can no body be two of them?"""
    return all(apart.exclude(one.told_apart, two.told_apart) for one, two in combinations(members, 2))


def _facts(operation: Operation) -> Members:
    follow_ups = [{"operation": f.operation, "label": both(f.label), "sets": list(f.set)} for f in operation.follow_ups]
    poll = {"operation": operation.poll, "set": dict(operation.poll_set), "every": operation.poll_every}
    return {"operation": operation.slug, "status": operation.status, "enabled": operation.enabled} | given(
        {
            "makes": operation.makes if operation.makes != "none" else "",
            "makes_count": operation.makes_count if operation.makes_count > 1 else None,
            "transport": operation.transport,
            "frames": _frames(operation),
            "query": operation.is_query or None,
            "told_apart": {key: m if isinstance(m, bool) else list(m) for key, m in operation.told_apart.items()},
            "poll": given(poll) if operation.poll else {},
            "callback": operation.callback,
            "seconds": operation.seconds,
            "patience": operation.patience,
            "result_hours": operation.result_hours,
            "price": operation.price,
            "follow_ups": follow_ups,
            "seed_row": operation.seed_row,
            "source": operation.source,
            "doubt": both(operation.doubt),
        }
    )


def _frames(operation: Operation) -> Members:
    """What goes over a web socket, for which OpenAPI has no word: a list of frames, and the types of what is heard."""
    if operation.turn is None:
        return {}
    return {"schema": {"$ref": f"#/components/schemas/{operation.slug}"}, "example": operation.example} | {
        name: getattr(operation.turn, name) for name in ("opened", "began", "ended", "error")
    }


def _failure(failure: Failure) -> Members:
    told = failure.explanation
    return given(
        {
            "name": failure.name,
            "match": list(failure.matches),
            "alone": failure.alone or None,
            "statuses": sorted(failure.statuses),
            "cause": both(told.cause),
            "fix": both(told.fix),
            "charged": told.charged,
            "again": told.again,
            "source": failure.source,
            "doubt": both(failure.doubt),
        }
    )
