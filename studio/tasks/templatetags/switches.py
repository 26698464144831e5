"""The operations that are off until a connection turns them on, for the connection's page."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

from django import template

from studio import catalog

register = template.Library()


class Switch(NamedTuple):
    operation: catalog.Operation
    on: bool


class Panel(NamedTuple):
    """The switches of one system."""

    title: catalog.Text
    switches: list[Switch]


@register.simple_tag
def switch_panels(turned_on: Collection[str]) -> list[Panel]:
    """Every operation that makes something and is off in the catalog, by system, with how it stands here."""
    off = [each for each in catalog.operations() if each.makes_something and not each.enabled]
    return [
        Panel(title, [Switch(each, each.slug in turned_on) for each in members])
        for title, members in groupby(off, lambda each: each.system_title)
    ]
