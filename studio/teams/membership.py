"""What becomes of a member: another role, or none. A team always keeps an owner."""

from __future__ import annotations

from django.db import transaction

from studio.teams.models import Membership, Role, Team


class LastOwner(Exception):
    """Nobody would be left who may change the team."""


def change_role(membership: Membership, role: Role) -> None:
    """Raises LastOwner."""
    with transaction.atomic():
        keep_an_owner(membership, role == Role.OWNER)
        Membership.objects.filter(pk=membership.pk).update(role=role)


def hand_over(mine: Membership, heir: Membership) -> None:
    """The heir becomes an owner and whoever hands over a member, both or neither. Raises LastOwner where one of the two
    is not what they were a moment ago: two at the same moment wait for each other at the team's row."""
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=mine.team_id)
        rows = Membership.objects.filter(team=mine.team_id)
        if not rows.filter(pk=mine.pk, role=Role.OWNER).exists() or heir.pk == mine.pk:
            raise LastOwner
        if not rows.filter(pk=heir.pk).update(role=Role.OWNER):
            raise LastOwner
        rows.filter(pk=mine.pk).update(role=Role.MEMBER)


def take_out(membership: Membership) -> None:
    """They lose sight of the team with their next request, and its streams end within seconds. Raises LastOwner."""
    with transaction.atomic():
        keep_an_owner(membership, False)
        Membership.objects.filter(pk=membership.pk).delete()


def keep_an_owner(membership: Membership, stays: bool) -> None:
    """Two owners who leave at the same moment wait for each other at the team's row."""
    Team.objects.select_for_update().get(pk=membership.team_id)
    others = Membership.objects.filter(team=membership.team_id, role=Role.OWNER).exclude(pk=membership.pk)
    if not stays and not others.exists():
        raise LastOwner
