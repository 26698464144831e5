"""A form that somebody opened, while somebody else saved: only what a person changed in it counts.

Beside each field `name` the form brings `was-name`, what stood there when it was opened.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

WAS = "was-"


def is_untouched(post: QueryDict, name: str) -> bool:
    was = post.get(WAS + name)
    return was is not None and lines(was) == lines(post.get(name, ""))


def lines(text: str) -> str:
    """A browser ends lines in its own way."""
    return text.replace("\r\n", "\n").strip()


def merged(now: Sequence[str], was: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """What there is now, without what the person took away, with what they added."""
    taken = set(was) - set(wanted)
    return [*(each for each in now if each not in taken), *(each for each in wanted if each not in {*was, *now})]
