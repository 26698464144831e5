"""A version as a form is opened from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from studio.library.differences import drift
from studio.library.kept import Kept
from studio.library.models import PresetVersion
from studio.library.rights import may_edit, seen_by
from studio.numbers import number_in
from studio.teams.models import Membership, User


@dataclass(frozen=True)
class Opened:
    """`changes`: its fixed fields are open, too, because the person is about to save another version."""

    version: PresetVersion
    changes: bool = False

    @property
    def kept(self) -> Kept:
        return self.version.kept

    @property
    def drifts(self) -> bool:
        """Does the catalog build another body of it now than when it was saved?"""
        return bool(drift(self.version.preset.operation, self.kept, self.version.body_text))

    @property
    def query(self) -> dict[str, str]:
        """What the composer's address and its form say of it."""
        return {"changes" if self.changes else "preset": str(self.version.pk)}


def opened(person: User, membership: Membership, operation: str, version: str, changes: bool) -> Opened:
    """The version of this id. Raises Http404 where the person may not see it, or not change it, or where it is of
    another operation. Needs the team's scope."""
    row = PresetVersion.objects.select_related("preset__author").filter(pk=number_in(version) or 0).first()
    if row is None or row.preset.operation != operation or not seen_by(person).filter(pk=row.preset_id).exists():
        raise Http404
    if changes and not may_edit(row.preset, membership):
        raise Http404
    return Opened(row, changes)
