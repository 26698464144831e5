"""What of a preset may leave its team: no file of it, no address of this studio, no secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings

from studio import catalog
from studio.catalog import files, secret
from studio.library.kept import FIXED, FREE, Kept

FILE, ADDRESS, SECRET = "file", "address", "secret"
_NOTHING = object()


class Left(NamedTuple):
    """What was left out, by its path: a `file` of the team, an `address` of this studio, or a `secret`."""

    at: str
    why: str


def portable(kept: Kept) -> tuple[Kept, list[Left]]:
    """The same without what is the team's own, and what that was. Where a fixed field loses its value, it becomes free:
    without one it would be fixed to be left out."""
    left: list[Left] = []
    values = _members(kept.values, "", left, by_name=False)
    extras = _members(kept.extras, "", left, by_name=True)
    order = kept.extras.order if isinstance(kept.extras, catalog.Extras) else None
    lost = {at for at in kept.values if at not in values}
    holds = {at: FREE if at in lost and hold == FIXED else hold for at, hold in kept.holds.items()}
    return Kept(values, catalog.Extras(extras, order), kept.fates, holds), left


def _members(members: Mapping[str, Any], above: str, left: list[Left], *, by_name: bool) -> dict[str, Any]:
    """`by_name`: what is named like a secret is one. Fields that the catalog knows are not."""
    made = {}
    for key, value in members.items():
        at = f"{above}{key}"
        if by_name and secret.is_named_secret(key) and isinstance(value, str):
            left.append(Left(at, SECRET))
        elif (each := _stripped(value, at, left)) is not _NOTHING:
            made[key] = each
    return made


def _stripped(value: Any, at: str, left: list[Left]) -> Any:
    if isinstance(value, dict):
        return _members(value, f"{at}.", left, by_name=True)
    if isinstance(value, list):
        return [each for one in value if (each := _stripped(one, at, left)) is not _NOTHING]
    if isinstance(value, str) and (why := _why_not(value)):
        left.append(Left(at, why))
        return _NOTHING
    return value


def _why_not(text: str) -> str:
    """Why a text stays here; "" for one that may go."""
    if files.reference(text):
        return FILE
    if text.startswith(f"{settings.PUBLIC_URL.rstrip('/')}/"):
        return ADDRESS
    return SECRET if secret.is_secret("", text) else ""
