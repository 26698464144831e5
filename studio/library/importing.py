"""A document's presets beside the team's own: what each would be here, what may be done with it, and doing it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from studio import catalog
from studio.library import saving
from studio.library.asking import clean
from studio.library.differences import Change, differences
from studio.library.documents import Item, content
from studio.library.kept import Kept
from studio.library.models import Preset, PresetVersion
from studio.library.portable import Left, portable
from studio.library.rights import editable, seen_by
from studio.library.versions import Stale
from studio.teams import acts
from studio.teams.acts import What
from studio.teams.models import Membership, User

NEW, SAME, CONFLICT, UNKNOWN, FAULTY = "new", "same", "conflict", "unknown", "faulty"
STATES = (FAULTY, UNKNOWN, CONFLICT, NEW, SAME)  # what asks for attention first
IMPORT, COPY, SKIP, ONTO = "import", "copy", "skip", "version:"  # the last with the number it goes on top of


@dataclass(frozen=True)
class Row:
    """One preset of a document. `preset` is the team's own of the same key that the person sees, `changes` what is
    otherwise in the document, `choices` what may be done, the first of them unless the person says otherwise."""

    number: int
    item: Item
    state: str
    kept: Kept
    left: Sequence[Left] = ()
    preset: Preset | None = None
    changes: Sequence[Change] = ()
    choices: tuple[str, ...] = (SKIP,)


def rows(items: Sequence[Item], membership: Membership) -> list[Row]:
    """As many queries for many as for one. Needs the team's scope."""
    keys = [item.key for item in items if not item.fault]
    mine = {each.key: each for each in seen_by(membership.user).filter(key__in=keys).select_related("author")}
    newest = PresetVersion.objects.filter(preset__in=mine.values(), number=F("preset__newest"))
    versions = {each.preset_id: each for each in newest}
    may_edit = editable(mine.values(), membership)
    made = []
    for number, item in enumerate(items):
        preset = None if item.fault else mine.get(item.key)
        version = versions.get(preset.pk) if preset else None
        made.append(row(number, item, preset, version, preset is not None and preset.pk in may_edit))
    return made


def row(number: int, item: Item, preset: Preset | None, version: PresetVersion | None, may_edit: bool) -> Row:
    operation = catalog.find(item.operation)
    if item.fault:
        return Row(number, item, FAULTY, item.kept)
    if operation is None or not operation.makes_something:
        return Row(number, item, UNKNOWN, item.kept, item.left)
    kept = clean(operation, item.kept)
    lost = [Left(at, "unknown") for at in item.kept.values if at not in kept.values]
    left = [*item.left, *lost]
    if preset is None or version is None:
        return Row(number, item, NEW, kept, left, choices=(IMPORT, SKIP))
    own = portable(version.kept)[0]
    texts = [
        content(preset.operation, preset.name, preset.description, own),
        content(operation.slug, item.name, item.description, kept),
    ]
    if texts[0] == texts[1]:
        return Row(number, item, SAME, kept, left, preset, choices=(SKIP, COPY))
    onto = (f"{ONTO}{preset.newest}",) if may_edit and preset.operation == operation.slug else ()
    changes = [*words(preset, item), *differences(operation.slug, version.kept, kept)]
    return Row(number, item, CONFLICT, kept, left, preset, changes, (SKIP, *onto, COPY))


def words(preset: Preset, item: Item) -> list[Change]:
    """What is otherwise in the words around the values."""
    found = {
        "name": (_("Name"), preset.name, item.name),
        "description": (_("Description"), preset.description, item.description),
        "operation": (_("Operation"), preset.operation, item.operation),
    }
    return [
        Change(at, label, before or None, after or None)
        for at, (label, before, after) in found.items()
        if before != after
    ]


@dataclass
class Done:
    """How many presets were made, got another version, were copied."""

    new: int = 0
    versions: int = 0
    copies: int = 0


class Moved(Exception):
    """What was chosen cannot be done any more: the presets here have changed meanwhile."""


@transaction.atomic
def carry_out(
    found: Sequence[Row], chosen: Mapping[int, str], membership: Membership, visibility: str, nonce: str
) -> Done:
    """Do with each row what was chosen; all of it or nothing. The same `nonce` makes no copy twice.

    What is the same by now needs no import. Raises `Moved`. Needs the team's scope.
    """
    taken = set(Preset.objects.filter(key__in=[each.item.key for each in found]).values_list("key", flat=True))
    done = Done()
    for each in found:
        deed = chosen.get(each.number, SKIP)
        if deed == SKIP or (each.state == SAME and deed != COPY):
            continue
        if deed not in each.choices:
            raise Moved
        if deed.startswith(ONTO) and each.preset:
            put_on_top(each, each.preset, membership.user)
            done.versions += 1
            continue
        own = deed == COPY or each.item.key in taken  # by a preset that this person does not see
        key = hashlib.sha256(f"{each.item.key}\0{nonce}".encode()).hexdigest()[:32] if own else each.item.key
        begin(each, membership, key, visibility)
        done.new += deed == IMPORT
        done.copies += deed == COPY
    if made := done.new + done.copies:
        acts.note(What.PRESETS_IMPORTED, membership.team, membership.user, number=made)
    return done


def begin(each: Row, membership: Membership, key: str, visibility: str) -> None:
    """Raises `Moved` where somebody else began one of this key at this moment."""
    try:
        saving.begin(
            team=membership.team,
            person=membership.user,
            operation=catalog.get(each.item.operation),
            kept=each.kept,
            name=each.item.name,
            key=key,
            description=each.item.description,
            note=each.item.note,
            visibility=visibility,
            one_of_many=True,
        )
    except IntegrityError as fault:
        raise Moved from fault


def put_on_top(each: Row, preset: Preset, person: User) -> None:
    """Raises `Moved`."""
    try:
        saving.add_version(preset, person, each.kept, each.item.note, preset.newest)
    except Stale as fault:
        raise Moved from fault
    saving.describe(preset, each.item.name, each.item.description, person)
