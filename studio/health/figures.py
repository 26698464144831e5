"""The status page's lines about a team's own work. Each asks a fixed number of questions, inside the team's scope."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from studio.assets.models import Asset, Keeping
from studio.health.findings import GOOD, ODD, Finding, Sentence, say, span
from studio.tasks.models import OVERDUE, Callback, Task
from studio.tasks.states import WAITING_AT_GATEWAY, Approval, State

LONG_WAIT = 600.0  # seconds that an attempt may wait for room at its gateway before somebody should look
UNHEARD = 120.0  # seconds in which the sweep has tried a callback again
PRICED = 1000  # tasks of the past whose prices are looked at
WEEK = timedelta(days=7)
LONGEST = 160  # letters of a reason, which may be a gateway's own text


class Line(NamedTuple):
    """One line of the status page. `url` is where to look or act, with `link` as its words; `notes` are more lines."""

    key: str
    label: Sentence
    finding: Finding
    url: str = ""
    link: Sentence = ""
    notes: tuple[Sentence, ...] = ()


def of_team() -> list[Line]:
    return [waiting(), at_gateway(), lost_answers(), held(), without_end(), callbacks(), results()]


def waiting() -> Line:
    now = timezone.now()
    due = Q(attempts__state=State.QUEUED, attempts__due_at__lte=now)
    queued = Task.objects.counted().filter(state=State.QUEUED).order_by()
    found = queued.aggregate(count=Count("pk", distinct=True), first=Min("attempts__due_at", filter=due))
    late = (now - found["first"]).total_seconds() if found["first"] else 0.0
    if not found["count"]:
        return Line("waiting", _("Waiting to be sent"), Finding(GOOD, _("Nothing waits.")))
    finding = Finding(GOOD, say(_("{count}; the oldest for {span}."), count=found["count"], span=span(late)))
    if late > LONG_WAIT:
        slow = _("A gateway has little room: see the limits of its connection, and whether it is paused.")
        finding = finding._replace(level=ODD, help=slow)
    return Line("waiting", _("Waiting to be sent"), finding, reverse("tasks:list") + "?state=queued", _("Show them"))


def at_gateway() -> Line:
    states = [State.SENDING, State.ACCEPTED, State.RUNNING]
    rows = Task.objects.counted().filter(state__in=states, finished_at=None).order_by()
    counts = dict(rows.values_list("state").annotate(count=Count("pk")))
    if not counts:
        return Line("gateway", _("At the gateway"), Finding(GOOD, _("Nothing is on its way.")))
    says = say(
        _("Being sent: {sending}. Accepted: {accepted}. Running: {running}."),
        **{state.value: counts.get(state, 0) for state in states},
    )
    return Line(
        "gateway", _("At the gateway"), Finding(GOOD, says), reverse("tasks:list") + "?state=open", _("Show them")
    )


def lost_answers() -> Line:
    """Tasks that may have been paid for without an answer, and the most that such tasks have cost lately."""
    rows = Task.objects.counted().filter(state=State.UNKNOWN, finished_at=None, counted_at__isnull=False).order_by()
    lost: dict[str, int] = dict(rows.values_list("operation").annotate(count=Count("pk")))
    if not lost:
        return Line("lost", _("Answer lost"), Finding(GOOD, _("None.")))
    prices = highest_prices(list(lost))
    cost = sum((prices[name] * count for name, count in lost.items() if name in prices), Decimal())
    strange = sum(count for name, count in lost.items() if name not in prices)
    says = say(_("{count}; none of them is sent again by itself."), count=sum(lost.values()))
    notes: list[Sentence] = []
    if cost:
        notes.append(
            say(_("They may have cost {points} points."), points=number_format(cost.normalize(), use_l10n=True))
        )
    if strange:
        notes.append(say(_("The price of {count} is not known: no such task has reported one yet."), count=strange))
    finding = Finding(ODD, says, _("Open each, and look again, send again or write it off."))
    url = reverse("tasks:list") + "?state=unknown"
    return Line("lost", _("Answer lost"), finding, url, _("Decide"), tuple(notes))


def highest_prices(operations: list[str]) -> dict[str, Decimal]:
    """Operation -> the most that one of the team's last tasks has cost, in points."""
    told = Task.objects.counted().filter(state=State.SUCCEEDED, counted_at__isnull=False).order_by("-id")
    prices: dict[str, Decimal] = {}
    for operation, cost in told.values_list("operation", "cost")[:PRICED]:
        if cost is not None and operation in operations:
            prices[operation] = max(cost, prices.get(operation, cost))
    return prices


def held() -> Line:
    rows = Task.objects.counted().filter(state=State.HELD, finished_at=None).exclude(approval=Approval.ASKED).order_by()
    reasons = list(rows.values_list("held_because").annotate(count=Count("pk")).order_by("-count")[:5])
    if not reasons:
        return Line("held", _("Held"), Finding(GOOD, _("None.")))
    finding = Finding(
        ODD,
        say(_("{count}; nothing was sent or paid."), count=sum(count for _reason, count in reasons)),
        _("Fix the connection and start it again: then they go by themselves."),
    )
    notes = tuple(
        f"{count} × {Truncator(gettext(reason)).chars(LONGEST) if reason else '–'}" for reason, count in reasons
    )
    return Line("held", _("Held"), finding, reverse("teams:connections"), _("Connections"), notes)


def without_end() -> Line:
    since = timezone.now() - OVERDUE
    rows = Task.objects.counted().filter(state__in=WAITING_AT_GATEWAY, finished_at=None, sent_at__lt=since)
    if not (count := rows.count()):
        return Line("overdue", _("Without an end"), Finding(GOOD, _("None.")))
    says = say(_("{count} for more than a day."), count=count)
    finding = Finding(ODD, says, _("The gateway reports no result. Look at each, and write it off."))
    return Line("overdue", _("Without an end"), finding, reverse("tasks:list") + "?state=attention", _("Decide"))


def callbacks() -> Line:
    found = Callback.objects.counted().filter(heard_at=None).aggregate(count=Count("pk"), first=Min("received_at"))
    if not found["count"]:
        return Line("callbacks", _("Callbacks"), Finding(GOOD, _("All were heard.")))
    age = (timezone.now() - found["first"]).total_seconds()
    says = say(_("Not heard: {count}, the oldest for {span}."), count=found["count"], span=span(age))
    finding = Finding(GOOD, says)
    if age > UNHEARD:
        finding = Finding(ODD, says, _("The inbox says why for each. Once that is fixed, replay them there."))
    return Line("callbacks", _("Callbacks"), finding, reverse("tasks:inbox") + "?show=unheard", _("Inbox"))


def results() -> Line:
    recent = Q(keeping=Keeping.LOST, created_at__gt=timezone.now() - WEEK)
    found = (
        Asset.objects.counted()
        .filter(kept_at=None)
        .aggregate(waiting=Count("pk", filter=Q(keeping=Keeping.WAITING)), lost=Count("pk", filter=recent))
    )
    if not any(found.values()):
        return Line("results", _("Results"), Finding(GOOD, _("All are kept.")))
    says = say(_("Being fetched: {waiting}. Lost in the last seven days: {lost}."), **found)
    finding = Finding(GOOD, says)
    if found["lost"]:
        finding = Finding(
            ODD, says, _("Their links expired, or led to something other than such a file. The task's page says why.")
        )
    return Line("results", _("Results"), finding)
