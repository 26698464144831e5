"""All that the page of a preset shows."""

from __future__ import annotations

from typing import Any, NamedTuple

from studio import catalog
from studio.library.audience import colleagues, reaches_nobody
from studio.library.differences import Change, differences, drift
from studio.library.kept import Kept
from studio.library.models import Named, Preset, PresetVersion, Star, Visibility, new_key
from studio.library.portable import addresses_of, portable
from studio.library.rights import governs, may_edit
from studio.library.sharing import DAYS, links
from studio.library.stars import Stars, stars_of
from studio.library.uses import Figures, figures, people, strip
from studio.library.versions import numbered, page_of_versions
from studio.library.words import label_of, written
from studio.teams.access import TeamRequest
from studio.teams.models import User


class Value(NamedTuple):
    """What a version keeps of one field; None where it is fixed to be left out, or left free."""

    at: str
    label: str
    text: str | None
    hold: str


def values(slug: str, kept: Kept) -> list[Value]:
    """In the operation's order, then what it does not know, then the extra keys."""
    operation = catalog.find(slug)
    order = [each.at for each in operation.fields] if operation else []
    names = [at for at in order if at in kept.values or at in kept.holds]
    names += [at for at in kept.values if at not in order]
    shown = [
        Value(at, label_of(operation, at), written(kept.values[at]) if at in kept.values else None, kept.hold(at))
        for at in names
    ]
    return shown + [Value(at, at, written(value), "extra") for at, value in kept.extras.items()]


def shown(request: TeamRequest, preset: Preset) -> dict[str, Any]:
    """Raises Http404 for a version that there is not."""
    every_version = PresetVersion.objects.filter(preset=preset)
    version = numbered(every_version, request.GET.get("version", "") or str(preset.newest))
    stars = stars_of(Star.objects.all(), "preset", [preset.pk], request.user)
    return {
        "preset": preset,
        "operation": catalog.find(preset.operation),
        "version": version,
        "values": values(preset.operation, version.kept),
        "drift": drift(preset.operation, version.kept, version.body_text),
        "compared": compared(request, preset),
        "may_edit": may_edit(preset, request.membership),
        "governs": governs(preset, request.membership),
        "stars": stars.get(preset.pk, Stars()),
        "figures": figures([preset]).get(preset.pk, Figures()),
        "strip": strip(preset),
        "people": people(preset),
        "left_out": [
            label_of(catalog.find(preset.operation), each.at)
            for each in portable(version.kept, addresses_of(preset.team_id))[1]
        ],
        "new_key": new_key(),
        **page_of_versions(every_version.defer("extras_text", "body_text"), request.GET),
    } | (audience(preset, request.user) if governs(preset, request.membership) else {})


def audience(preset: Preset, reader: User) -> dict[str, Any]:
    """What author and owners see of whom the preset is for."""
    named = dict(Named.objects.filter(preset=preset).values_list("person", "may_edit"))
    return {
        "visibilities": Visibility.choices,
        "colleagues": colleagues(preset.team_id, preset.author_id, named),
        "reaches_nobody": reaches_nobody(preset, reader),
        "links": links().filter(preset=preset),
        "days": DAYS,
    }


class Compared(NamedTuple):
    one: PresetVersion
    other: PresetVersion
    changes: list[Change]


def compared(request: TeamRequest, preset: Preset) -> Compared | None:
    """The two versions that the address names; None where it names none."""
    if not {"from", "to"} <= set(request.GET):
        return None
    versions = PresetVersion.objects.filter(preset=preset)
    one, other = (numbered(versions, request.GET[name]) for name in ("from", "to"))
    return Compared(one, other, differences(preset.operation, one.kept, other.kept))
