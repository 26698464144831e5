"""What a text says as a pattern, in words of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from studio.languages import in_words
from studio.library import patterns

COUNTED = 10**15  # a larger number says nothing to anybody


@dataclass(frozen=True)
class Reading:
    """What a text is read as; `problem` says what keeps it from being a pattern: then it is literal."""

    tree: patterns.Tree
    problem: str = ""

    @property
    def text(self) -> str:
        return self.tree.text

    @property
    def is_pattern(self) -> bool:
        return self.tree.is_pattern

    @property
    def variables(self) -> tuple[patterns.Variable, ...]:
        return self.tree.variables

    @property
    def lists(self) -> tuple[str, ...]:
        return self.tree.lists

    @property
    def unknown(self) -> tuple[str, ...]:
        return self.tree.unknown

    @property
    def odd(self) -> tuple[str, ...]:
        return self.tree.odd

    @property
    def says_odd(self) -> str:
        return says_odd()

    @property
    def count(self) -> int:
        return patterns.count(self.tree)

    @property
    def count_words(self) -> str:
        """ "12 combinations"."""
        if self.count > COUNTED:
            return _("more than %(number)s combinations") % {"number": intcomma(COUNTED)}
        words = ngettext("%(number)s combination", "%(number)s combinations", self.count)
        return words % {"number": intcomma(self.count)}


def says_odd() -> str:
    """What is said of what stands in double braces and is no variable."""
    return _("Double braces hold a variable, like {{animal}} or {{animal|a cat}}. These hold none:")


def read(text: str, lists: Mapping[str, Sequence[str]]) -> Reading:
    """Never raises."""
    try:
        return Reading(patterns.parse(text, lists))
    except patterns.PatternProblem as problem:
        place = {"line": problem.line, "column": problem.column, "what": in_words(problem.message)}
        return Reading(patterns.literal(text), _("Line %(line)s, column %(column)s: %(what)s") % place)
