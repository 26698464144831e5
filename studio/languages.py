"""Texts in the reader's language, and sentences that are stored in both: whoever reads them may speak the other one."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language, override

from studio.catalog import Text


def in_words(text: Text) -> str:
    """A text in the reader's language."""
    return text.get(get_language() or "en")


def in_both(tell: Callable[[], str]) -> Text:
    """What `tell` says in each language."""
    with override("en"):
        english = tell()
    with override("zh-hans"):
        return Text(english, tell())
