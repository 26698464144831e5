"""The shelves above the lists of presets and prompts, and the tags of prompts."""

from __future__ import annotations

from typing import NamedTuple

from django import template
from django.utils.translation import gettext as _

from studio.library.listing import Filters
from studio.library.prompts.listing import Filters as PromptFilters

register = template.Library()


class Shelf(NamedTuple):
    label: str
    url: str
    current: bool


@register.filter
def shelves(filters: Filters | PromptFilters) -> list[Shelf]:
    names = {"": _("All"), "starred": _("Starred"), "mine": _("Mine"), "archived": _("Archived")}
    return [Shelf(label, filters.url(shelf=name), filters.shelf == name) for name, label in names.items()]


@register.filter
def with_tag(filters: PromptFilters, name: str) -> str:
    return filters.url(tag=name)


@register.filter
def without_tag(filters: PromptFilters) -> str:
    return filters.url(tag="")
