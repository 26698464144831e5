"""A form that is opened with a saved prompt."""

from __future__ import annotations

from django.http import Http404

from studio.composer.drafts import Draft
from studio.library.prompts.opening import opened
from studio.teams.access import TeamRequest


def with_prompt(request: TeamRequest, draft: Draft) -> Draft:
    """The draft with the version in its prompt that the address names. Raises Http404 where it has no place for one."""
    version = opened(request.user, request.GET["prompt"])
    if draft.prompt_at is None:
        raise Http404
    draft.set(draft.prompt_at, version.text)
    draft.wish.saved = str(version.pk)
    return draft
