"""The states of a task and of an attempt, which evidence outranks which, and the kinds of lines in a history."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    UNKNOWN = "unknown", _("Answer lost")
    ACCEPTED = "accepted", _("Accepted")
    RUNNING = "running", _("Running")
    FAILED = "failed", _("Failed")
    SUCCEEDED = "succeeded", _("Succeeded")
    # Beside the rank:
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")
    HELD = "held", _("Held")
    NOT_SENT = "not_sent", _("Not sent")  # an attempt only: no byte left this machine, a new attempt is safe


class Source(models.TextChoices):
    """Whose word an event is."""

    ANSWER = "answer", _("Answer")
    CALLBACK = "callback", _("Callback")
    POLL = "poll", _("Query")
    PERSON = "person", _("Person")
    TIMER = "timer", _("Timer")


class Approval(models.TextChoices):
    """Where a task stands whose price an owner has to approve; most never need it."""

    ASKED = "asked", _("Asked for")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class Kind(models.TextChoices):
    """What a line in a task's history says."""

    BEGUN = "begun", _("Begun")
    HELD = "held", _("Held")
    RELEASED = "released", _("Released")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    SENDING = "sending", _("Sending")
    WRITING = "writing", _("Being written")  # the newest only, and gone when the answer is whole
    NOT_SENT = "not_sent", _("Not sent")
    REFUSED = "refused", _("Refused")
    UNKNOWN = "unknown", _("Answer lost")
    HEARD = "heard", _("News")
    LATE = "late", _("Late news, nothing changed")
    NO_WORD = "no_word", _("Query without an answer")
    INCIDENT = "incident", _("Incident")
    CANCELLED = "cancelled", _("Cancelled")
    LOOKED = "looked", _("Looking again")
    SENT_AGAIN = "sent_again", _("Sent again")
    WRITTEN_OFF = "written_off", _("Written off")
    KEPT = "kept", _("Kept")
    HIDDEN = "hidden", _("Made private")
    SHOWN = "shown", _("Shown to the team")
    CONTINUED = "continued", _("Answered, another task goes on with it")
    LOST = "lost", _("Result lost")


# A state is only ever replaced by one of a higher rank, so the order in which evidence arrives does not matter.
# What the sender positively knows (not sent, refused) outranks "unknown"; a word from the gateway outranks both. What
# design.md puts beside the rank has a place in it too, so that one rule serves: an end told by the gateway outranks
# "running", and a paid success outranks every other end.
RANK = {
    State.QUEUED: 0,
    State.HELD: 1,
    State.SENDING: 10,
    State.UNKNOWN: 20,
    State.NOT_SENT: 21,
    State.REFUSED: 22,
    State.ACCEPTED: 30,
    State.RUNNING: 40,
    State.CANCELLED: 45,
    State.FAILED: 50,
    State.SUCCEEDED: 60,
}
FINAL = frozenset({State.FAILED, State.SUCCEEDED, State.REFUSED, State.CANCELLED})
WAITING_AT_GATEWAY = frozenset({State.ACCEPTED, State.RUNNING})
UNSENT = frozenset({State.QUEUED, State.HELD})
SENDABLE_AGAIN = frozenset({State.UNKNOWN, State.NOT_SENT, State.REFUSED, State.FAILED})
CLOSED = FINAL | {State.NOT_SENT}


def join(known: str, heard: str) -> State:
    """The higher-ranked of two states: commutative, associative, and the same however often it is repeated."""
    return max(State(known), State(heard), key=RANK.__getitem__)
