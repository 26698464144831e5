"""The catalog's two languages in the reader's one, and the names of things on the page."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext as _

from studio.catalog import JSONProblem
from studio.languages import in_words


@lru_cache(4096)
def mark(at: str) -> str:
    """A path as part of an element's id: `options.seconds` is `options-seconds`."""
    return re.sub(r"\W", "-", at)


def place_of(problem: JSONProblem) -> str:
    """What is wrong with a JSON text, and where."""
    what = in_words(problem.message)
    return _("Line %(line)s, column %(column)s: %(what)s") % {
        "line": problem.line,
        "column": problem.column,
        "what": what,
    }
