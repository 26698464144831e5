"""Studios that are wrong on purpose, each in the way that everybody builds it first. The checker must see each.

How the queue of the first two differs stands in `settings.py`.
"""

from __future__ import annotations

from studio.tasks import beginning, changing, letters, lifecycle, sending, sweeping
from studio.tasks.claiming import Claimed
from studio.tasks.models import Attempt
from studio.tasks.states import State
from studio.teams.scope import across_teams
from tests.chaos.patching import put


def plant(name: str) -> None:
    """Make this process one of that build; "" is the studio as it is. Raises KeyError for another name."""
    if name:
        BUILDS[name]()


def post_in_a_plain_job() -> None:
    """The job is the truth: it posts, whoever posted before, and the queue alone decides how often it runs."""
    put(lifecycle, "send", send)
    put(beginning, "is_rung_for", lambda task: False)
    put(sweeping, "PARTS", tuple(part for part in sweeping.PARTS if part is not sweeping.ring_for_queued))


def send(attempt_id: int) -> None:
    with across_teams():
        attempt = Attempt.objects.select_related("task", "connection", "team").get(pk=attempt_id)
        reply = sending.post(Claimed(attempt, letters.write(attempt)))
        if reply.result == "lost":
            raise ConnectionError(reply.reason)  # as the HTTP library would, had nobody caught it
        sending.write_down(reply, attempt.task)


def last_heard_wins() -> None:
    put(changing, "join", lambda known, heard: State(heard))


BUILDS = {
    "plain-job": post_in_a_plain_job,
    "acknowledged-failures": post_in_a_plain_job,
    "last-heard": last_heard_wins,
}
