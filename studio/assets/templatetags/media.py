"""What templates ask about assets."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from studio.assets import facts as measured
from studio.assets import parts, reading
from studio.assets.models import Asset

ROLES: dict[str, Promise] = {
    "poster": _("Poster"),
    "cover": _("Cover"),
    "thumbnail": _("Thumbnail"),
    "preview": _("Preview"),
    "last_frame": _("Last frame"),
    "mask": _("Mask"),
    "partial": _("What had come"),
    "reasoning": _("Thoughts"),
    "details": _("Details"),
}
register = template.Library()
register.filter(reading.shape)
register.filter(reading.words)
register.filter(reading.wave)
register.filter(reading.embeddings)


@register.filter
def facts(asset: Asset) -> list[measured.Fact]:
    return measured.facts(asset)


@register.simple_tag(takes_context=True)
def first_part(context: Context, assets: Iterable[Asset]) -> parts.Part:
    """The first results; as many as the browser says that it has (`upto`), where it has more."""
    return parts.part(assets, 0, parts.place(context.get("upto")))


@register.filter
def goes_on(asset: Asset) -> bool:
    """Whether the file itself can go into another operation."""
    return asset.is_kept and asset.kind in {"image", "video", "audio"}


@register.filter
def role_name(asset: Asset) -> str | Promise:
    """What an asset is to the result it came with; the catalog's own word where it has no other."""
    return ROLES.get(asset.role, asset.role.replace("_", " "))
