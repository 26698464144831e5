"""`/metrics` in Prometheus' text format: figures of the whole studio, without names and without ids of rows.

Counters must never fall, whichever process is asked and whatever is tidied away: they are the newest row's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db import DatabaseError
from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.utils import timezone
from django_q.models import Failure, OrmQ

from studio.assets.models import Asset, Keeping
from studio.health import about, beats
from studio.health.checks import free, lookout, queue_now
from studio.health.findings import BAD
from studio.tasks import live, replies
from studio.tasks.models import OVERDUE, Attempt, Callback, Event, Task
from studio.tasks.states import WAITING_AT_GATEWAY, State
from studio.teams.scope import across_teams

TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[tuple[str, str], ...]


class Metric(NamedTuple):
    """`samples` is labels -> figure; without labels `()`."""

    name: str
    kind: str
    help: str
    samples: dict[Labels, float]

    def lines(self) -> Iterator[str]:
        yield f"# HELP studio_{self.name} {self.help}"
        yield f"# TYPE studio_{self.name} {self.kind}"
        for labels, figure in self.samples.items():
            said = ",".join(f'{name}="{escape(text)}"' for name, text in labels)
            yield f"studio_{self.name}{f'{{{said}}}' if said else ''} {figure:.15g}"


def escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def gauge(name: str, help: str, figure: float) -> Metric:
    return Metric(name, "gauge", help, {(): figure})


def gauges(name: str, help: str, label: str, figures: dict[str, float]) -> Metric:
    return Metric(name, "gauge", help, {((label, word),): figure for word, figure in figures.items()})


def text() -> str:
    """Everything that can be measured now; without the database, what is known without it."""
    metrics = list(of_this_process())
    try:
        with across_teams():
            metrics += [*of_parts(), *of_the_queue(), *of_work(), *counters()]
    except DatabaseError:
        pass  # studio_check_ok tells of it
    return "\n".join(line for metric in metrics for line in metric.lines()) + "\n"


def of_this_process() -> Iterator[Metric]:
    found = {name: float(finding.level != BAD) for name, finding in lookout.look().items()}
    yield gauges("check_ok", "1 while this check of /readyz is well.", "check", found)
    yield gauge("streams_open", "Browsers that follow their team's events in this process.", live.hub.people.total())
    yield gauges("disk_free_bytes", "Free space where the studio writes.", "folder", dict(free().items()))
    spooled = {"waiting": float(len(replies.kept())), "aside": float(len(replies.aside()))}
    yield gauges("spool_replies", "Paid answers that the database could not take.", "state", spooled)


def of_parts() -> Iterator[Metric]:
    info = (("version", about.version()), ("database", about.database()))
    yield Metric("info", "gauge", "What runs here.", {info: 1})
    ages = beats.read().ages | ({"events": live.hub.reader.age()} if live.hub.reader else {})
    yield gauges("heartbeat_age_seconds", "Since the last sign of life.", "part", ages)


def of_the_queue() -> Iterator[Metric]:
    waiting, oldest = queue_now()
    jobs = {"waiting": float(waiting), "taken": float(OrmQ.objects.count() - waiting)}
    yield gauges("queue_jobs", "Jobs of the queue.", "state", jobs)
    yield gauge("queue_wait_seconds", "How long the oldest job has waited for a worker.", oldest)
    yield gauge("queue_failures", "Jobs that ended in an error, as kept for 30 days.", Failure.objects.count())


def of_work() -> Iterator[Metric]:
    by_state = dict.fromkeys(State.values, 0.0)
    # By team as well, because that is how the index is sorted: a million rows are counted without another sorting.
    for _team, state, count in Task.objects.order_by().values_list("team", "state").annotate(count=Count("pk")):
        by_state[state] += count
    yield gauges("tasks", "Tasks by state.", "state", by_state)
    now = timezone.now()
    overdue = Q(state__in=WAITING_AT_GATEWAY, claimed_at__lt=now - OVERDUE)
    stuck = Attempt.objects.filter(Q(state__in=[State.UNKNOWN, State.HELD]) | overdue, open=True)
    yield gauge("tasks_attention", "Tasks that only a person can move on.", stuck.count())
    due = Attempt.objects.filter(state=State.QUEUED, due_at__lte=now).aggregate(count=Count("pk"), first=Min("due_at"))
    yield gauge("attempts_waiting", "Attempts that may be sent now.", due["count"])
    wait = (now - due["first"]).total_seconds() if due["first"] else 0.0
    yield gauge("attempts_wait_seconds", "How long the oldest of them may have been sent.", wait)
    unknown = Attempt.objects.filter(state=State.UNKNOWN, open=True)
    yield gauge("attempts_unknown", "Attempts whose answer was lost: each may have been charged.", unknown.count())
    yield gauge("callbacks_unheard", "Kept, and not heard yet.", Callback.objects.filter(heard_at=None).count())
    unkept = (
        Asset.objects.filter(kept_at=None)
        .exclude(keeping=Keeping.KEPT)
        .order_by()
        .values_list("keeping")
        .annotate(count=Count("pk"))
    )
    results = dict.fromkeys([Keeping.WAITING.value, Keeping.LOST.value], 0.0) | dict(unkept)
    yield gauges("results_unkept", "Files that are fetched, and that could not be.", "state", results)


def counters() -> Iterator[Metric]:
    """Numbers that were given out; a number that was given out and not used counts too."""
    rows: dict[str, tuple[str, QuerySet[Model]]] = {
        "tasks_begun_total": ("Tasks that were begun.", Task.objects.all()),
        "attempts_total": ("Attempts that were made.", Attempt.objects.all()),
        "callbacks_total": ("Callbacks that were kept.", Callback.objects.all()),
        "events_total": ("Lines in the histories of tasks.", Event.objects.all()),
        "results_total": ("Files that tasks have made.", Asset.objects.all()),
    }
    for name, (help, found) in rows.items():
        newest = found.order_by().aggregate(newest=Max("pk"))["newest"]
        yield Metric(name, "counter", help, {(): newest or 0})
