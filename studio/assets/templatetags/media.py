"""What templates ask about assets."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from studio.assets import facts as measured
from studio.assets import posters
from studio.assets.models import Asset

register = template.Library()


@register.filter
def facts(asset: Asset) -> list[measured.Fact]:
    return measured.facts(asset)


@register.filter
def players(assets: Iterable[Asset]) -> list[Asset]:
    return posters.players(assets)
