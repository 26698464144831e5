"""Telling: what happened becomes a line for each who shall know, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from studio.notices.models import Comment, Notice, What
from studio.notices.outgoing import mail_later, post_later
from studio.teams.models import Membership, Role

NAMED = 20  # people that a line remembers
TALK = {What.MENTIONED, What.COMMENTED}


@dataclass(frozen=True)
class News:
    """`about` is the kind and the id of what it happened to, `actor` who did it: they need not be told."""

    team: int
    what: What
    about: tuple[str, int]
    actor: int | None = None
    comment: Comment | None = None
    mentioned: frozenset[int] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        topic = "talk" if self.what in TALK else str(self.what)
        return f"{topic}:{self.about[0]}:{self.about[1]}"

    def what_for(self, person: int) -> What:
        return What.MENTIONED if person in self.mentioned else self.what


def owners(team: int) -> list[int]:
    return list(Membership.objects.filter(team=team, role=Role.OWNER).values_list("user", flat=True))


def tell(news: News, people: Iterable[int]) -> None:
    """A line for each of them who is of the team; one that is unread yet is counted up. Needs a scope.

    Two at the same moment: the second finds the line there, and its own is no news.
    """
    if not (news.comment and news.comment.changed_at):
        post_later(news.team, news.what, news.about, news.actor)
    wanted = set(people) - {news.actor}
    if not wanted:
        return
    members = Membership.objects.filter(team=news.team, user__in=wanted)
    wanted = set(members.values_list("user", flat=True))
    with transaction.atomic():
        unread = Notice.objects.filter(team=news.team, key=news.key, person__in=wanted, read_at=None)
        before = {each.person_id: each for each in unread.select_for_update().order_by("person")}
        Notice.objects.filter(pk__in=[each.pk for each in before.values()]).delete()
        lines = [line(news, person, before.get(person)) for person in sorted(wanted)]
        Notice.objects.bulk_create(lines, ignore_conflicts=True)
        mail_later(lines)


def decided(team: int, about: tuple[str, int]) -> None:
    """Nobody need be asked for this approval any more: whoever was has nothing to read. Needs a scope."""
    asked = Notice.objects.filter(team=team, what=What.APPROVAL, read_at=None, **{f"{about[0]}_id": about[1]})
    asked.update(read_at=timezone.now())


def line(news: News, person: int, before: Notice | None) -> Notice:
    what, times, who = news.what_for(person), 1, [news.actor] if news.actor else []
    if before:
        what = What.MENTIONED if before.what == What.MENTIONED else what
        times = before.times + (1 if news.comment else 0)
        who = [*who, *(each for each in before.who if each not in who)][:NAMED]
    row = Notice(team_id=news.team, person_id=person, key=news.key, what=what, times=times, who=who)
    row.comment = news.comment
    setattr(row, f"{news.about[0]}_id", news.about[1])
    return row
