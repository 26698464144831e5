"""The catalog as it was loaded, once per process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from . import apart, crosscheck, paths
from .failures import Explanation, Failure
from .failures import explain as explain_among
from .guides import Guide
from .loader import Catalog, CatalogFaults, load
from .openapi import addresses, document
from .operation import Operation, System
from .recipe_book import Recipe
from .table import Fault

FOLDER = Path(__file__).parent / "systems"
READING = Lock()  # who comes while it is read waits, instead of reading it once more


@cache
def loaded() -> Catalog:
    """Every system. Raises CatalogFaults, which names all that cannot be read.

    What can be read and still contradicts itself, `faults` names: once, before a studio starts, not in every process.
    """
    catalog, found = read()
    if found:
        raise CatalogFaults(found)
    return catalog


def read() -> tuple[Catalog, list[Fault]]:
    with READING:
        return _read()


@cache
def _read() -> tuple[Catalog, list[Fault]]:
    return load(FOLDER)


def faults(folder: Path = FOLDER, *, payloads: bool = True) -> Sequence[Fault]:
    """All that is wrong in the TOML files of a folder, empty if nothing is; `payloads` are read as examples of what
    comes, which takes as long as all else."""
    catalog, found = read() if folder == FOLDER else load(folder)
    read_otherwise = crosscheck.faults_of_payloads(catalog.systems) if payloads else []
    return [*found, *crosscheck.faults(catalog.systems), *read_otherwise]


def systems() -> tuple[System, ...]:
    """All systems, in the order of their file names."""
    return loaded().systems


def operations() -> tuple[Operation, ...]:
    """All operations of all systems, queries and disabled ones too; a picker asks `.offered`."""
    return tuple(operation for system in systems() for operation in system.operations)


def get(slug: str) -> Operation:
    """One operation, e.g. "runway.generate-text". Raises KeyError."""
    return loaded().by_slug[slug]


def find(slug: str) -> Operation | None:
    """The same; None for one that is not there, as one that a later catalog dropped: what was made of it stays."""
    return loaded().by_slug.get(slug)


def recipes() -> tuple[Recipe, ...]:
    """All recipes of all systems, in the order of their files."""
    return tuple(recipe for system in systems() for recipe in system.recipes)


def recipe(slug: str) -> Recipe:
    """One recipe, e.g. "demo.two-in-one". Raises KeyError."""
    return {each.slug: each for each in recipes()}[slug]


def guide(name: str) -> Guide:
    """The page of documentation of this name. Raises KeyError."""
    return {each.name: each for system in systems() for each in system.guides}[name]


def recognise(method: str, path: str, body: object) -> Operation | None:
    """The operation that this call is: by method and path, and by the body where two share a path."""
    for operation in sorted(operations(), key=lambda each: len(paths.names(each.path))):  # plain paths first
        known = (paths.match(each.rstrip("/"), path.rstrip("/")) for each in addresses(operation))
        if operation.method != method.upper() or all(found is None for found in known):
            continue
        if apart.fits(operation.told_apart, body):
            return operation
    return None


def explain(error: str, status: int | None = None, system: str = "", code: str = "") -> Explanation | None:
    """What an error text means and whether it was charged: the system's own failures first, then the gateway's."""
    return explain_among(failures(system), error, status, code)


def failures(system: str) -> list[Failure]:
    """The failures that are known of a system: its own first, then the gateway's."""
    known = loaded().failures
    return [*known.get(system if system != "gateway" else "", ()), *known.get("gateway", ())]


def openapi_document(fates: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All operations as one OpenAPI 3.1 document; `fates` are those of a connection."""
    return document(systems(), loaded().failures, fates)
