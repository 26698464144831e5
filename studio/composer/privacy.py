"""The switch beside Run: is what is run for oneself alone? Each form remembers what its person said last."""

from __future__ import annotations

from studio import catalog
from studio.tasks.models import Task
from studio.teams.access import TeamRequest
from studio.teams.models import Membership

PRIVATE = "private"  # posted twice: "off" always, and "on" by the switch


def wanted(request: TeamRequest, operation: catalog.Operation, source: Task | None) -> bool:
    """As the posted form says. A form that opens begins as what it was filled from, if that is private, else as the
    person ran it last."""
    told = request.POST.get(PRIVATE)
    if told is not None:
        return told == "on"
    return bool(source and source.private) or operation.slug in request.membership.keeps_private


def remember(membership: Membership, operation: catalog.Operation, private: bool) -> None:
    kept: list[str] = membership.keeps_private
    if (operation.slug in kept) == private:
        return
    membership.keeps_private = [*kept, operation.slug] if private else [each for each in kept if each != operation.slug]
    membership.save(update_fields=["keeps_private"])
