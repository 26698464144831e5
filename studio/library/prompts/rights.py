"""Who may see a prompt, and who may change it. All of it needs the team's scope."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from studio.library.models import Prompt, Visibility
from studio.teams.models import Membership, User


def seen_by(person: User) -> QuerySet[Prompt]:
    """The team's prompts that this person may see: the team's and their own. Members may save further versions of
    what they see: nothing is ever overwritten."""
    return Prompt.objects.filter(Q(visibility=Visibility.TEAM) | Q(author=person))


def found(person: User, pk: int) -> Prompt:
    """Raises Http404 for what this person may not see."""
    prompt = seen_by(person).select_related("author").filter(pk=pk).first()
    if prompt is None:
        raise Http404
    return prompt


def governs(prompt: Prompt, membership: Membership) -> bool:
    """Who says for whom a prompt is: its author and the team's owners."""
    return membership.may_run and (prompt.author_id == membership.user_id or membership.is_owner)
