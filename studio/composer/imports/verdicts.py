"""What becomes of each key of a pasted call: the rows of the table, and the body that opens as a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from studio import catalog
from studio.catalog import frames, paths
from studio.catalog.schema import Node
from studio.catalog.secret import is_secret, without_secrets
from studio.composer.imports.finding import Candidate, address_values
from studio.composer.imports.pasted import Pasted
from studio.composer.imports.reading import query_of

Verdict = Literal["ok", "converted", "unknown", "secret", "file", "ours", "left"]


class Row(NamedTuple):
    """`key` as it was written, `at` the field's path, "" for none. A secret has no value."""

    verdict: Verdict
    key: str
    at: str = ""
    value: str = ""


@dataclass
class Taken:
    """`body` is what opens; `values` are those of the address, by field."""

    candidate: Candidate
    body: Any
    values: dict[str, str]
    rows: list[Row] = field(default_factory=list)


def take(pasted: Pasted, candidate: Candidate) -> Taken:
    operation, query = candidate.operation, query_of(pasted.url)
    values = address_values(candidate, pasted, query)
    made = Taken(candidate, {}, values)
    made.rows += [Row("ok", at, at, text) for at, text in values.items()]
    if operation.form.frames:
        made.body = [judge_frame(made, name, frame) for name, frame in pasted.body.items()]
    for key, value in () if operation.form.frames else pasted.body.items():
        judge(made, key, value, is_form=pasted.is_form)
    made.rows += [Row("file", name, name if operation.field(name) else "", path) for name, path in pasted.files]
    made.rows += [of_query(name, text) for name, text in query if name not in values]
    made.rows += [of_header(name, text) for name, text in pasted.headers]
    made.rows += [Row("secret", name) for name in [*pasted.secrets, *secrets_of_address(pasted.url)]]
    made.rows += [Row("left", name, value=text) for name, text in pasted.unread]
    return made


def judge(taken: Taken, key: str, value: Any, *, is_form: bool) -> None:
    """Add the rows of one key of the body, and what is kept of it."""
    operation = taken.candidate.operation
    node = operation.form.tree.children.get(key)
    if key == operation.callback:
        taken.rows.append(Row("ours", key, key, shown(value)))
        return
    if not node and is_secret(key, value):
        taken.rows.append(Row("secret", key))
        return
    kept, dropped = without_secrets(key, value)
    if is_form and node and node.field:
        kept = as_typed(node.field, kept)
    taken.body[key] = kept
    taken.rows += [Row("secret", each) for each in dropped]
    same = dropped or operation.is_multipart or catalog.dumps(kept) == catalog.dumps(value)
    for place, leaf, inner in leaves(node, key, kept):
        verdict: Verdict = "unknown" if leaf is None else "ok" if same else "converted"
        taken.rows.append(Row(verdict, place, leaf.field.at if leaf and leaf.field else "", shown(inner)))


def judge_frame(taken: Taken, name: str, frame: Any) -> Any:
    """Add the rows of one frame, be it the first of its type or not, and return what is kept of it."""
    kept, dropped = without_secrets(name, frame)
    taken.rows += [Row("secret", each) for each in dropped]
    node, at = frames.node_of(taken.candidate.operation.form, kept), paths.join((name,))
    if node:
        taken.rows.append(Row("ok", f"{at}.{frames.TYPE}", value=shown(kept[frames.TYPE])))
    for place, leaf, inner in leaves(node, at, frames.bare(kept) if node else kept):
        if leaf is not node or inner:
            field_at = leaf.field.at if leaf and leaf.field else ""
            taken.rows.append(Row("ok" if leaf else "unknown", place, field_at, shown(inner)))
    return kept


def leaves(node: Node | None, at: str, value: Any) -> Iterator[tuple[str, Node | None, Any]]:
    """The values inside an object that the operation knows, each with its place there."""
    if isinstance(value, Mapping) and value and node and node.children:
        for key, inner in value.items():
            yield from leaves(node.children.get(key), f"{at}.{key}", inner)
    else:
        yield at, node, value


def as_typed(item: catalog.Field, value: Any) -> Any:
    """The text of a part as the field's type: a part of a form and the JSON value of it are sent alike."""
    if item.type == "array":
        return value if isinstance(value, list) else [value]
    return one_typed(item.type, value) if isinstance(value, str) else value


def one_typed(kind: str, text: str) -> Any:
    if kind not in {"integer", "number", "boolean", "object", "json"}:
        return text
    try:
        value = catalog.loads(text)
    except catalog.JSONProblem:
        return text
    fits = {"boolean": bool, "integer": int, "number": (int, float), "object": dict, "json": object}[kind]
    return value if isinstance(value, fits) and catalog.dumps(value) == text else text  # type: ignore[arg-type]


def of_query(name: str, text: str) -> Row:
    return Row("secret", name) if is_secret(name, text) else Row("left", name, value=text)


def of_header(name: str, text: str) -> Row:
    if is_secret(name, text) or name.lower() in {"authorization", "cookie", "proxy-authorization"}:
        return Row("secret", name)
    return Row("ours", name, value=text)


def secrets_of_address(url: str) -> Iterator[str]:
    if "@" in url.partition("://")[2].partition("/")[0]:
        yield "user:password@"


def shown(value: Any) -> str:
    return value if isinstance(value, str) else catalog.dumps(value)
