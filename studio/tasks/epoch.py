"""The number by which an old copy of the database is known.

It stands in the database and grows with every start and every backup; the data folder remembers the highest. A
database below that was restored: what waits in it may have been sent and paid since, so nothing may be sent.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from studio.tasks.models import Attempt, Epoch
from studio.teams import statements
from studio.teams.scope import across_teams

logger = logging.getLogger(__name__)
ONLY = 1  # the key of the one row
NUMBER = statements.Rows(Epoch, "WHERE id = %s")


def path() -> Path:
    return Path(settings.DATA_DIR) / "epoch"


def remembered() -> int:
    """The highest number the data folder knows; 0 where none was written yet. Raises OSError."""
    try:
        return int(path().read_text())
    except FileNotFoundError:
        return 0
    except ValueError:
        raise OSError(errno.EINVAL, "it holds no number; write a large one into it", str(path())) from None


def remember(number: int) -> None:
    """Keep the number where no restored database takes it back. It never falls; it survives a power cut."""
    if number <= remembered():
        return
    folder = os.open(path().parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if number > remembered():
            beside = path().with_suffix(".part")
            with open(beside, "w") as file:
                file.write(f"{number}\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path())
            os.fsync(folder)
    finally:
        os.close(folder)


def row() -> Epoch:
    """The database's own number; 0 where it has none."""
    return NUMBER.first(ONLY) or Epoch(pk=ONLY)


def compare() -> tuple[Epoch, bool]:
    """The row, and whether this database stands below what the data folder has seen. Raises OSError.

    The folder is read first. Who counts up writes the row first: read the other way round, somebody who counts up
    between the two would make an old database of this one.
    """
    highest = remembered()
    epoch = row()
    return epoch, is_old(epoch, highest)


def is_old(epoch: Epoch, highest: int) -> bool:
    """One that never had a task is new, not old."""
    if epoch.number >= highest:
        return False
    with across_teams():
        return epoch.number > 0 or Attempt.objects.exists()


def is_fenced() -> bool:
    """Whether nothing may be sent; so it is when the number cannot be read. Each claim asks in its own transaction."""
    try:
        epoch, old = compare()
        if old or epoch.held_since is not None:
            return True
        remember(epoch.number)  # another machine may have raised it
    except OSError:
        logger.exception("nothing is sent, because the number on the disk cannot be used")
        return True
    return False


def advance() -> None:
    """A start or a backup: from now on, every copy made before is an old one. Nothing happens while sending is held."""
    with transaction.atomic():
        epoch = locked()
        if epoch.held_since is None and not is_old(epoch, remembered()):
            count_up(epoch)


def locked() -> Epoch:
    Epoch.objects.get_or_create(pk=ONLY)
    return Epoch.objects.select_for_update().get(pk=ONLY)


def count_up(epoch: Epoch) -> None:
    """First the row, then the file: a crash between the two leaves a file that lags, which holds nothing up."""
    epoch.number = max(epoch.number, remembered()) + 1
    epoch.save()
    transaction.on_commit(partial(remember, epoch.number))
