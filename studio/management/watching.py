"""Waiting for a task at a terminal: a bar where there is one, else a line for each change; then what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum
from typing import TextIO

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.urls import reverse

from studio.assets.models import RESULT, Asset, Keeping
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.scope import scope

EVERY = 0.5  # seconds between two looks
PATIENCE = 60.0  # seconds that an answer may be lost before a person is asked
QUIET = 15.0  # seconds after which somebody is told that nothing is sent
WIDTH = 24  # characters of the bar


class End(IntEnum):
    """The exit codes of `run --wait`; 2 is for what was not begun."""

    SUCCEEDED = 0
    FAILED = 1
    WAITS = 3  # for a person, or longer than was to be waited
    LEFT = 130  # Ctrl-C; the task goes on


def address(task: Task) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("tasks:detail", args=[task.pk])


class Watch:
    """`results` gets the paths of what was kept, `notes` everything else."""

    def __init__(
        self, task: Task, results: TextIO, notes: TextIO, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.task = task
        self.results = results
        self.notes = notes
        self.sleep = sleep
        self.waited = 0.0
        self.shown = ""
        self.lost_since: float | None = None

    def until_its_end(self, at_most: float | None = None) -> End:
        """Look at the task until it ends, needs a person, or so many seconds are over."""
        try:
            while True:
                with scope(self.task.team_id):
                    end = self.look()
                if end is not None:
                    return end
                if at_most is not None and self.waited >= at_most:
                    return self.leave(End.WAITS, f"It still goes on after {at_most:g} s: {address(self.task)}")
                self.sleep(EVERY)
                self.waited += EVERY
        except KeyboardInterrupt:
            return self.leave(End.LEFT, f"The task goes on without you: {address(self.task)}")

    def look(self) -> End | None:
        self.task.refresh_from_db()
        task = self.task
        if task.is_final:
            return self.ended()
        self.lost_since = (self.lost_since or self.waited) if task.state == State.UNKNOWN else None
        lost = self.lost_since is not None and self.waited - self.lost_since >= PATIENCE
        if lost or task.waits or task.state == State.HELD:
            return self.leave(End.WAITS, f"{word(task)}: it needs a person. {address(task)}")
        quiet = task.state == State.QUEUED and self.waited >= QUIET
        self.show("Queued: is the studio running?" if quiet else word(task), task.progress or 0)
        return None

    def ended(self) -> End | None:
        """None while results are still being fetched."""
        if self.task.state != State.SUCCEEDED:
            return self.leave(End.FAILED, ": ".join(filter(None, [word(self.task), self.task.error])))
        made = list(Asset.objects.filter(task=self.task).order_by("number"))
        if len(made) < len(self.task.results) or any(each.keeping == Keeping.WAITING for each in made):
            self.show("Fetching", 100)
            return None
        self.leave(End.SUCCEEDED, word(self.task))
        assets = [each for each in made if each.role == RESULT]
        for asset in assets:
            if asset.is_kept:
                self.results.write(f"{place(asset)}\n")
            else:
                self.notes.write(f"Result {asset.number} is lost: {asset.error}\n")
        return End.SUCCEEDED if all(each.is_kept for each in assets) else End.FAILED

    def show(self, text: str, progress: int) -> None:
        line = f"{text} {progress} %" if progress else text
        if line == self.shown:
            return
        self.shown = line
        if self.notes.isatty():
            done = WIDTH * progress // 100
            self.notes.write(f"\r\x1b[K[{'█' * done}{'·' * (WIDTH - done)}] {line}")
        else:
            self.notes.write(f"{line}\n")
        self.notes.flush()

    def leave(self, end: End, text: str) -> End:
        """The last line; a bar goes."""
        self.notes.write(f"\r\x1b[K{text}\n" if self.notes.isatty() else f"{text}\n")
        self.notes.flush()
        return end


def word(task: Task) -> str:
    return str(task.state_word)


def place(asset: Asset) -> str:
    """Where a kept file lies, or the address at which the studio has it."""
    storage = asset.file.storage
    if isinstance(storage, FileSystemStorage):
        return storage.path(asset.file.name or "")
    return settings.PUBLIC_URL.rstrip("/") + asset.url
