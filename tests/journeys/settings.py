"""The studio's own settings, beside a gateway whose minutes are seconds: it is asked that much sooner, too."""

from studio.settings import *  # noqa: F403
from studio.tasks import schedule

schedule.FIRST_QUERY, schedule.LONGEST_QUERY = 2.0, 6.0  # 20 and 60 in life
