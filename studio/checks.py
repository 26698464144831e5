"""Django's system check of the catalog: a fault in a TOML file stops every command."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import checks

from studio import catalog


def catalog_is_whole(**_: Any) -> list[checks.CheckMessage]:
    """Each fault of the catalog's files as an Error that names file, operation, field and what to do."""
    return as_errors(catalog.faults())


def as_errors(faults: Iterable[catalog.Fault]) -> list[checks.CheckMessage]:
    return [checks.Error(str(fault), hint=fault.hint, obj="catalog", id="catalog.E001") for fault in faults]
