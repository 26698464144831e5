"""What a person set beneath the prompt's box: the variables' values, which of the texts, and whether at all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.formats import localize
from django.utils.translation import gettext as _

from studio import catalog
from studio.library import patterns
from studio.numbers import number_in, numbers_in
from studio.tasks.models import Task

P = "p:"  # begins the names of all these controls
VARIABLE = "p:v:"  # the name of a variable's input, followed by the variable's
ALL, RANDOM, KEPT = "all", "random", "kept"  # every text; some at random; the one that an earlier task drew
SHOWN = 100  # texts that the page lists at most
MOST = 1000  # texts that are drawn at random at most: the cells of a batch
LONGEST = 10_000  # characters of a value


@dataclass
class Wish:
    """`left` are places in the list that are left out, of the list called `of`; `kept` is what an earlier task drew, as
    JSON; `saved` the id of the prompt's version that was opened."""

    off: bool = False
    values: dict[str, str] = field(default_factory=dict)
    shown: bool = False
    how: str = ALL
    n_text: str = "10"
    seed_text: str = "1"
    left: frozenset[int] = frozenset()
    of: str = ""
    kept: str = ""
    saved: str = ""

    @classmethod
    def read(cls, post: QueryDict) -> Wish:
        """Never raises."""
        how = post.get("p:how", ALL)
        return cls(
            off=post.get("p:off") == "yes",
            values={
                name.removeprefix(VARIABLE): str(value).replace("\0", "")[:LONGEST]
                for name, value in post.items()
                if name.startswith(VARIABLE) and value
            },
            shown=post.get("p:show") == "yes",
            how=how if how in {ALL, RANDOM, KEPT} else ALL,
            n_text=post.get("p:n", "10").strip()[:20],
            seed_text=post.get("p:seed", "1").strip()[:20],
            left=_left(post),
            of=post.get("p:of", "")[:32],
            kept=post.get("p:kept", ""),
            saved=post.get("p:saved", "")[:19],
        )

    @classmethod
    def of_task(cls, task: Task) -> Wish:
        """What redraws the texts that this task was made with."""
        kept = {"values": task.pattern["values"], "picks": task.pattern["picks"]}
        return cls(values=dict(task.pattern["values"]), how=KEPT, kept=catalog.dumps(kept))

    def do(self, deed: str) -> bool:
        """What a small button of the box means; False where it is none of them."""
        verb = deed.removeprefix("pattern:")
        if verb == "seed":
            self.seed_text, self.how = str(secrets.randbelow(10**9)), RANDOM
        elif verb in {"off", "on"}:
            self.off = verb == "off"
        else:
            return False
        return deed.startswith("pattern:")

    @property
    def n(self) -> int | None:
        """How many at random; None where no such number is typed."""
        number = number_in(self.n_text)
        return number if number and number <= MOST else None

    @property
    def seed(self) -> int | None:
        digits = number_in(self.seed_text.removeprefix("-"))
        return digits if digits is None or not self.seed_text.startswith("-") else -digits

    @property
    def wrong(self) -> str:
        """What cannot be read of how texts are chosen."""
        if self.how != RANDOM:
            return ""
        if self.n is None:
            return _("How many at random: write a number from 1 to %(most)s.") % {"most": localize(MOST)}
        return _("The seed is a whole number.") if self.seed is None else ""

    def choices(self) -> patterns.Choices | None:
        """What the earlier task drew; None where nothing readable is kept."""
        try:
            data = catalog.loads(self.kept)
            return patterns.Choices.from_json(data) if isinstance(data, Mapping) else None
        except (KeyError, TypeError, ValueError):
            return None


def _left(post: QueryDict) -> frozenset[int]:
    """The places that have no tick, of those that the page listed; what it did not list says so itself."""
    listed = number_in(post.get("p:listed", ""))
    if listed is None:
        return frozenset(numbers_in(post.get("p:left", "").split(",")))
    ticked = set(numbers_in(post.getlist("p:in")))
    return frozenset(place for place in range(min(listed, SHOWN)) if place not in ticked)


def is_literal(text: str) -> bool:
    """Is this text itself, whatever word lists there are?"""
    try:
        tree = patterns.parse(text)
    except patterns.PatternProblem:
        return False
    return not tree.is_pattern and not tree.unknown


def literal(text: str) -> str:
    """A pattern that draws this text."""
    return text if is_literal(text) else patterns.escape(text)
