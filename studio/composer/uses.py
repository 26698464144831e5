"""Where a kept result can go next: every field, of every operation that is on, which takes files of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from studio import catalog
from studio.assets.choosing import take
from studio.assets.models import Asset, Keeping
from studio.composer.drafts import Draft
from studio.composer.items import with_file, with_files
from studio.composer.picking import leading
from studio.composer.texts import top_of
from studio.files.taking import NotTaken
from studio.languages import in_words
from studio.numbers import number_in
from studio.tasks.models import Task
from studio.tasks.switches import is_offered
from studio.teams.models import Connection, Team, User

ACTION = "file"  # the action of a form's address that brings a result: `file:<asset>:<field>`


class Use(NamedTuple):
    title: str  # of the operation
    place: str  # the field's label
    url: str
    words: str  # by which it is found: all of it in both languages


class Shelf(NamedTuple):
    title: str  # of the system
    uses: list[Use]


def heading(kind: str) -> str:
    words = {"image": _("Use the picture in …"), "video": _("Use the video in …"), "audio": _("Use the sound in …")}
    return words.get(kind, _("Use the file in …"))


def places(operation: catalog.Operation, kind: str) -> Iterator[catalog.Field]:
    """The fields that name this kind of file, a list of them, or a list of which one kind of item holds them; not those
    deeper in lists, of which a form has none yet. A field for slides takes every file that a person brings, but is no
    place to offer for a picture."""
    for field in operation.fields:
        alone = "[]" not in field.at.removesuffix("[]") or bool(with_files(operation.slug, top_of(field)))
        if kind in field.takes and alone:
            yield field


def uses(asset: Asset, connections: Sequence[Connection], lately: Sequence[str]) -> list[Shelf]:
    """By system. Operations that were used `lately` (slugs, the last one first) and their systems come first, then as
    on the page on which an operation is picked."""
    last = {slug: place for place, slug in enumerate(lately)}

    def turn(system: catalog.System) -> tuple[int, int]:
        used = min((last.get(each.slug, len(last)) for each in system.operations), default=len(last))
        return used, leading(system)

    found = []
    for system in sorted(catalog.systems(), key=turn):
        on = [operation for operation in system.operations if is_offered(operation, connections)]
        on.sort(key=lambda operation: last.get(operation.slug, len(last)))
        made = [use(asset, operation, field) for operation in on for field in places(operation, asset.kind)]
        if made:
            found.append(Shelf(in_words(system.title), made))
    return found


def use(asset: Asset, operation: catalog.Operation, field: catalog.Field) -> Use:
    query = urlencode({"from": str(asset.task_id), "action": f"{ACTION}:{asset.pk}:{field.at}"})
    url = f"{reverse('composer:compose', args=[operation.slug])}?{query}"
    texts = [operation.system_title, operation.title, field.label]
    words = " ".join(word for text in texts for word in (text.en, text.zh)).lower()
    return Use(in_words(operation.title), in_words(field.label), url, words)


def is_use(action: str) -> bool:
    return action.startswith(f"{ACTION}:")


def draft_of_use(found: catalog.Operation, task: Task, action: str, team: Team, person: User) -> Draft:
    """A fresh form with a result of this task in one of its fields. Raises Http404 where it cannot stand there."""
    _action, number, at = [*action.split(":", 2), "", ""][:3]
    asset = Asset.objects.filter(pk=number_in(number) or 0, task=task, keeping=Keeping.KEPT).first()
    field = next((each for each in places(found, asset.kind) if each.at == at), None) if asset else None
    if asset is None or field is None:
        raise Http404
    draft = Draft.fresh(found)
    try:
        reference = take(asset, team, person).reference
    except NotTaken as fault:
        draft.wrong[at] = str(fault)
        return draft
    if at.endswith("[]"):
        draft.set(at.removesuffix("[]"), [reference])
    elif field.kinds:
        draft.set(top_of(field), [with_file(found.slug, top_of(field), reference)])
    else:
        draft.set(at, reference)
    return draft
