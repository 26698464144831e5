"""One TOML table, read key by key: a fault names file, operation, field, key and what to do."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jmespath
import jmespath.exceptions

from .schema import Expression, Expressions
from .text import NOTHING, Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a TOML file, and what to do about it."""

    file: str
    operation: str
    field: str
    message: str
    hint: str

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.operation and f"operation {self.operation}", self.field)))
        return f"{self.file}{': ' if where else ''}{where}: {self.message}"


class Table:
    """A TOML table that remembers which of its keys were asked for."""

    def __init__(
        self, data: dict[str, Any], faults: list[Fault], file: str, operation: str = "", field: str = ""
    ) -> None:
        self.data = data
        self.faults = faults
        self.file = file
        self.operation = operation
        self.field = field
        self.asked: list[str] = []

    def fault(self, message: str, hint: str) -> None:
        self.faults.append(Fault(self.file, self.operation, self.field, message, hint))

    def within(self, data: dict[str, Any], operation: str = "", field: str = "") -> Table:
        """A table inside this one."""
        return Table(data, self.faults, self.file, operation or self.operation, field or self.field)

    def take(self, key: str, kind: type | tuple[type, ...], needed: str) -> Any:
        """The value of a key, None if it is absent or of another kind (which is a fault)."""
        self.asked.append(key)
        value = self.data.get(key)
        if value is None:  # as most of them are
            return None
        wrong_bool = isinstance(value, bool) and kind is not bool and kind is not object
        if wrong_bool or not isinstance(value, kind):
            self.fault(f"{key} = {value!r} is not {needed}.", f"Write {key} as {needed}.")
            return None
        return value

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        value = self.take(key, str, 'text in quotes, e.g. "words"')
        if required and not value:
            self.fault(f"{key} is missing.", f'Add {key} = "...".')
        return default if value is None else str(value)

    def one_of(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        value = self.text(key, default, required=not default)
        if value and value not in allowed:
            near = difflib.get_close_matches(value, allowed, 1)
            meant = f" Did you mean “{near[0]}”?" if near else ""
            self.fault(f"{key} = “{value}” is not known.", f"Write one of: {', '.join(allowed)}.{meant}")
            return default or allowed[0]
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.take(key, bool, "true or false")
        return default if value is None else bool(value)

    def number(self, key: str) -> float | None:
        value = self.take(key, (int, float), "a number")
        return value if value is None else _plain(value)

    def count(self, key: str) -> int | None:
        value = self.take(key, int, "a whole number")
        return None if value is None else int(value)

    def pair(self, key: str) -> tuple[float, float] | None:
        """Two numbers, low and high."""
        value = self.take(key, list, "a pair of numbers, e.g. [5, 30]")
        if value is None:
            return None
        if len(value) != 2 or any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
            self.fault(f"{key} = {value!r} is not a pair of numbers.", f"Write {key} = [low, high].")
            return None
        if not 0 <= value[0] <= value[1]:
            self.fault(f"{key} = {value!r} does not go up from zero or more.", f"Write {key} = [low, high].")
        return _plain(value[0]), _plain(value[1])

    def both(self, key: str, *, required: bool = False) -> Text:
        """A text in both languages: { en = "...", zh = "..." }."""
        value = self.take(key, dict, 'a text in both languages: { en = "...", zh = "..." }')
        if value is None:
            if required:
                self.fault(f"{key} is missing.", f'Add {key} = {{ en = "...", zh = "..." }}.')
            return NOTHING
        return self.language(key, value)

    def language(self, key: str, value: object) -> Text:
        words = value if isinstance(value, dict) else {}
        en, zh = words.get("en"), words.get("zh")
        if not isinstance(en, str) or not isinstance(zh, str) or not en or not zh or set(words) != {"en", "zh"}:
            self.fault(f"{key} needs en and zh, both not empty.", f'Write {key} = {{ en = "...", zh = "..." }}.')
            return NOTHING
        return Text(en, zh)

    def entries(self, key: str) -> tuple[Any, ...]:
        value = self.take(key, list, "a list in brackets")
        return () if value is None else tuple(value)

    def words(self, key: str) -> tuple[str, ...]:
        values = self.entries(key)
        if any(not isinstance(value, str) for value in values):
            self.fault(f"{key} holds something that is no text.", "Put every entry in quotes.")
        return tuple(value for value in values if isinstance(value, str))

    def texts(self, key: str) -> dict[str, str]:
        """A table whose values are all texts."""
        found = self.table(key)
        for name, value in found.items():
            if not isinstance(value, str):
                self.fault(f"{key}.{name} = {value!r} is no text.", "Put it in quotes.")
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def table(self, key: str) -> dict[str, Any]:
        value = self.take(key, dict, 'a table, e.g. { model = ["gen3"] }')
        return {} if value is None else dict(value)

    def tables(self, key: str) -> list[dict[str, Any]]:
        values = self.entries(key)
        if any(not isinstance(value, dict) for value in values):
            self.fault(f"{key} holds something that is no table.", f"Write each as [[{key}]] or {{ ... }}.")
        return [value for value in values if isinstance(value, dict)]

    def expression(self, key: str) -> Expression | None:
        text = self.text(key)
        return self.compiled(key, text) if text else None

    def expressions(self, key: str) -> Expressions:
        """One JMESPath expression, or a list of them that are tried in order."""
        value = self.take(key, (str, list), "a JMESPath expression, or a list of them")
        return self.all_compiled(key, value)

    def all_compiled(self, key: str, value: object) -> Expressions:
        texts = value if isinstance(value, list) else [] if value is None else [value]
        if any(not isinstance(text, str) for text in texts):
            self.fault(f"{key} holds something that is no JMESPath expression.", "Put every expression in quotes.")
        compiled = (self.compiled(key, text) for text in texts if isinstance(text, str))
        return tuple(expression for expression in compiled if expression is not None)

    def compiled(self, key: str, text: str) -> Expression | None:
        try:
            return jmespath.compile(text)
        except jmespath.exceptions.JMESPathError as problem:
            reason = " ".join(str(problem).split())
            self.fault(f"{key} = “{text}” is no JMESPath expression.", f"See jmespath.org; the parser says: {reason}")
            return None

    def done(self) -> None:
        """Name every key that nobody asked for: it is a slip of the pen."""
        for key in self.data.keys() - set(self.asked):
            near = difflib.get_close_matches(key, self.asked, 1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Known here: {', '.join(sorted(set(self.asked)))}."
            self.fault(f"“{key}” is not known here.", f"{hint} Otherwise remove it.")


def _plain(value: float) -> float:
    """An int stays one; a float that remembers its literal becomes a plain one."""
    return value if isinstance(value, int) else float(value)


def twice(names: Iterable[str]) -> list[str]:
    """The names that stand more than once."""
    return [name for name, count in Counter(names).items() if count > 1]
