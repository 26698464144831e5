"""All that the page of a prompt shows."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import Http404

from studio.library.models import Prompt, PromptStar, PromptVersion
from studio.library.prompts import patterns
from studio.library.prompts.differences import Piece, pieces
from studio.library.prompts.rights import governs
from studio.library.prompts.word_lists import lists_for
from studio.numbers import number_in
from studio.teams.access import TeamRequest

VERSIONS = 100  # the newest; older ones are opened by their number


class Compared(NamedTuple):
    one: PromptVersion
    other: PromptVersion
    pieces: list[Piece]

    @property
    def same(self) -> bool:
        return self.one.text == self.other.text


def shown(request: TeamRequest, prompt: Prompt) -> dict[str, Any]:
    """Raises Http404 for a version that there is not."""
    versions = PromptVersion.objects.filter(prompt=prompt).select_related("author").prefetch_related("labels")
    version = numbered(prompt, request.GET.get("version", "") or str(prompt.newest))
    stars = PromptStar.objects.filter(prompt=prompt)
    return {
        "prompt": prompt,
        "version": version,
        "versions": list(versions.defer("text")[:VERSIONS]),
        "reading": patterns.read(version.text, lists_for(version.text)),
        "compared": compared(request, prompt),
        "tags": [tag.name for tag in prompt.tags.all()],
        "stars": stars.count(),
        "mine": stars.filter(person=request.user).exists(),
        "may_edit": request.membership.may_run,
        "governs": governs(prompt, request.membership),
    }


def numbered(prompt: Prompt, text: str) -> PromptVersion:
    """The version of this number. Raises Http404."""
    number = number_in(text)
    rows = PromptVersion.objects.select_related("author").filter(prompt=prompt)
    row = rows.filter(number=number).first() if number is not None and number < 2**31 else None
    if row is None:
        raise Http404
    return row


def compared(request: TeamRequest, prompt: Prompt) -> Compared | None:
    """The two versions that the address names; None where it names none."""
    if not {"from", "to"} <= set(request.GET):
        return None
    one, other = numbered(prompt, request.GET["from"]), numbered(prompt, request.GET["to"])
    return Compared(one, other, pieces(one.text, other.text))
