"""A preset begins, and gets further versions. Nothing is ever overwritten."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from studio import catalog
from studio.files.marking import show
from studio.library.by_words import enter_preset
from studio.library.kept import Kept
from studio.library.models import Preset, PresetVersion, Visibility
from studio.library.rights import name_for_owners
from studio.library.versions import Stale, newest_of
from studio.teams import acts
from studio.teams.acts import What
from studio.teams.models import Team, User
from studio.teams.scope import scope


def begin(
    *,
    team: Team,
    person: User,
    operation: catalog.Operation,
    kept: Kept,
    name: str,
    key: str,
    description: str = "",
    note: str = "",
    visibility: str = Visibility.TEAM,
    one_of_many: bool = False,
) -> Preset:
    """A preset with its first version. The same `key` in the same team is the same preset: a second click. Of
    `one_of_many` the audit page says nothing: one line says it of all of them."""
    with scope(team):
        made = Preset(
            team=team,
            author=person,
            key=key,
            operation=operation.slug,
            name=name,
            description=description,
            visibility=visibility,
            newest=1,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
                insert(made, person, operation, kept, note)
                if not one_of_many:
                    acts.note(What.PRESET_MADE, team, person, name_for_owners(made))
        except IntegrityError:
            known = Preset.objects.filter(key=key, author=person).first()
            if known is None:
                raise
            return known
        return made


def add_version(preset: Preset, person: User, kept: Kept, note: str, base: int) -> PresetVersion:
    """The next version. `base` is the number of the version that the person had before them.

    What is the newest version already makes no other one. Raises `Stale` where it is no longer the newest, KeyError
    where the catalog has dropped the operation. Needs the team's scope.
    """
    operation = catalog.get(preset.operation)
    with transaction.atomic():
        versions = PresetVersion.objects.filter(preset=preset)
        newest = newest_of(versions)
        if newest.kept == kept and newest.body_text == kept.body(operation):  # else the catalog has changed since
            return newest
        moved = Preset.objects.filter(pk=preset.pk, newest=base).update(newest=base + 1, changed_at=timezone.now())
        if not moved:
            raise Stale(newest_of(versions))
        preset.newest = base + 1
        acts.note(What.PRESET_SAVED, preset.team_id, person, name_for_owners(preset), version=preset.newest)
        return insert(preset, person, operation, kept, note)


def insert(preset: Preset, person: User, operation: catalog.Operation, kept: Kept, note: str) -> PresetVersion:
    version = PresetVersion.objects.create(
        team_id=preset.team_id,
        preset=preset,
        number=preset.newest,
        values_text=catalog.dumps(dict(kept.values)),
        extras_text=kept.packed,
        fates=dict(kept.fates),
        holds={at: hold for at, hold in kept.holds.items() if hold != "suggested"},
        note=note,
        author=person,
        body_text=kept.body(operation),
    )
    enter_preset(preset)
    if preset.visibility == Visibility.TEAM:
        show(kept.values, person)
    return version


def describe(preset: Preset, name: str, description: str, by: User) -> None:
    """Another name, another description."""
    before, words = preset.name, preset.description
    preset.name, preset.description, preset.changed_at = name, description, timezone.now()
    with transaction.atomic():
        preset.save(update_fields=["name", "description", "changed_at"])
        enter_preset(preset)
        if name != before:
            names = {"before": before, "after": name} if name_for_owners(preset) else {}
            acts.note(What.PRESET_RENAMED, preset.team_id, by, name_for_owners(preset), **names)
        if description != words:
            acts.note(What.PRESET_DESCRIBED, preset.team_id, by, name_for_owners(preset))


def put_away(preset: Preset, by: User, *, archived: bool) -> None:
    """Out of the list, or back into it; nothing is lost."""
    preset.archived = archived
    with transaction.atomic():
        preset.save(update_fields=["archived"])
        what = What.PRESET_ARCHIVED if archived else What.PRESET_BACK
        acts.note(what, preset.team_id, by, name_for_owners(preset))


def fork(preset: Preset, version: PresetVersion, person: User, name: str, key: str) -> Preset:
    """A preset of the person's own that begins with this version."""
    return begin(
        team=preset.team,
        person=person,
        operation=catalog.get(preset.operation),
        kept=version.kept,
        name=name,
        key=key,
        description=preset.description,
    )
