"""The studio's own settings, with doors beside it that are floors, and two workers."""

from studio.settings import *  # noqa: F403
from studio.settings import Q_CLUSTER as STUDIO_CLUSTER

ROOT_URLCONF = "studio.management.bench.doors"
Q_CLUSTER = STUDIO_CLUSTER | {"workers": 2}
