"""Our kept copy in the place of a gateway's link: the links rot in minutes to days, the copy stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from studio import catalog
from studio.assets.choosing import behind, take
from studio.assets.models import Asset
from studio.composer.drafts import Draft
from studio.composer.holdings import WEB, item_of
from studio.files.taking import NotTaken
from studio.teams.models import Team, User


def places(draft: Draft) -> Iterator[tuple[catalog.Field, list[Any]]]:
    """The fields for files, each with what stands in it."""
    for field in draft.operation.fields:
        value = draft.values.get(field.at)
        if field.takes or item_of(draft.operation, field):
            yield field, value if isinstance(value, list) else [value]


def copies(draft: Draft) -> dict[str, Asset]:
    """The results that we keep of the links in a draft's fields for files, by link. Needs the team's scope."""
    texts = [text for _, inside in places(draft) for text in inside if isinstance(text, str)]
    return behind([text for text in texts if text.lower().startswith(WEB)])


def goes_inside(operation: catalog.Operation, at: str) -> bool:
    """Does the file itself go in this field, rather than its address?"""
    field = operation.field(at)
    wanted = field and (item_of(operation, field) or field)
    return bool(wanted and wanted.sent and wanted.sent[0] != "address")


def use_copies(draft: Draft, team: Team, person: User, wanted: Callable[[str, Asset], bool]) -> set[str]:
    """Put our copies in, for each field and result that is `wanted`; the paths that changed. Needs the team's scope."""
    ours, changed = copies(draft), set()
    for field, inside in places(draft) if ours else ():
        made = [copy_of(each, ours, field, team, person, wanted) for each in inside]
        if made != inside:
            draft.set(field.at, made if isinstance(draft.values[field.at], list) else made[0])
            changed.add(field.at)
    return changed


def copy_of(
    text: Any,
    ours: dict[str, Asset],
    field: catalog.Field,
    team: Team,
    person: User,
    wanted: Callable[[str, Asset], bool],
) -> Any:
    asset = ours.get(text) if isinstance(text, str) else None
    if asset is None or not wanted(field.at, asset):
        return text
    try:
        return take(asset, team, person).reference
    except NotTaken:
        return text  # as good as it was
