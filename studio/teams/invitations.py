"""Ways into a team: an address that works once, within seven days, with the role that an owner chose. It works as long
as that person is an owner: else whoever is taken out comes back by an address that they kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.teams import mailing
from studio.teams.acts import What, note
from studio.teams.models import Invitation, Membership, Role, Team, User
from studio.teams.scope import across_teams
from studio.teams.signin import digest

LIFETIME = timedelta(days=7)


def made_by_an_owner() -> Exists:
    """Of somebody who is an owner now. It is asked each time, so nothing is to be done when they go or change roles."""
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True)
    return Exists(owners.filter(team=OuterRef("team"), user=OuterRef("made_by")))


def unused() -> QuerySet[Invitation]:
    """Those in the scope that nobody used and that are not too old; `works` is false for those that are over anyhow."""
    rows = Invitation.objects.filter(used_at=None, created_at__gt=timezone.now() - LIFETIME)
    return rows.annotate(works=made_by_an_owner())


def still_open() -> QuerySet[Invitation]:
    """Those of them that let somebody in."""
    return unused().filter(made_by_an_owner())


def ends_at(invitation: Invitation) -> datetime:
    return invitation.created_at + LIFETIME


def invite(team: Team, owner: User, email: str, role: Role) -> str:
    """The address, which is known from here on only to whoever is given it. An older one to the same e-mail ends."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        wait_for_others(team.pk)
        if email:
            unused().filter(email__iexact=email).delete()
        Invitation.objects.create(team=team, made_by=owner, email=email, role=role, digest=digest(token))
        note(What.INVITED, team, owner, email, role=role.value)
    return settings.PUBLIC_URL + reverse("teams:invitation", args=[token])


def wait_for_others(team: int) -> None:
    """Whoever invites, or comes in, at the same moment: each has to see what the other one made."""
    Team.objects.select_for_update(no_key=True).get(pk=team)


def withdraw(invitation: Invitation, owner: User) -> None:
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk).delete()[0]:
            note(What.INVITATION_WITHDRAWN, invitation.team_id, owner, invitation.email, role=invitation.role)


def mail(team: Team, owner: User, email: str, link: str) -> bool:
    """Send the address, where the studio can send mail. False where it cannot, or could not."""
    about = {"team": team, "owner": owner, "link": link, "days": LIFETIME.days}
    subject = _("%(owner)s invites you to %(team)s") % {"owner": owner, "team": team.name}
    return mailing.send(subject, "teams/email/invitation.txt", about, email)


def find(token: str) -> Invitation | None:
    """The open invitation of this secret; another team's too, since whoever holds it is in none yet."""
    with across_teams():
        return still_open().select_related("team", "made_by").filter(digest=digest(token)).first()


def is_for(invitation: Invitation, user: User) -> bool:
    return not invitation.email or invitation.email.lower() == user.email.lower()


def join(invitation: Invitation, user: User) -> Membership | None:
    """Make the person a member and use the invitation up; None if somebody else was first.

    Whoever belongs to the team already keeps the role they have, and the invitation stays open.
    """
    with across_teams(), transaction.atomic():
        wait_for_others(invitation.team_id)
        member = Membership.objects.filter(team=invitation.team_id, user=user).first()
        # One conditional UPDATE on the row's own column: of two at the same moment one finds nothing to change.
        if member or not still_open().filter(pk=invitation.pk).update(used_at=timezone.now()):
            return member
        note(What.JOINED, invitation.team_id, user, user, role=invitation.role)
        return Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
