"""What a fresh studio opens on: an owner, a team, and the sandbox connected, where there is one."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction

from studio.teams.models import Connection, Membership, Role, Team, User
from studio.teams.scope import scope

OWNER = "owner@studio.localhost"


@transaction.atomic
def ensure_first_team() -> tuple[User, Team, bool]:
    """The owner and team of this studio; True when they were made just now, because the database was empty."""
    first = Membership.objects.filter(role=Role.OWNER).select_related("user", "team").order_by("id").first()
    if first:
        return first.user, first.team, False
    owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER)
    team = Team.objects.create(name="My team")
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    if settings.SANDBOX_URL:
        with scope(team):
            connect_sandbox(team)
    return owner, team, True


def connect_sandbox(team: Team) -> Connection:
    connection = Connection(team=team, name="Sandbox", base_url=settings.SANDBOX_URL, is_sandbox=True)
    connection.set_key(f"sk-sandbox-{secrets.token_hex(8)}")
    connection.save()
    return connection
