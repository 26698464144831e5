"""The lines of what a person missed: unread first, in sentences, a page at a time. All of it needs the team's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from django.db import OperationalError
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.notices.models import ALIKE, TARGETS, Comment, Notice, What
from studio.notices.targets import Target, targets
from studio.notices.writing import typed
from studio.numbers import number_in
from studio.teams.models import User

PAGE = 50
MOST = 100  # where the bell stops counting
SHORT = 8  # lines under the bell
NEAR = 3  # of lines that are alike, under the bell


class Line(NamedTuple):
    notice: Notice
    sentence: str
    excerpt: str  # of the newest comment
    more: int = 0  # lines like it that are left out after it

    @property
    def rest(self) -> str:
        """Where those are."""
        waits = self.notice.what in {What.ATTENTION, What.APPROVAL}
        return reverse("tasks:list") + "?state=attention" if waits else reverse("notices:list")


class Page(NamedTuple):
    unread: list[Line]
    read: list[Line]
    older: str  # what to ask for the next page with; empty on the last


def mine(person: User) -> QuerySet[Notice]:
    return Notice.objects.filter(person=person)


def on(person: User, target: Target) -> QuerySet[Notice]:
    """The lines that whoever opens a target's page has read."""
    return mine(person).filter(**target.key)


def unread_number(person: User) -> int:
    return mine(person).filter(read_at=None).order_by()[:MOST].count()


def page(person: User, before: str = "") -> Page:
    """`before` is `u` or `r` (unread, read) and the id of the last line of the page before."""
    part, at = before[:1], number_in(before[1:])
    known = part in {"u", "r"} and at is not None
    rows = mine(person).select_related("comment")
    fresh = rows.filter(read_at=None)
    unread = [] if known and part == "r" else list((fresh.filter(pk__lt=at) if at else fresh)[: PAGE + 1])
    rest = rows.exclude(read_at=None)
    room = max(0, PAGE + 1 - len(unread))
    read = list((rest.filter(pk__lt=at) if at and part == "r" else rest)[:room]) if room else []
    both = [*unread, *read]
    last = both[PAGE - 1] if len(both) > PAGE else None
    older = f"{'r' if last.read_at else 'u'}{last.pk}" if last else ""
    told = {each.notice.pk: each for each in lines(person, both[:PAGE])}
    shown = [told[each.pk] for each in both[:PAGE]]
    return Page([e for e in shown if not e.notice.read_at], [e for e in shown if e.notice.read_at], older)


def short(person: User) -> Page:
    """What hangs from the bell: the newest, and of unread ones that are alike a few, with the number of the others."""
    fresh = mine(person).filter(read_at=None)
    rows, seen = list[Notice](), Counter[str]()
    for row in fresh.select_related("comment")[:MOST]:
        seen[row.what] += 1
        if row.what not in ALIKE or seen[row.what] <= NEAR:
            rows.append(row)
    unread = lines(person, rows[:SHORT])
    number = dict(fresh.order_by().values_list("what").annotate(Count("pk")))
    shown = Counter(each.notice.what for each in unread)
    last = {each.notice.what: place for place, each in enumerate(unread) if each.notice.what in ALIKE}
    for what, place in last.items():
        unread[place] = unread[place]._replace(more=number[what] - shown[what])
    read = list(mine(person).select_related("comment").exclude(read_at=None)[: SHORT - len(unread)])
    return Page(unread, lines(person, read), "")


def lines(person: User, notices: Iterable[Notice]) -> list[Line]:
    """As sentences; what the person may not see any more is not named. Five or six queries, however many there are."""
    rows = list(notices)
    seen = {
        (kind, pk): target
        for kind in TARGETS
        if (wanted := {each.about[1] for each in rows if each.about[0] == kind})
        for pk, target in targets(kind, wanted, person).items()
    }
    people = {each.pk: str(each) for each in User.objects.filter(pk__in={pk for row in rows for pk in row.who})}
    people |= mentioned_in(rows)
    return [line(row, seen.get(row.about), people) for row in rows]


def mentioned_in(rows: list[Notice]) -> dict[int, str]:
    comments = [row.comment_id for row in rows if row.comment_id]
    found = User.objects.filter(pk__in=Comment.objects.filter(pk__in=comments).values("mentions__person"))
    return {each.pk: str(each) for each in found} if comments else {}


def line(row: Notice, target: Target | None, people: dict[int, str]) -> Line:
    if target is None:
        return Line(row, _("Something that you do not see any more"), "")
    excerpt = typed(row.comment.text, people)[:160] if row.comment else ""
    who = joined([people[pk] for pk in row.who if pk in people])
    words = {"who": who, "title": target.title, "count": row.times}
    return Line(row, sentence(row) % words, excerpt)


def sentence(row: Notice) -> str:
    return {
        What.MENTIONED: lambda: ngettext(
            "%(who)s mentioned you on %(title)s",
            "You were mentioned, and %(count)s new comments by %(who)s on %(title)s",
            row.times,
        ),
        What.COMMENTED: lambda: ngettext(
            "%(who)s commented on %(title)s", "%(count)s new comments by %(who)s on %(title)s", row.times
        ),
        What.ATTENTION: lambda: _("%(title)s waits for you"),
        What.APPROVAL: lambda: _("%(who)s asks you to approve %(title)s"),
        What.APPROVED: lambda: _("%(who)s approved what you asked for: %(title)s"),
        What.DECLINED: lambda: _("%(who)s declined what you asked for: %(title)s"),
        What.ENDED: lambda: _("Your batch %(title)s has ended"),
    }[What(row.what)]()


def joined(names: list[str]) -> str:
    """“Ann”, “Ann and Bob”, “Ann, Bob and 2 others”."""
    if not names:
        return _("somebody")
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return _("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}
    more = len(names) - 2
    words = {"one": names[0], "other": names[1], "count": more}
    return ngettext("%(one)s, %(other)s and %(count)s other", "%(one)s, %(other)s and %(count)s others", more) % words


def leads_to(row: Notice, person: User) -> str:
    """Where a line leads: to what it is about."""
    kind, pk = row.about
    target = targets(kind, [pk], person).get(pk)
    if target is None:
        return reverse("notices:list")
    return target.url + ("#talk" if row.what in {What.MENTIONED, What.COMMENTED} else "")


def mark_read(rows: QuerySet[Notice]) -> bool:
    """Whether any was unread. Asks before it writes: most pages that are opened have none."""
    unread = rows.filter(read_at=None)
    return unread.exists() and bool(unread.update(read_at=timezone.now()))


def opened(rows: QuerySet[Notice]) -> bool:
    """As `mark_read`, for a page that is only looked at: where nobody can write now, the lines stay unread."""
    try:
        return mark_read(rows)
    except OperationalError:
        return False
