"""What becomes of a member: another role, or none. A team always keeps an owner."""

from __future__ import annotations

from django.db import transaction

from studio.teams.acts import What, note
from studio.teams.models import Membership, Role, Team, User


class LastOwner(Exception):
    """Nobody would be left who may change the team."""


def change_role(membership: Membership, role: Role, by: User) -> None:
    """Raises LastOwner."""
    with transaction.atomic():
        keep_an_owner(membership, role == Role.OWNER)
        if Membership.objects.filter(pk=membership.pk).exclude(role=role).update(role=role):
            before = str(membership.role)
            note(What.ROLE_CHANGED, membership.team_id, by, membership.user, before=before, after=role.value)


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
        note(What.HANDED_OVER, mine.team_id, mine.user, heir.user)


def take_out(membership: Membership, by: User) -> None:
    """They lose sight of the team with their next request, and its streams end within seconds. Raises LastOwner."""
    with transaction.atomic():
        keep_an_owner(membership, False)
        if Membership.objects.filter(pk=membership.pk).delete()[0]:
            what = What.LEFT if by.pk == membership.user_id else What.TAKEN_OUT
            note(what, membership.team_id, by, membership.user, role=str(membership.role))


def keep_an_owner(membership: Membership, stays: bool) -> None:
    """Two owners who leave at the same moment wait for each other at the team's row."""
    Team.objects.select_for_update().get(pk=membership.team_id)
    others = Membership.objects.filter(team=membership.team_id, role=Role.OWNER).exclude(pk=membership.pk)
    if not stays and not others.exists():
        raise LastOwner
