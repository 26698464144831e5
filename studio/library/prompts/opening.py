"""A version of a prompt as the composer opens it."""

from __future__ import annotations

from django.http import Http404

from studio.library.models import PromptVersion
from studio.library.prompts.rights import seen_by
from studio.numbers import number_in
from studio.teams.models import User


def opened(person: User, version: str) -> PromptVersion:
    """The version of this id. Raises Http404 where the person may not see it. Needs the team's scope."""
    row = known(person, version)
    if row is None:
        raise Http404
    return row


def known(person: User, version: str) -> PromptVersion | None:
    """The same, and None for what is not there any more."""
    rows = PromptVersion.objects.select_related("prompt").filter(prompt__in=seen_by(person))
    return rows.filter(pk=number_in(version) or 0).first()
