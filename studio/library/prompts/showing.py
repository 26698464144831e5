"""All that the page of a prompt shows."""

from __future__ import annotations

from typing import Any, NamedTuple

from studio.library.models import Prompt, PromptStar, PromptVersion
from studio.library.prompts import patterns
from studio.library.prompts.differences import Piece, pieces
from studio.library.prompts.rights import governs
from studio.library.prompts.word_lists import lists_for
from studio.library.stars import Stars, stars_of
from studio.library.versions import numbered, page_of_versions
from studio.teams.access import TeamRequest


class Compared(NamedTuple):
    one: PromptVersion
    other: PromptVersion
    pieces: list[Piece]

    @property
    def same(self) -> bool:
        return self.one.text == self.other.text


def shown(request: TeamRequest, prompt: Prompt) -> dict[str, Any]:
    """Raises Http404 for a version that there is not."""
    every_version = PromptVersion.objects.filter(prompt=prompt)
    version = numbered(every_version, request.GET.get("version", "") or str(prompt.newest))
    stars = stars_of(PromptStar.objects.all(), "prompt", [prompt.pk], request.user)
    return {
        "prompt": prompt,
        "version": version,
        "reading": patterns.read(version.text, lists_for(version.text)),
        "compared": compared(request, prompt),
        "tags": [tag.name for tag in prompt.tags.all()],
        "stars": stars.get(prompt.pk, Stars()),
        "may_edit": request.membership.may_run,
        "governs": governs(prompt, request.membership),
        **page_of_versions(every_version.defer("text"), request.GET),
    }


def compared(request: TeamRequest, prompt: Prompt) -> Compared | None:
    """The two versions that the address names; None where it names none."""
    if not {"from", "to"} <= set(request.GET):
        return None
    versions = PromptVersion.objects.filter(prompt=prompt)
    one, other = (numbered(versions, request.GET[name]) for name in ("from", "to"))
    return Compared(one, other, pieces(one.text, other.text))
