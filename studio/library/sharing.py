"""For whom a preset is: chosen people, and a link for anyone. A link's secret is shown once; only its hash is kept. It
opens as long as whoever made it is in the team."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from studio import catalog
from studio.files.marking import show
from studio.library import saving
from studio.library.models import Named, Preset, PresetVersion, ShareLink, Visibility
from studio.library.portable import addresses_of, masked, portable
from studio.library.rights import name_for_owners
from studio.teams.acts import What, note
from studio.teams.models import Membership, Team, User
from studio.teams.scope import across_teams

BYTES = 20  # 160 bits
DAYS = (1, 7, 30, 90)  # that a link may live


class Audience(NamedTuple):
    """Who sees a preset, and by their ids those whom it names and whether they may change it."""

    visibility: str
    named: Mapping[int, bool]


@transaction.atomic
def change_audience(preset: Preset, wanted: Audience, was: Audience | None, by: User) -> None:
    """What a person changed of the audience that `was` before them; all else stays as somebody else set it meanwhile.
    Without one it becomes what is wanted."""
    row = Preset.objects.select_for_update(no_key=True).get(pk=preset.pk)
    now = Audience(row.visibility, dict(names_of(row)))
    was = was or now
    people = {*was.named, *wanted.named}
    changed = {person for person in people if was.named.get(person) != wanted.named.get(person)}
    named = {person: may for person, may in now.named.items() if person not in changed}
    named |= {person: may for person, may in wanted.named.items() if person in changed}
    visibility = now.visibility if wanted.visibility == was.visibility else wanted.visibility
    set_audience(row, Visibility(visibility), named, [person for person in named if named[person]], by)


@transaction.atomic
def set_audience(
    preset: Preset, visibility: Visibility, readers: Iterable[int], editors: Iterable[int], by: User
) -> None:
    """Who sees it, and who beside author and owners may change it: ids of people, of whom those of the team count."""
    before, known = preset.visibility, name_for_owners(preset)
    named = names_of(preset)
    preset.visibility = visibility
    preset.save(update_fields=["visibility"])
    if visibility == Visibility.TEAM:
        show([each.kept.values for each in PresetVersion.objects.filter(preset=preset)], by)
    wanted = dict.fromkeys(readers, False) | dict.fromkeys(editors, True)
    members = Membership.objects.filter(team_id=preset.team_id, user__in=wanted).exclude(user=preset.author_id)
    Named.objects.filter(preset=preset).delete()
    Named.objects.bulk_create(
        Named(team_id=preset.team_id, preset=preset, person_id=person, may_edit=wanted[person])
        for person in members.values_list("user", flat=True)
    )
    number = members.count() if visibility == Visibility.CHOSEN else None
    if (before, named) == (preset.visibility, names_of(preset)):
        return
    told = {"before": before, "after": visibility.value, "number": number, "editors": editors_of(preset)}
    note(What.AUDIENCE_CHANGED, preset.team_id, by, known or name_for_owners(preset), **told)


def names_of(preset: Preset) -> set[tuple[int, bool]]:
    """Whom it names, and whether they may change it."""
    return set(Named.objects.filter(preset=preset).values_list("person", "may_edit"))


def editors_of(preset: Preset) -> str | None:
    """Whom it names beside its author and the owners to change it."""
    named = Named.objects.filter(preset=preset, may_edit=True).select_related("person").order_by("pk")
    return ", ".join(str(each.person) for each in named) or None


@transaction.atomic
def new_link(preset: Preset, person: User, days: int, *, names_author: bool) -> str:
    """The secret of a link that lives so many days. It cannot be shown a second time."""
    token = secrets.token_urlsafe(BYTES)
    ShareLink.objects.create(
        team_id=preset.team_id,
        preset=preset,
        author=person,
        digest=digest(token),
        names_author=names_author,
        expires_at=timezone.now() + timedelta(days=days),
    )
    note(What.LINK_MADE, preset.team_id, person, name_for_owners(preset), days=days)
    return token


@transaction.atomic
def revoke(link: ShareLink, by: User) -> None:
    """The link is gone at once, and with it everything behind it. Of two who revoke it one did so."""
    gone, _each = ShareLink.objects.filter(pk=link.pk).delete()
    if gone:
        note(What.LINK_REVOKED, link.team_id, by, name_for_owners(link.preset))


def made_by_a_member() -> Exists:
    """Of somebody who is in the team now. It is asked each time, so nothing is to be done when they go."""
    members = Membership.objects.filter(user__is_active=True)
    return Exists(members.filter(team=OuterRef("team"), user=OuterRef("author")))


def links() -> QuerySet[ShareLink]:
    """Those in the scope that nobody revoked and whose time is not over; `works` is false for those that open nothing
    anyhow, because of their maker."""
    return ShareLink.objects.filter(ShareLink.alive()).annotate(works=made_by_a_member())


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def shared(token: str) -> tuple[ShareLink, PresetVersion] | None:
    """The link and the newest version behind it; None for one that is unknown or over."""
    with across_teams():
        rows = links().filter(made_by_a_member(), digest=digest(token))
        link = rows.select_related("preset__author").first()
        if link is None:
            return None
        return link, PresetVersion.objects.get(preset=link.preset, number=link.preset.newest)


def take_copy(version: PresetVersion, team: Team, person: User, key: str) -> Preset:
    """A preset of this team that begins with another team's version. Raises KeyError where the operation is gone."""
    with across_teams():
        source = version.preset
    addresses = addresses_of(version.team_id)
    return saving.begin(
        team=team,
        person=person,
        operation=catalog.get(source.operation),
        kept=portable(version.kept, addresses)[0],
        name=masked(source.name, addresses),
        key=key,
        description=masked(source.description, addresses),
    )
