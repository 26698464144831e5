"""Everything that changes a task, in the order of its life. The stages stand in files of their own; this is their face.

begin       task, first attempt, event and ring, in one transaction              beginning.py  budget.py
approve, decline  what costs as much as an owner must say yes to                 approvals.py
claim       the point of no return: one conditional update, committed            claiming.py
send        one POST for each of a line, and what came of it                     sending.py  recording.py  replies.py
hear        answer, callback and query joined into what is known                 hearing.py
hand over   what waited for input ends, what brought it has its id               continuing.py
poll        the net under the callbacks                                          polling.py  schedule.py
cancel, again, look, send_again, write_off, keep_private   what persons do        verbs.py
hear_callback, replay                            the inbox                       inbox.py    callback.py
stop, release                                    a key that is refused           keys.py
hold, lift                                       a backup that was restored      fence.py    epoch.py
sweep, tidy                                      what the clock rings for        sweeping.py  tidying.py
"""

from studio.tasks.approvals import approve, decline
from studio.tasks.beginning import begin
from studio.tasks.claiming import claim
from studio.tasks.hearing import hear
from studio.tasks.inbox import hear_callback, replay
from studio.tasks.keys import release, stop
from studio.tasks.polling import poll
from studio.tasks.recording import record
from studio.tasks.refusing import NotNow
from studio.tasks.sending import send
from studio.tasks.sweeping import sweep
from studio.tasks.tidying import tidy
from studio.tasks.verbs import again, cancel, keep_private, look, send_again, write_off

__all__ = [
    "NotNow",
    "again",
    "approve",
    "begin",
    "cancel",
    "claim",
    "decline",
    "hear",
    "hear_callback",
    "keep_private",
    "look",
    "poll",
    "record",
    "release",
    "replay",
    "send",
    "send_again",
    "stop",
    "sweep",
    "tidy",
    "write_off",
]
