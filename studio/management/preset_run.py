"""A preset that is run from a terminal: who runs it, which one it is, and what is set in it, as in a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from studio import catalog
from studio.composer.controls import UNSET, NotReadable, parse
from studio.composer.drafts import Draft
from studio.composer.holdings import bring, item_of
from studio.composer.screen import Screen
from studio.composer.views import choose
from studio.files.taking import NotTaken, from_stream
from studio.library.models import Preset, PresetVersion, new_key
from studio.library.rights import seen_by
from studio.library.uses import remember
from studio.library.words import known
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Connection, Membership, Role, User
from studio.teams.scope import scope

CHUNK = 64 * 1024  # bytes of a file that are read at once
SHOWN = 10  # presets of one name that are listed


class CannotRun(Exception):
    """Nothing was begun; the text is a sentence for the person at the terminal."""


def person(email: str) -> User:
    """The active person with this e-mail; without one the studio's only owner."""
    if email:
        found = User.objects.filter(email__iexact=email, is_active=True).first()
        if found is None:
            raise CannotRun(f"Nobody active here has the e-mail {email}.")
        return found
    owners = User.objects.filter(memberships__role=Role.OWNER, is_active=True).distinct()[:2]
    if len(owners) != 1:
        raise CannotRun("Say who runs it: --as E-MAIL.")
    return owners[0]


def find(user: User, text: str) -> tuple[Membership, Preset]:
    """The preset of this number, key or name among those that the person sees, in whichever of their teams."""
    memberships = list(user.memberships.select_related("team", "user").order_by("id"))
    ways = [Q(pk=int(text))] if text.isascii() and text.isdecimal() and len(text) < 19 else []
    for way in [*ways, Q(key=text), Q(name=text, archived=False), Q(name__iexact=text, archived=False)]:
        found = []
        for membership in memberships:
            with scope(membership.team):
                found += [(membership, each) for each in seen_by(user).filter(way)[: SHOWN + 1]]
        if len(found) > 1:
            names = ", ".join(f"{each.pk} ({each.operation}, {member.team})" for member, each in found[:SHOWN])
            raise CannotRun(f"Several presets are called “{text}”. Take one by its number: {names}.")
        if found:
            return found[0]
    raise CannotRun(f"{user} sees no preset “{text}”. Give its number, its key or its name, as the library shows them.")


def begin(membership: Membership, preset: Preset, given: Sequence[str], connection: str = "") -> Task:
    """A task of the preset's newest version with these values: `path=text` as a form takes it, `path=@file` for a file.

    What the preset holds fast stays. Raises `CannotRun` with all that stops it.
    """
    operation = known(preset.operation)
    if operation is None or not operation.makes_something:
        raise CannotRun(f"The operation {preset.operation} is no longer in the catalog.")
    if not membership.may_run:
        raise CannotRun("Viewers can look at everything but run nothing. An owner of the team can make you a member.")
    with scope(membership.team):
        version = PresetVersion.objects.get(preset=preset, number=preset.newest)
        draft = Draft.of_preset(operation, version.kept)
        draft.hold()
        fill(draft, given, membership)
        bring(draft, membership.team, membership.user)
        connections = list(Connection.objects.all())
        chosen = named(connections, connection) if connection else choose(connections, "", "", operation)
        screen = Screen(draft, membership, connections, chosen, asked=True)
        if screen.run.reasons or chosen is None:
            raise CannotRun("\n".join(reason.text for reason in screen.run.reasons))
        try:
            with transaction.atomic():
                task = lifecycle.begin(
                    team=membership.team,
                    person=membership.user,
                    connection=chosen,
                    operation=operation,
                    values=draft.values,
                    extras=draft.extras,
                    fates=draft.own_fates,
                    nonce=new_key(),
                )
                remember(version, task.pk)
        except lifecycle.NotNow as problem:
            raise CannotRun(str(problem)) from problem
        return task


def named(connections: Sequence[Connection], name: str) -> Connection:
    found = next((each for each in connections if each.name.casefold() == name.casefold()), None)
    if found is None:
        names = ", ".join(each.name for each in connections) or "none yet"
        raise CannotRun(f"There is no connection “{name}”. The team's connections: {names}.")
    return found


def fill(draft: Draft, given: Sequence[str], membership: Membership) -> None:
    """Put the values into the draft. Raises `CannotRun` for what cannot be read, and for what is held fast."""
    wanted: dict[str, object] = {}
    for each in given:
        at, equals, text = each.partition("=")
        field = draft.operation.field(at)
        if not equals or field is None or field.at == draft.operation.callback:
            raise CannotRun(unknown(draft.operation, at, is_whole=bool(equals)))
        value = value_of(draft, field, text, membership)
        if isinstance(value, list) and isinstance(wanted.get(at), list):
            value = [*wanted[at], *value]  # type: ignore[misc]
        wanted[at] = value
        draft.set(at, None if value is UNSET else value)
    draft.hold()
    for at, value in wanted.items():
        is_there = at in draft.values if value is UNSET else draft.values.get(at, UNSET) != value
        if is_there:
            raise CannotRun(f"The preset holds “{at}” fast. Change the preset, or run it without setting that.")


def unknown(operation: catalog.Operation, at: str, *, is_whole: bool) -> str:
    if not is_whole:
        return f"“{at}” says no value. Write it as path=value, for instance prompt='a paper boat'."
    paths = [each.at for each in operation.fields if each.at != operation.callback]
    near = get_close_matches(at, paths, 1)
    return f"{operation.slug} has no field “{at}”. " + (
        f"Did you mean {near[0]}?" if near else f"It has: {', '.join(paths[:30])}."
    )


def value_of(draft: Draft, field: catalog.Field, text: str, membership: Membership) -> object:
    item = item_of(draft.operation, field)
    takes = (item or field).takes
    try:
        if takes and text.startswith("@"):
            with_file = from_stream(
                membership.team, membership.user, chunks(Path(text[1:])), Path(text[1:]).name, takes
            ).reference
            return [with_file] if item else with_file
        if item:
            return [line for line in text.split("\n") if line.strip()] or UNSET
        return parse(field, text)
    except (NotReadable, NotTaken) as problem:
        raise CannotRun(f"{field.at}: {problem}") from problem
    except OSError as problem:
        raise CannotRun(f"{text[1:]} cannot be read: {problem.strerror}.") from problem


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data
