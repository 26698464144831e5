"""What of a preset may leave its team: no file of it, no address of this studio or of a gateway of the team,
no secret."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

from studio import catalog
from studio.catalog import files, secret
from studio.library.kept import FIXED, FREE, Kept
from studio.teams.models import Connection, Team
from studio.teams.scope import scope

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
FILE, ADDRESS, SECRET = "file", "address", "secret"
_NOTHING = object()


class Left(NamedTuple):
    """What was left out, by its path: a `file` of the team, an `address` of this studio or a gateway, or a `secret`."""

    at: str
    why: str


def portable(kept: Kept, addresses: Collection[str] = ()) -> tuple[Kept, list[Left]]:
    """The same without what is the team's own, and what that was; `addresses` are those of its gateways. Where a fixed
    field loses its value, it becomes free: without one it would be fixed to be left out."""
    sieve = Sieve([settings.PUBLIC_URL.rstrip("/"), *addresses])
    values = sieve.members(kept.values, "", by_name=False)
    extras = sieve.members(kept.extras, "", by_name=True)
    order = kept.extras.order if isinstance(kept.extras, catalog.Extras) else None
    lost = {at for at in kept.values if at not in values}
    holds = {at: FREE if at in lost and hold == FIXED else hold for at, hold in kept.holds.items()}
    return Kept(values, catalog.Extras(extras, order), kept.fates, holds), sieve.left


def masked(text: str, addresses: Collection[str]) -> str:
    """A name or a description for anyone: addresses of this studio, of the team's gateways and of people are dots, and
    so is a text that holds a key."""
    if secret.holds_secret(text):
        return "…"
    for address in (settings.PUBLIC_URL.rstrip("/"), *addresses):
        text = re.sub(rf"{re.escape(address)}(?![\w.])\S*", "…", text)
    return MAIL.sub("…", text)


def addresses_of(team: Team | int) -> list[str]:
    """Where its gateways are."""
    with scope(team):
        return [each.rstrip("/") for each in Connection.objects.order_by("pk").values_list("base_url", flat=True)]


class Sieve:
    """What passes is given back; what does not is noted in `left`."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self.addresses, self.left = addresses, list[Left]()

    def members(self, members: Mapping[str, Any], above: str, *, by_name: bool) -> dict[str, Any]:
        """`by_name`: what is named like a secret is one. Fields that the catalog knows are not."""
        made = {}
        for key, value in members.items():
            at = f"{above}{key}"
            if by_name and secret.is_named_secret(key) and isinstance(value, str):
                self.left.append(Left(at, SECRET))
            elif (each := self.stripped(value, at)) is not _NOTHING:
                made[key] = each
        return made

    def stripped(self, value: Any, at: str) -> Any:
        if isinstance(value, dict):
            return self.members(value, f"{at}.", by_name=True)
        if isinstance(value, list):
            return [each for one in value if (each := self.stripped(one, at)) is not _NOTHING]
        if isinstance(value, str) and (why := self.why_not(value)):
            self.left.append(Left(at, why))
            return _NOTHING
        return value

    def why_not(self, text: str) -> str:
        """Why a text stays here; "" for one that may go."""
        if files.reference(text):
            return FILE
        if any(f"{address}/" in f"{text}/" for address in self.addresses):
            return ADDRESS
        return SECRET if secret.is_secret("", text) or secret.holds_secret(text) else ""
