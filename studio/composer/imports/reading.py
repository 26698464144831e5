"""A pasted text: a curl command, a JSON body, a HAR or one entry of it, or an export of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from studio import catalog
from studio.catalog import frames
from studio.composer.imports.curl import add, is_command, read_curl, take_data
from studio.composer.imports.pasted import MOST, MOST_CALLS, Pasted, Unreadable


def read(text: str) -> list[Pasted]:
    """The calls in a text, at least one, in their order. Raises `Unreadable`."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    if not text.strip():
        raise Unreadable("empty")
    if len(text.encode(errors="replace")) > MOST:
        raise Unreadable("long")
    if text.lstrip()[0] in "{[":
        return of_json(text)
    if is_command(text):
        return [read_curl(text)]
    raise Unreadable("nothing")


def of_json(text: str) -> list[Pasted]:
    try:
        value = catalog.loads(text)
    except catalog.JSONProblem as fault:
        raise Unreadable("json", fault) from fault
    if isinstance(value, list) and value and all(frames.type_of(each) is not None for each in value):
        return [Pasted(body=frames.named(value), is_frames=True)]
    if not isinstance(value, dict):
        raise Unreadable("no-body")
    log = value.get("log")
    if isinstance(log, dict) and isinstance(log.get("entries"), list):
        return calls_of(log["entries"])
    if entry := of_entry(value):
        return [entry]
    if exported := of_export(value):
        return exported[:MOST_CALLS]
    return [Pasted(body=value)]


def calls_of(entries: list[Any]) -> list[Pasted]:
    """Of all that a browser recorded, the calls that bring something. Raises `Unreadable` where there is none."""
    found = [made for each in entries if (made := of_entry(each)) and (made.body or made.files)]
    if not found:
        raise Unreadable("no-calls")
    return found[:MOST_CALLS]


def of_entry(value: object) -> Pasted | None:
    """One entry of a HAR, or its request; None for anything else."""
    request = value.get("request", value) if isinstance(value, dict) else None
    if not isinstance(request, dict) or not all(isinstance(request.get(name), str) for name in ("method", "url")):
        return None
    if not isinstance(request.get("headers"), list):
        return None
    made = Pasted(request["method"].upper(), request["url"], pairs(request["headers"]))
    posted = request.get("postData")
    if isinstance(posted, dict):
        text, kind, params = posted.get("text"), str(posted.get("mimeType")), posted.get("params")
        if isinstance(params, list) and params and ("multipart" in kind or not isinstance(text, str)):
            take_params(made, params)
        elif isinstance(text, str):
            try:
                take_data(made, text, kind)
            except Unreadable:  # one of many calls; the others can be read
                made.unread.append(("", text))
    return made


def take_params(made: Pasted, params: list[Any]) -> None:
    made.is_form = True
    for each in params:
        if not isinstance(each, dict):
            continue
        if each.get("fileName"):
            made.files.append((str(each.get("name")), str(each["fileName"])))
        else:
            add(made, str(each.get("name")), str(each.get("value", "")))


def pairs(found: list[Any]) -> list[tuple[str, str]]:
    return [(str(each.get("name")), str(each.get("value"))) for each in found if isinstance(each, dict)]


def of_export(value: dict[str, Any]) -> list[Pasted]:
    """`{"operation": "runway.generate-text", "body": {...}}`, alone or in a list under `presets` or `calls`."""
    inside = next((value[name] for name in ("presets", "calls") if isinstance(value.get(name), list)), [value])
    return [
        Pasted(operation=each["operation"], body=named(each["body"]), is_frames=isinstance(each["body"], list))
        for each in inside
        if isinstance(each, dict)
        and isinstance(each.get("operation"), str)
        and isinstance(each.get("body"), dict | list)
    ]


def named(body: dict[str, Any] | list[Any]) -> dict[str, Any]:
    return frames.named(body) if isinstance(body, list) else body


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(url.partition("?")[2].partition("#")[0], keep_blank_values=True)
