"""The people of a demonstration, and the two connections that their tasks stand at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from studio.management.demo.story import STORY
from studio.teams.models import Connection, Membership, Role, Team, User

NOWHERE = "https://gateway.demo.invalid"  # a host that cannot exist
NAME = "Demonstration"
YEARS = timedelta(days=3650)


@dataclass(frozen=True)
class Crew:
    """Who works in the team, owners first. `done` is where what has ended was sent, `away` where the rest stands."""

    team: Team
    people: list[User]
    done: Connection
    away: Connection

    @property
    def owners(self) -> list[User]:
        may = {each.user_id for each in self.team.memberships.filter(role=Role.OWNER)}
        return [person for person in self.people if person.pk in may]

    @property
    def workers(self) -> list[User]:
        """Who runs things: viewers only look."""
        may = {each.user_id for each in self.team.memberships.exclude(role=Role.VIEWER)}
        return [person for person in self.people if person.pk in may]


def crew(team: Team, count: int) -> Crew:
    """The team's members, and made-up ones until there are so many. Needs the team's scope."""
    there = [each.user for each in team.memberships.select_related("user").order_by("id")]
    for entry in STORY["people"]:
        if len(there) >= count:
            break
        person = User.objects.filter(email=entry["email"]).first() or User.objects.create_user(
            entry["email"], first_name=entry["name"], last_name=entry["family"]
        )
        if person not in there:
            Membership.objects.create(team=team, user=person, role=entry["role"])
            there.append(person)
    away = away_of(team)
    done = team.connections.exclude(pk=away.pk).first() or away
    return Crew(team, there, done, away)


def away_of(team: Team) -> Connection:
    """Paused for ten years, at a host that cannot exist: nothing that stands here is ever sent or asked for."""
    found = team.connections.filter(name=NAME).first()
    if found is None:
        found = Connection(team=team, name=NAME, base_url=NOWHERE)
        found.set_key("sk-demonstration-only")
    found.paused_until = timezone.now() + YEARS
    found.save()
    return found
