"""Whose eyes a file is for: it follows the task that it was last brought to."""

from __future__ import annotations

from studio.files.filling import references_in
from studio.files.models import File
from studio.teams.models import User


def mark(values: object, person: User, *, private: bool) -> None:
    """A task with these values begins, or shows itself to others. What a person brought to a private task is offered to
    nobody else; once it stands in a task that the team sees, everybody sees it. Needs the team's scope."""
    if not (wanted := references_in(values)):
        return
    rows = File.objects.filter(public_id__in=wanted)
    if private:
        rows.filter(person=person).update(private=True)
    else:
        rows.filter(private=True).update(private=False)
