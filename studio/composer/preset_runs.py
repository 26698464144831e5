"""A preset, or an operation, that is run without its form: from a terminal or by a program. What is held fast stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from django.db import transaction
from django.utils.translation import gettext as _

from studio import catalog
from studio.composer.choosing import choose
from studio.composer.controls import UNSET
from studio.composer.drafts import Draft
from studio.composer.holdings import bring
from studio.composer.prompting import prompted
from studio.composer.screen import Screen
from studio.library.models import Preset, PresetVersion
from studio.library.patterns import Variable
from studio.library.prompts.word_lists import lists_for
from studio.library.uses import remember
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Connection, Membership

NAMED = 30  # paths that a sentence lists


class CannotRun(Exception):
    """Nothing was begun; the text is a sentence or several for whoever asked, `fields` the same by path."""

    def __init__(self, text: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.fields = dict(fields or {})


def opened(preset: Preset) -> tuple[PresetVersion, Draft]:
    """The newest version, and a draft that begins with it. Needs the team's scope."""
    operation = catalog.find(preset.operation)
    if operation is None or not operation.makes_something:
        raise CannotRun(_("The operation %(operation)s is no longer in the catalog.") % {"operation": preset.operation})
    version = PresetVersion.objects.get(preset=preset, number=preset.newest)
    draft = Draft.of_preset(operation, version.kept)
    draft.hold()
    return version, draft


def variables(draft: Draft) -> list[Variable]:
    """What the draft's texts ask for."""
    read = prompted(draft, lists_for)
    return [each.variable for each in read.inputs] if read and read.active else []


def say(draft: Draft, words: Mapping[str, str]) -> None:
    """Values for the variables of the draft's texts. Raises `CannotRun` for one that they do not ask for: a spelling
    mistake would else run, and be paid for, with the default."""
    names = [each.name for each in variables(draft)]
    said = _("No text of this preset asks for “{{%(name)s}}”. It asks for: %(names)s.")
    asked = ", ".join(f"{{{{{name}}}}}" for name in names) or _("nothing")
    faults = {name: said % {"name": name, "names": asked} for name in words if name not in names}
    if faults:
        raise CannotRun("\n".join(faults.values()), {f"variables.{name}": text for name, text in faults.items()})
    draft.wish.values |= dict(words)


def field_at(operation: catalog.Operation, at: str) -> catalog.Field:
    """The field at this path. Raises `CannotRun`; the callback's address is the studio's own."""
    field = operation.field(at)
    if field is not None and field.at != operation.callback:
        return field
    paths = [each.at for each in operation.fields if each.at != operation.callback]
    near = get_close_matches(at, paths, 1)
    said = _("%(operation)s has no field “%(path)s”.") % {"operation": operation.slug, "path": at}
    more = _("Did you mean %(path)s?") % {"path": near[0]} if near else ""
    raise CannotRun(
        f"{said} " + (more or _("It has: %(paths)s.") % {"paths": ", ".join(paths[:NAMED])}), {at: f"{said} {more}"}
    )


def fill(draft: Draft, wanted: Mapping[str, object]) -> None:
    """Put values into the draft by path, `UNSET` for none; members that are named beside a whole object stand in it.
    Raises `CannotRun` for all that is held fast."""
    given = {at: value for at, value in wanted.items() if value is not UNSET}
    for at in wanted.keys() - given.keys():
        draft.set(at, None)
    draft.values, draft.extras = draft.operation.put(draft.values, draft.extras, given)
    overruled = draft.held.overruled(draft.values, draft.extras) if draft.held else []
    draft.hold()
    said = _("The preset holds “%(path)s” fast. Change the preset, or run it without setting that.")
    if held := {at: said % {"path": at} for at in overruled}:
        raise CannotRun("\n".join(held.values()), held)


def named(connections: Sequence[Connection], name: str) -> Connection:
    found = next((each for each in connections if each.name.casefold() == name.casefold()), None)
    if found is None:
        names = ", ".join(each.name for each in connections) or _("none yet")
        said = _("There is no connection “%(name)s”. The team's connections: %(names)s.")
        raise CannotRun(said % {"name": name, "names": names}, {"connection": said % {"name": name, "names": names}})
    return found


def connection_for(operation: catalog.Operation, name: str) -> tuple[list[Connection], Connection | None]:
    """All of the team's, and the one of this name, or without a name the one that the composer would take."""
    connections = list(Connection.objects.all())
    return connections, named(connections, name) if name else choose(connections, "", "", operation)


def begin(
    membership: Membership,
    draft: Draft,
    *,
    nonce: str,
    connection: str = "",
    version: PresetVersion | None = None,
    private: bool | None = None,
) -> Task:
    """A task of what the draft holds, as its form would begin it; `private` None: as its person ran the form last.

    Raises `CannotRun` with all that stops it.

    Needs the team's scope.
    """
    bring(draft, membership.team, membership.user)
    connections, chosen = connection_for(draft.operation, connection)
    screen = Screen(draft, membership, connections, chosen, asked=True)
    if screen.run.reasons or chosen is None:
        faults = {at: " ".join(each) for at, each in screen.notes.errors.items()}
        raise CannotRun("\n".join(reason.text for reason in screen.run.reasons), faults)
    try:
        with transaction.atomic():
            task = lifecycle.begin(
                team=membership.team,
                person=membership.user,
                connection=chosen,
                operation=draft.operation,
                values=draft.sent,
                extras=draft.extras,
                fates=draft.own_fates,
                nonce=nonce,
                pattern=screen.prompted.record() if screen.prompted else {},
                private=draft.operation.slug in membership.keeps_private if private is None else private,
            )
            if version:
                remember(version, task.pk)
    except lifecycle.NotNow as problem:
        raise CannotRun(str(problem)) from problem
    return task
