"""Texts in the reader's language, and sentences that are stored in both: whoever reads them may speak the other one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import get_language, gettext, override

from studio.catalog import Text

NOTHING = Text("", "")


def in_words(text: Text) -> str:
    """A text in the reader's language."""
    return text.get(get_language() or "en")


def listed(words: Iterable[str]) -> str:
    """Words one after the other, as the reader's language parts them."""
    return gettext(", ").join(words)


def same(text: str) -> Text:
    """What somebody wrote: it is the same in both languages."""
    return Text(text, text)


def as_json(text: Text) -> str | dict[str, str]:
    """As a row keeps it: the text itself where both languages have the same."""
    return text.en if text.en == text.zh else {"en": text.en, "zh": text.zh}


def from_json(value: str | dict[str, str]) -> Text:
    """What `as_json` gave."""
    return same(value) if isinstance(value, str) else Text(**value)


def in_both(tell: Callable[[], str]) -> Text:
    """What `tell` says in each language."""
    with override("en"):
        english = tell()
    with override("zh-hans"):
        return Text(english, tell())
