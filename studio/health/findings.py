"""What a check says, and the look at all of them that many askers share."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)
FRESH = 2.0  # seconds for which a look is good enough for everybody
Sentence = str | Promise

GOOD, ODD, BAD = "good", "odd", "bad"  # fine; works, but a person should look; does not do its work


class Finding(NamedTuple):
    """`says` is one plain sentence without names, keys and addresses; `help` is what to do, empty where all is fine."""

    level: str
    says: Sentence
    help: Sentence = ""


def say(sentence: Sentence, **figures: object) -> Sentence:
    """The sentence with its figures, in the language of whoever reads it."""
    return format_lazy(cast(Any, sentence), **figures)


def span(seconds: float) -> str:
    """A length of time with one unit that every language has: 0.4 s, 40 s, 3 min, 2 h, 4 d."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 1 else f"{int(seconds)} s"
    for size, unit in ((86400, "d"), (3600, "h")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds // 60)} min"


NO_ANSWER = Finding(BAD, _("There was no answer in time."), _("See whether the disk and the database answer at all."))
NOT_ASKED = Finding(BAD, _("Nobody knows while the database does not answer."), _("Mend the database first."))
NO_DATABASE = Finding(
    BAD,
    _("The database does not answer."),
    _("See whether it runs and has room. Callbacks are refused until then, so that gateways may send them again."),
)
REFUSED = Finding(
    BAD,
    _("The database could not answer this question."),
    _("Run manage.py setup; if it was run, see the log of the web server."),
)
BROKEN = Finding(BAD, _("The check itself failed."), _("See the log of the web server."))


@dataclass(frozen=True)
class Check:
    """`ask` may raise; `asks_database` says whether it is worth asking while the database is away."""

    name: str
    ask: Callable[[], Finding]
    asks_database: bool = False


class Lookout:
    """Looks at most once in FRESH seconds, one thread at a time, however many ask.

    `now` is a monotonic clock in seconds, here so that a test can turn it.
    """

    def __init__(self, checks: tuple[Check, ...], now: Callable[[], float] = time.monotonic) -> None:
        self.checks, self.now = checks, now
        self.looking = threading.Lock()
        self.found: dict[str, Finding] = {}  # by the look that goes on
        self.last: Mapping[str, Finding] = {}  # by the one before
        self.ended_at = float("-inf")

    @property
    def is_fresh(self) -> bool:
        return self.now() - self.ended_at < FRESH

    def look(self) -> Mapping[str, Finding]:
        """The findings by name, from the last look where it is fresh."""
        with self.looking:
            if not self.is_fresh:
                self.found = {}
                for check in self.checks:
                    self.found[check.name] = self.ask(check)
                self.last, self.ended_at = self.found, self.now()
            return self.last

    def ask(self, check: Check) -> Finding:
        if check.asks_database and self.found.get("database") is NO_DATABASE:
            return NOT_ASKED
        try:
            return check.ask()
        except DatabaseError:
            return NO_DATABASE if check.name == "database" else REFUSED
        except Exception:
            logger.exception("the check of %s failed", check.name)
            return BROKEN

    def so_far(self) -> Mapping[str, Finding]:
        """What a look has found that still goes on; what it has not found yet is bad."""
        return {check.name: self.found.get(check.name, NO_ANSWER) for check in self.checks}
