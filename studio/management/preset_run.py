"""A preset that is run from a terminal: who runs it, which one it is, and what is set in it, as in a form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db.models import Q

from studio import catalog
from studio.composer import preset_runs
from studio.composer.controls import UNSET, NotReadable, parse
from studio.composer.drafts import Draft
from studio.composer.holdings import item_of
from studio.composer.preset_runs import CannotRun
from studio.files.taking import NotTaken, from_stream
from studio.library.models import Preset, new_key
from studio.library.rights import seen_by
from studio.numbers import number_in
from studio.tasks.models import Task
from studio.teams.models import Membership, Role, User
from studio.teams.scope import Viewer, scope

__all__ = ["CannotRun", "begin", "find", "person"]

CHUNK = 64 * 1024  # bytes of a file that are read at once
SHOWN = 10  # presets of one name that are listed


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
    number = number_in(text)
    ways = [] if number is None else [Q(pk=number)]
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
    """A task of the preset's newest version with these values: `path=text` as a form takes it, `path=@file` for a file,
    `name=text` for a variable of its texts.

    What the preset holds fast stays. Raises `CannotRun` with all that stops it.
    """
    if not membership.may_run:
        raise CannotRun("Viewers can look at everything but run nothing. An owner of the team can make you a member.")
    with scope(membership.team, Viewer(membership.user_id, membership.is_owner)):
        version, draft = preset_runs.opened(preset)
        words = words_in(draft, given)
        fields = [each for each in given if each.partition("=")[0] not in words]
        preset_runs.fill(draft, wanted(draft, fields, membership))
        asked = {each.name for each in preset_runs.variables(draft)}
        for name in words.keys() - asked:
            preset_runs.field_at(draft.operation, name)  # says that there is none, and what there is
        preset_runs.say(draft, words)
        return preset_runs.begin(membership, draft, nonce=new_key(), connection=connection, version=version)


def words_in(draft: Draft, given: Sequence[str]) -> dict[str, str]:
    """What is said of no field: of a variable of the preset's texts, or a mistake."""
    told = (each.partition("=") for each in given)
    return {name: text for name, equals, text in told if equals and draft.operation.field(name) is None}


def wanted(draft: Draft, given: Sequence[str], membership: Membership) -> dict[str, object]:
    """The values by path. Raises `CannotRun` for what cannot be read."""
    found: dict[str, object] = {}
    for each in given:
        at, equals, text = each.partition("=")
        if not equals:
            raise CannotRun(f"“{at}” says no value. Write it as path=value, for instance prompt='a paper boat'.")
        value = value_of(draft, preset_runs.field_at(draft.operation, at), text, membership)
        if isinstance(value, list) and isinstance(found.get(at), list):
            value = [*found[at], *value]  # type: ignore[misc]
        found[at] = value
    return found


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
