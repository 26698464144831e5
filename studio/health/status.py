"""The status page for owners: the team's own work, and the parts of the studio that all teams share."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import Failure

from studio.health import about
from studio.health.checks import lookout
from studio.health.figures import Line, of_team
from studio.health.findings import BAD, GOOD, ODD, Finding, Sentence, say, span
from studio.tasks import live
from studio.teams.access import TeamRequest, team_page
from studio.teams.models import Role

LABELS: dict[str, Sentence] = {
    "queue": _("Workers"),
    "clock": _("Clock"),
    "events": _("Live pages"),
    "database": _("Database"),
    "migrations": _("Tables"),
    "disk": _("Disk"),
    "spool": _("Paid answers"),
    "fence": _("Sending"),
}
DAY = timedelta(days=1)


def of_studio() -> list[Line]:
    found = lookout.look()
    checks = [Line(name, label, found[name]) for name, label in LABELS.items()]
    return [web(), *checks, failures()]


def web() -> Line:
    says = say(
        _("Runs for {span}; open live streams: {count}."),
        span=span(about.up_for()),
        count=live.hub.people.total(),
    )
    return Line("web", _("Web server"), Finding(GOOD, says))


def failures() -> Line:
    """Jobs that ended in an error: what they were for is found again by the sweep, but each is a fault of ours."""
    recent = Failure.objects.filter(stopped__gt=timezone.now() - DAY)
    if not (count := recent.count()):
        return Line("failures", _("Failed jobs"), Finding(GOOD, _("None in the last day.")))
    kinds = recent.order_by().values_list("func").annotate(newest=Max("stopped")).order_by("-newest")[:3]
    says = say(_("In the last day: {count}."), count=count)
    help = _("What they were for is tried again by itself. The log of the workers says what went wrong.")
    notes = tuple(str(func).removeprefix("studio.") for func, _newest in kinds)
    return Line("failures", _("Failed jobs"), Finding(ODD, says, help), notes=notes)


def page() -> dict[str, object]:
    team, studio = of_team(), of_studio()
    levels = [line.finding.level for line in (*team, *studio)]
    bad, odd = levels.count(BAD), levels.count(ODD)
    summary, mark = gettext("All is well"), "succeeded"
    if bad:
        mark = "failed"
        summary = ngettext("%(count)d part does not work", "%(count)d parts do not work", bad) % {"count": bad}
    elif odd:
        mark = "unknown"
        summary = ngettext("%(count)d thing to look at", "%(count)d things to look at", odd) % {"count": odd}
    return {
        "summary": summary,
        "mark": mark,
        "parts": [("team", _("This team's work"), team), ("studio", _("The studio, shared by all teams"), studio)],
        "version": about.version(),
        "database": about.database(),
        "now": timezone.now(),
    }


@require_safe
@never_cache
@team_page(role=Role.OWNER)
def status(request: TeamRequest) -> HttpResponse:
    return render(request, "health/status.html", page())


@require_safe
@never_cache
@team_page(role=Role.OWNER)
def now(request: TeamRequest) -> HttpResponse:
    """The page without its frame."""
    return render(request, "health/_status.html", page())
