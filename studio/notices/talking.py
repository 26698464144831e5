"""What a person can do about comments, and who is told of it. All of it needs the team's scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from studio.notices.models import Comment, Mention, What
from studio.notices.targets import Target, readers
from studio.notices.telling import News, tell
from studio.notices.writing import Piece, pieces, resolve, typed
from studio.paging import Place, page_of
from studio.teams.models import Membership, User

PAGE = 12
MOST_MEMBERS = 300  # that a list of names offers
MOST_TOLD = 200  # people of one conversation


class Shown(NamedTuple):
    comment: Comment
    pieces: list[Piece]


class Talk(NamedTuple):
    """The newest comments of a target, the oldest of them first; `before` is the id to ask for older ones with."""

    lines: list[Shown]
    before: int | None
    number: int


def talk(target: Target, place: Place | None = None) -> Talk:
    rows = Comment.objects.filter(**target.key)
    page = page_of(whole(rows), place, PAGE)
    return Talk([shown(each) for each in reversed(page.rows)], page.older.number if page.older else None, rows.count())


def whole(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    """With all that `shown` asks for. Of mentions that are to be in order SQLite would read all of the team's."""
    mentions = Prefetch("mentions", Mention.objects.order_by().select_related("person"))
    return rows.select_related("writer").prefetch_related(mentions)


def names(comment: Comment) -> dict[int, str]:
    return {each.person_id: str(each.person) for each in comment.mentions.all()}


def shown(comment: Comment) -> Shown:
    return Shown(comment, pieces(comment.text, names(comment)))


def as_typed(comment: Comment) -> str:
    return typed(comment.text, names(comment))


def members(team: int) -> QuerySet[Membership]:
    return Membership.objects.filter(team=team).select_related("user").order_by("user__first_name", "id")


def offered(team: int, words: str) -> tuple[list[User], bool]:
    """Those whose name or address holds all of the words, and whether there are more of them than a list offers."""
    rows = members(team)
    for word in words.split():
        named = Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        rows = rows.filter(named | Q(user__email__icontains=word))
    found = [each.user for each in rows[: MOST_MEMBERS + 1]]
    return found[:MOST_MEMBERS], len(found) > MOST_MEMBERS


def called(team: int, text: str) -> list[User]:
    """All members of the team whose name stands after an @ in the text."""
    if "@" not in text:
        return []
    written = text.casefold()
    return [each.user for each in members(team) if f"@{each.user}".casefold() in written]


@transaction.atomic
def say(target: Target, writer: User, text: str, chosen: Iterable[int] = ()) -> tuple[Comment, list[User]]:
    """The comment, and whom of those it mentions it does not reach: they may not see what it is about."""
    kept, mentioned = resolve(text, called(target.team, text), chosen)
    comment = Comment.objects.create(team_id=target.team, writer=writer, text=kept, **target.key)
    return comment, spread(target, comment, mentioned, known=set())


@transaction.atomic
def change(target: Target, comment: Comment, text: str, chosen: Iterable[int] = ()) -> list[User]:
    """Another text. Only who is mentioned for the first time is told."""
    known = set(names(comment))
    comment.text, mentioned = resolve(text, called(target.team, text), {*chosen, *known})
    comment.changed_at = timezone.now()
    comment.save(update_fields=["text", "changed_at"])
    Mention.objects.filter(comment=comment).exclude(person__in=mentioned).delete()
    return spread(target, comment, mentioned, known=known)


def spread(target: Target, comment: Comment, mentioned: dict[int, User], known: set[int]) -> list[User]:
    """Keep the mentions and tell people; gives back whom it does not reach."""
    fresh = {pk: person for pk, person in mentioned.items() if pk not in known}
    listening = set() if comment.changed_at else listeners(target)
    reading = readers(target, {*fresh, *listening})
    rows = (Mention(team_id=target.team, comment=comment, person=person) for person in fresh.values())
    Mention.objects.bulk_create(rows, ignore_conflicts=True)  # saved twice at the same moment, it mentions them once
    reached = frozenset(fresh) & reading
    news = News(target.team, What.COMMENTED, (target.kind, target.pk), comment.writer_id, comment, reached)
    tell(news, reading)
    return [person for pk, person in fresh.items() if pk not in reading]


def listeners(target: Target) -> set[int]:
    """Who made it, and who said something about it before."""
    before = Comment.objects.filter(**target.key).order_by().values_list("writer", flat=True).distinct()[:MOST_TOLD]
    return {target.maker, *before}
