"""An answer was lost, and the first callback heard at the attempt's address named a task that the gateway does not
know: a stray, or a stranger who had seen the address. Other callbacks name another task, and are heard again."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from studio.tasks import inbox
from studio.tasks.changing import Change
from studio.tasks.hearing import is_anothers, learn, next_query, unbind
from studio.tasks.models import Attempt
from studio.tasks.news import news_of
from studio.tasks.schedule import MISSES
from studio.tasks.states import WAITING_AT_GATEWAY, Kind, Source, State

STRAY = gettext_noop("A callback had named a task id that the gateway does not know. Another names another one.")

ONLY_STRAYS = gettext_noop("The answer was lost, and the gateway knows no task id that a callback named.")


def bind_another(one: Change, attempt: Attempt) -> bool:
    """Give the attempt the next of the ids that its callbacks name. False where there is no other.

    In turn, round and round: callbacks that arrive together may be heard in any order, and the gateway may not know
    yet, or for a moment, what it will know later. What was asked in vain so far keeps the questions rare.
    """
    callbacks = list(attempt.callbacks.order_by("id"))
    news = [news_of(inbox.read(each, one.task)) for each in callbacks]
    named = list(dict.fromkeys(each.gateway_ids for each in news if each.gateway_ids))
    stray, bound = attempt.gateway_id, {attempt.gateway_id, *attempt.gateway_ids}
    place = next((place for place, ids in enumerate(named) if bound & {*ids}), -1)
    others = (ids for ids in named[place + 1 :] + named[: place + 1] if bound.isdisjoint(ids))
    chosen = next((ids for ids in others if not is_anothers(attempt, ids[0])), ())
    if not chosen:
        return False
    misses = attempt.misses
    one.say_once(Kind.INCIDENT, Source.POLL, attempt, text=STRAY, gateway_id=stray)
    unbind(attempt)
    for callback, said in zip(callbacks, news, strict=True):
        if {*said.gateway_ids} & {*chosen}:
            learn(one, attempt, said, Source.CALLBACK, callback=callback)
    attempt.misses = misses
    if misses > MISSES:  # the first other id is asked for at once
        attempt.next_poll_at = next_query(attempt)
    attempt.save(update_fields=["misses", "next_poll_at"])
    return True


def doubt(one: Change, attempt: Attempt) -> None:
    """What the strays told is no evidence that the gateway has it: the answer is lost, as it was before they came.

    It goes on being asked for: a gateway that finds the task after all is believed.
    """
    if attempt.state in WAITING_AT_GATEWAY:
        attempt.state, attempt.error = State.UNKNOWN, ONLY_STRAYS
        attempt.save(update_fields=["state", "error"])
        one.show()
        one.say(Kind.UNKNOWN, Source.POLL, attempt=attempt, text=ONLY_STRAYS)
