"""Django's system checks: a fault in a TOML file of the catalog stops every command, and `check --deploy` warns of what
is only good on one's own machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core import checks

from studio import catalog

CATALOG = "catalog"  # the tag under which its checks can be asked for alone


def catalog_is_whole(**_: Any) -> list[checks.CheckMessage]:
    """Each fault of the catalog's files as an Error that names file, operation, field and what to do. Before every
    start, so without the payloads, which nothing that runs depends on: `manage.py catalog check` reads them."""
    return as_errors(catalog.faults(payloads=False))


def as_errors(faults: Iterable[catalog.Fault]) -> list[checks.CheckMessage]:
    return [checks.Error(str(fault), hint=fault.hint, obj="catalog", id="catalog.E001") for fault in faults]


def is_for_production(**_: Any) -> list[checks.CheckMessage]:
    """For `check --deploy`: what nobody who runs a studio for others should have without having asked for it."""
    if settings.PRODUCTION:
        return []
    what = f"STUDIO_PRODUCTION is not set, so every team may call the sandbox's address, {settings.SANDBOX_URL}."
    hint = "Set STUDIO_PRODUCTION=1. There is no sandbox then, unless you name one in STUDIO_SANDBOX_URL."
    return [checks.Warning(what, hint=hint, obj="environment", id="studio.W001")]
