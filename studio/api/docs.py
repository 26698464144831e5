"""The page that tells the API, made from its OpenAPI document: in our own look, and without a script of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio.api import limits
from studio.api.door import document

EXAMPLES = {
    "PresetRun": {"values": {"prompt": "a red kite over the sea"}},
    "body": {"prompt": "a red kite over the sea", "model": "gen3"},
}
NUMBERS = {"pk": "17", "n": "1", "name": "NAME"}
JSON = "application/json"


@dataclass(frozen=True)
class Said:
    """A parameter, or a member of a body or an answer."""

    name: str
    kind: str
    text: str
    needed: bool = False

    @property
    def shown(self) -> SafeString:
        return in_code(drawn(self.text))


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    title: str
    text: str
    curl: str
    given: list[Said] = field(default_factory=list)
    body: list[Said] = field(default_factory=list)
    answer: list[Said] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        return f"{self.method}-{self.path.strip('/').replace('/', '-').translate({123: None, 125: None})}".lower()

    @property
    def shown(self) -> SafeString:
        return in_code(drawn(self.text))


def drawn(text: str) -> str:
    """In the reader's language: the document is English for all programs, and its texts are marked where they stand."""
    return _(text) if text else ""


def in_code(text: str) -> SafeString:
    """What stands between backticks is code."""
    parts = text.split("`")
    pieces = [format_html("<code>{}</code>", part) if place % 2 else escape(part) for place, part in enumerate(parts)]
    return mark_safe("".join(pieces))  # noqa: S308  # each piece is escaped


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For everybody: it tells nothing of any team."""
    told = document()
    context = {
        "endpoints": list(endpoints(told)),
        "errors": errors(),
        "refusal": members(told, {"$ref": "#/components/schemas/Fault"}),
        "calls": limits.CALLS,
        "runs": limits.RUNS,
        "host": settings.PUBLIC_URL.rstrip("/"),
    }
    return render(request, "api/docs.html", context)


def endpoints(told: dict[str, Any]) -> Iterator[Endpoint]:
    for path, methods in told["paths"].items():
        for method, each in methods.items():
            body = schema_of(each.get("requestBody", {}))
            good = [answer for status, answer in each["responses"].items() if int(status) < 300]
            given = [parameter(one) for one in each.get("parameters", ())]
            yield Endpoint(
                method=method.upper(),
                path=path,
                title=drawn(each["summary"]),
                text=each.get("description", ""),
                curl=curl(method.upper(), path, body),
                given=given,
                body=members(told, body),
                answer=members(told, schema_of(good[0])),
                statuses=sorted(each["responses"]),
            )


def schema_of(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = part.get("content", {}).get(JSON, {}).get("schema", {})
    return found


def parameter(one: dict[str, Any]) -> Said:
    schema = one["schema"]
    text = one.get("description") or schema.get("description", "")
    return Said(one["name"], f"{kind(schema)}, {one['in']}", text, bool(one.get("required")))


def members(told: dict[str, Any], schema: dict[str, Any]) -> list[Said]:
    shape = told["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    needed = shape.get("required", ())
    found = shape.get("properties", {}).items()
    return [Said(name, kind(each), each.get("description", ""), name in needed) for name, each in found]


def kind(schema: dict[str, Any]) -> str:
    """Its type in words of JSON."""
    if "anyOf" in schema:
        return " | ".join(kind(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"[{kind(schema.get('items', {}))}]"
    return str(schema.get("type", "any"))


def curl(method: str, path: str, body: dict[str, Any]) -> str:
    lines = ['curl -H "Authorization: Bearer $TOKEN"']
    if method == "POST":
        lines[0] += " -X POST"
    if body:
        shape = EXAMPLES.get(str(body.get("$ref", "body")).rpartition("/")[2], EXAMPLES["body"])
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(shape)}'"]
    for name, number in NUMBERS.items():
        path = path.replace("{" + name + "}", number)
    return " \\\n  ".join([*lines, settings.PUBLIC_URL.rstrip("/") + path])


def errors() -> list[tuple[str, str]]:
    return [
        ("400", _("The body is not readable JSON. Send one JSON object.")),
        ("401", _("No token, or one that is expired, revoked, or whose person left the team.")),
        ("403", _("The token may only read, or its person's role does not allow it.")),
        ("404", _("There is no such thing in this token's team.")),
        ("409", _("It does not fit the current state, or the Idempotency-Key was used for something else.")),
        ("413", _("This is too large. A body may have two and a half megabytes.")),
        ("422", _("What was sent does not fit. “fields” says what is wrong with which.")),
        ("429", _("Too often, or too many tasks wait. “Retry-After” says how many seconds to wait.")),
        ("500", _("The studio failed at this. It is in its log; tell whoever runs the studio.")),
        ("503", _("The studio's database or disk is away. Nothing was begun; try again.")),
    ]
