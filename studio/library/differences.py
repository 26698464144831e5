"""What differs between two versions, key by key; and what the catalog builds otherwise than it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from studio import catalog
from studio.catalog import frames, paths
from studio.library.kept import Kept
from studio.library.words import label_of, written


class Change(NamedTuple):
    """One key. `before` and `after` are None where there is no value; the holds are "" where they are the same."""

    at: str
    label: str
    before: str | None
    after: str | None
    hold_before: str = ""
    hold_after: str = ""


def differences(slug: str, one: Kept, other: Kept) -> list[Change]:
    """In the order of the operation's fields, unknown keys last."""
    operation = catalog.find(slug)
    values, others = flat(one), flat(other)
    order = [field.at for field in operation.fields] if operation else []
    names = sorted(values.keys() | others.keys() | one.holds.keys() | other.holds.keys())
    place = {at: number for number, at in enumerate(order)}
    names.sort(key=lambda at: place.get(at, len(order)))
    return [change for at in names if (change := _change(operation, at, values, others, one, other))]


def flat(kept: Kept) -> dict[str, str]:
    return {at: written(value) for at, value in kept.values.items()} | {
        at: written(value) for at, value in kept.extras.items() if at not in kept.values
    }


def _change(
    operation: catalog.Operation | None,
    at: str,
    values: Mapping[str, str],
    others: Mapping[str, str],
    one: Kept,
    other: Kept,
) -> Change | None:
    holds = (one.hold(at), other.hold(at))
    if values.get(at) == others.get(at) and holds[0] == holds[1]:
        return None
    told = holds if holds[0] != holds[1] else ("", "")
    return Change(at, label_of(operation, at), values.get(at), others.get(at), *told)


def drift(slug: str, kept: Kept, body_text: str) -> list[Change]:
    """What is otherwise in the body that the catalog builds now; nothing where it is the same or unknown."""
    operation = catalog.find(slug)
    return between(slug, body_text, kept.body(operation)) if operation else []


def between(slug: str, one: str, other: str) -> list[Change]:
    """What differs between two bodies of an operation, given as their texts."""
    if one == other:
        return []
    operation = catalog.find(slug)
    before, after = (dict(leaves(opened(catalog.loads(text)))) for text in (one, other))
    names = [*before, *(at for at in after if at not in before)]
    return [
        Change(at, label_of(operation, at), before.get(at), after.get(at))
        for at in names
        if before.get(at) != after.get(at)
    ]


def opened(body: Any) -> Mapping[str, Any]:
    """The body as an object: one of frames has each of them under its type."""
    if isinstance(body, list):
        return {paths.join((name,)): frame for name, frame in frames.named(body).items()}
    return body if isinstance(body, dict) else {}


def leaves(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each key of a body with its value as text; those inside an object by their path."""
    for key, inner in value.items():
        at = f"{above}{key}"
        if isinstance(inner, dict) and inner:
            yield from leaves(inner, f"{at}.")
        else:
            yield at, written(inner)
