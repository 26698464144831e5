"""The studio's own settings in a hurry: what takes minutes in life takes seconds, so that a kill settles soon.

`CHAOS_BUILD` names a planted build (`builds.py`): a studio that is wrong on purpose.
"""

import os
from typing import Any

from studio.settings import *  # noqa: F403
from studio.settings import INSTALLED_APPS as ROOMS
from studio.settings import Q_CLUSTER as STUDIO_CLUSTER

INSTALLED_APPS = [*ROOMS, "tests.chaos.apps.Chaos"]
RECORD_PATIENCE = 3
# The same order as in life: a call, its lease, the time-out of a job, the queue's second delivery of it.
Q_CLUSTER = STUDIO_CLUSTER | {"workers": 3, "timeout": 9, "retry": 11}
# What django-q2 does unless it is told otherwise, and what is usually done against its running a failed job again.
DEFAULTS: dict[str, Any] = {"ack_failures": False, "max_attempts": 0, "queue_limit": 9, "save_limit": 250}
if os.environ.get("CHAOS_BUILD") == "plain-job":
    Q_CLUSTER |= DEFAULTS
elif os.environ.get("CHAOS_BUILD") == "acknowledged-failures":
    Q_CLUSTER |= DEFAULTS | {"ack_failures": True, "max_attempts": 1}
