"""The words of an entry: a tsvector in PostgreSQL, in SQLite a text beside which an FTS5 table stands."""

from __future__ import annotations

from typing import Any

from django.db import models

LAST_PLACE = 16_383  # of a word that a tsvector knows


class WordsField(models.TextField):  # type: ignore[type-arg]
    """Its value is words with spaces between them. They hold neither quotes nor backslashes: `words` made them."""

    def db_type(self, connection: Any) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, _value: Any, _compiler: Any, connection: Any) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return vector(value) if connection.vendor == "postgresql" else value


def vector(value: str) -> str:
    """As PostgreSQL writes it; not by its parser, which has an own opinion of what a word is."""
    return " ".join(f"'{word}':{min(place, LAST_PLACE)}" for place, word in enumerate(value.split(), start=1))
