"""Whom a preset can be for by name: the people of its team, as its author and owners choose among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from studio.library.models import Named, Preset, Visibility
from studio.teams.models import Membership, User

COLLEAGUES = 200


class Colleague(NamedTuple):
    person: User
    named: bool
    may_edit: bool


def colleagues(team: int, author: int, named: Mapping[int, bool]) -> list[Colleague]:
    """Everybody of the team but the author. `named` says of people's ids whether they may change it."""
    members = Membership.objects.filter(team=team).exclude(user=author).select_related("user")
    people = [each.user for each in members.order_by("created_at", "id")[:COLLEAGUES]]
    return [Colleague(each, each.pk in named, named.get(each.pk, False)) for each in people]


def reaches_nobody(preset: Preset, reader: User) -> str:
    """The sentence for a preset that is for chosen people, of whom there are none yet; nothing for another."""
    if preset.visibility != Visibility.CHOSEN or Named.objects.filter(preset=preset).exists():
        return ""
    if preset.author_id == reader.pk:
        return _("Nobody is chosen yet: only you see it.")
    return _("Nobody is chosen yet: only its author sees it.")
