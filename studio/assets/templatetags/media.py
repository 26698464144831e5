"""What templates ask about assets."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.assets import facts as measured
from studio.assets import posters
from studio.assets.models import Asset

ROLES: dict[str, Promise] = {
    "poster": _("Poster"),
    "cover": _("Cover"),
    "thumbnail": _("Thumbnail"),
    "preview": _("Preview"),
    "last_frame": _("Last frame"),
}
register = template.Library()


@register.filter
def facts(asset: Asset) -> list[measured.Fact]:
    return measured.facts(asset)


@register.filter
def players(assets: Iterable[Asset]) -> list[Asset]:
    return posters.players(assets)


@register.filter
def beside(assets: Iterable[Asset]) -> list[Asset]:
    """What came with the results and is kept: a poster, a last frame."""
    return [asset for asset in assets if asset.is_beside and asset.is_kept]


@register.filter
def role_name(asset: Asset) -> str | Promise:
    """What an asset is to the result it came with; the catalog's own word where it has no other."""
    return ROLES.get(asset.role, asset.role.replace("_", " "))
