"""Who may see a preset, and who may change it. All of it needs the team's scope."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from studio.library.models import Named, Preset, Visibility
from studio.teams.models import Membership, User


class NotYours(Exception):
    """The person may not change this; the text is a sentence for them."""


def seen_by(person: User) -> QuerySet[Preset]:
    """The team's presets that this person may see: their own, the team's, and those they are chosen for."""
    named = Q(visibility=Visibility.CHOSEN, pk__in=Named.objects.filter(person=person).values("preset"))
    return Preset.objects.filter(Q(visibility=Visibility.TEAM) | Q(author=person) | named)


def chosen(pk: int) -> set[int]:
    """The ids of those who see a preset because it is for them, besides its author."""
    named = Named.objects.filter(preset=pk, preset__visibility=Visibility.CHOSEN)
    return set(named.values_list("person_id", flat=True))


def name_for_owners(preset: Preset) -> str:
    """What the audit page calls it; nothing where it is not for the whole team, and so perhaps not for all owners."""
    return preset.name if preset.visibility == Visibility.TEAM else ""


def found(person: User, pk: int) -> Preset:
    """Raises Http404 for what this person may not see."""
    preset = seen_by(person).select_related("author").filter(pk=pk).first()
    if preset is None:
        raise Http404
    return preset


def governs(preset: Preset, membership: Membership) -> bool:
    """Who says for whom a preset is: its author and the team's owners."""
    return membership.may_run and (preset.author_id == membership.user_id or membership.is_owner)


def may_edit(preset: Preset, membership: Membership) -> bool:
    """Its author, the team's owners, and whom they name; never a viewer."""
    if governs(preset, membership):
        return True
    named = Named.objects.filter(preset=preset, person_id=membership.user_id, may_edit=True)
    return membership.may_run and named.exists()


def editable(presets: Iterable[Preset], membership: Membership) -> set[int]:
    """The ids of those that this person may change; one query."""
    if not membership.may_run:
        return set()
    rows = list(presets)
    own = {preset.pk for preset in rows if governs(preset, membership)}
    named = Named.objects.filter(preset__in=rows, person_id=membership.user_id, may_edit=True)
    return own | set(named.values_list("preset", flat=True))


def check_edit(preset: Preset, membership: Membership) -> None:
    if not may_edit(preset, membership):
        raise NotYours(_("Only its author, the team's owners and whom they name can change this preset."))
