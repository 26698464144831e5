"""Which operation a pasted call is: by its method and address, else by the shape of its body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from studio import catalog
from studio.catalog import apart, frames, paths
from studio.catalog import body as bodies
from studio.catalog.openapi import addresses
from studio.composer.imports.pasted import Pasted

MOST_CANDIDATES = 4


class Candidate(NamedTuple):
    """`values` are those that stand in the address; `sure`: method and address say so."""

    operation: catalog.Operation
    values: dict[str, str]
    sure: bool


def candidates(pasted: Pasted, own_paths: Sequence[Mapping[str, str]]) -> list[Candidate]:
    """The best first; `own_paths` are the paths by operation that connections have of their own. Operations that make
    nothing are no candidates."""
    makers = [
        each
        for each in catalog.operations()
        if each.makes_something and (each.form.frames == pasted.is_frames or not pasted.body)
    ]
    if pasted.operation:
        return [Candidate(each, {}, True) for each in makers if each.slug == pasted.operation]
    if pasted.url:
        found = by_address(pasted, makers, own_paths)
        if found:
            return found
    keys = {*pasted.body, *(name for name, _ in pasted.files)}
    ranked = sorted(((score(each, pasted.body, keys), each) for each in makers), key=lambda pair: -pair[0])
    return [Candidate(each, {}, False) for points, each in ranked if points > 0][:MOST_CANDIDATES]


def by_address(
    pasted: Pasted, makers: Sequence[catalog.Operation], own_paths: Sequence[Mapping[str, str]]
) -> list[Candidate]:
    """A base address may have a path of its own, so of the path each end is tried that is no longer than any that is
    known, the longest first."""
    steps = unquote_braces(path_of(pasted.url)).rstrip("/").split("/")[1:]
    known = [path for each in makers for path in [*addresses(each), *(own.get(each.slug, "") for own in own_paths)]]
    longest = max(path.count("/") for path in known)
    for at in range(max(0, len(steps) - longest), len(steps)):
        path = "/" + "/".join(steps[at:])
        found = [
            Candidate(each, values, True)
            for each in makers
            if each.method == pasted.method and (values := match(each, path, own_paths)) is not None
        ]
        fitting = [each for each in found if apart.fits(each.operation.told_apart, pasted.body)]
        if found:
            return sorted(fitting or found, key=lambda each: len(paths.names(each.operation.path)))
    return []


def match(operation: catalog.Operation, path: str, own_paths: Sequence[Mapping[str, str]]) -> dict[str, str] | None:
    own = [each[operation.slug] for each in own_paths if operation.slug in each]
    return next(
        (m for each in [*own, *addresses(operation)] if (m := paths.match(each.rstrip("/"), path)) is not None), None
    )


def path_of(url: str) -> str:
    """By hand: what stands in the host's place may be no host, as documentation writes it: `[your-domain]`."""
    plain = url.partition("#")[0].partition("?")[0]
    return "/" + (plain.partition("://")[2] or plain.removeprefix("//")).partition("/")[2]


def unquote_braces(path: str) -> str:
    return path.replace("%7B", "{").replace("%7D", "}")


def score(operation: catalog.Operation, body: Mapping[str, Any], keys: set[str]) -> float:
    """How well a body fits: known values, also those inside its objects, and models that are choices count for it, what
    it lacks and does not know against it. `keys` are those of the body and the names of its files. Of frames each
    known one counts."""
    if operation.form.frames:
        return sum(frames.node_of(operation.form, frame) is not None for frame in body.values())
    tree, files = operation.form.tree, keys - body.keys()
    whole = bodies.read_out(operation.form, dict(body))
    values, extras = operation.values(whole)
    known = values.keys() | (files & tree.children.keys())
    if not known or not apart.fits(operation.told_apart, body):
        return 0
    fields = ((operation.field(at), value) for at, value in values.items())
    chosen = sum(1 for field, value in fields if field and field.role == "model" and value in field.choices)
    strange = len([*bodies.strangers(tree, extras)]) + len(files - tree.children.keys())
    return len(known) + 3 * chosen - 0.5 * strange - sum(1 for each in operation.fields if lacks(whole, each, files))


def lacks(body: Mapping[str, Any], field: catalog.Field, files: set[str]) -> bool:
    """Is this a required field that is missed, in the body or in an object of it that is there?"""
    *above, last = field.steps
    inner: Any = body
    for step in above:
        inner = inner.get(step) if isinstance(inner, dict) else None
    if field.required != "yes" or field.place != "body" or (above and field.applies):
        return False
    return isinstance(inner, dict) and last not in inner and field.at not in files


def address_values(candidate: Candidate, pasted: Pasted, query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What the address says of the operation's own fields: steps of its path, and its query."""
    places = {field.at: field.place for field in candidate.operation.fields}
    steps = {at: unquote(text) for at, text in candidate.values.items() if text != f"{{{at}}}"}
    return steps | {name: text for name, text in query if places.get(name) == "query"}
