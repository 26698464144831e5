"""Words in both languages of the studio."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Text:
    """One text in English and Chinese; `str()` is English, `get(language)` the language asked for."""

    en: str
    zh: str

    def get(self, language: str) -> str:
        return self.zh if language.lower().startswith("zh") else self.en

    def fill(self, **parts: object) -> Text:
        """The text with its `{names}` filled in; a part that is a Text itself is filled in by language."""

        def words(language: str) -> dict[str, object]:
            return {name: part.get(language) if isinstance(part, Text) else part for name, part in parts.items()}

        return Text(self.en.format(**words("en")), self.zh.format(**words("zh")))

    def __str__(self) -> str:
        return self.en

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)


NOTHING = Text("", "")


@lru_cache(4096)
def filled(text: Text, **parts: Text) -> Text:
    """What `fill` gives, kept: words of the catalog in sentences of the catalog, the same with every key stroke."""
    return text.fill(**parts)
