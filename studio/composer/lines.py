"""The body as the pane shows it: one line each, coloured, with why it is there and the field it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studio import catalog
from studio.catalog import frames, paths
from studio.composer.words import mark


class Why(NamedTuple):
    """Why a line is there: a mark, a word, a sentence, and the id of the control it came from."""

    kind: str
    mark: str
    word: str
    note: str
    to: str = ""


class Line(NamedTuple):
    code: SafeString
    depth: int
    why: Why | None = None
    kept: bool = True


KEPT, LONGEST = 4096, 200  # most of a body is the same with every key stroke; not all of it is short


def legend() -> dict[str, tuple[str, str]]:
    """The marks and what each says, in the order of the legend."""
    return _legend(get_language())


@lru_cache
def _legend(language: str | None) -> dict[str, tuple[str, str]]:
    return {
        "set": ("●", _("you set it")),
        "default": ("○", _("default")),
        "rule": ("▲", _("rule")),
        "extra": ("✚", _("extra key")),
        "studio": ("◆", _("the studio")),
    }


def lines(operation: catalog.Operation, built: catalog.Built) -> list[Line]:
    """The lines of the body, and behind them the values that a rule left out."""
    marks, language = legend(), get_language() or "en"
    reasons = {line.at: reason(line, operation, marks, language) for line in built.trace}
    steps = list(frames.named(built.body)) if operation.form.frames else None
    made = list(walk("", built.body, (), "", 0, None, reasons, steps))
    dropped = [line for line in built.trace if not line.kept]
    return made + [Line(SafeString(keyed(line.at)), 1, reasons[line.at], False) for line in dropped]


def reason(line: catalog.Trace, operation: catalog.Operation, marks: dict[str, tuple[str, str]], language: str) -> Why:
    if line.at == operation.callback:
        return Why("studio", *marks["studio"], _("The studio sets it when sending: each attempt has its own address."))
    to = f"c-{mark(line.at)}" if line.field else "extra" if line.why == "extra" else ""
    return Why(line.why, *marks[line.why], line.note.get(language), to)


def walk(
    start: str,
    value: Any,
    steps: tuple[str | int, ...],
    end: str,
    depth: int,
    why: Why | None,
    reasons: dict[str, Why],
    places: Sequence[str | int] | None = None,
) -> Iterator[Line]:
    """One value: `start` stands before it, `end` behind. What is inside a leaf shares the leaf's reason. `places` are
    the steps to its items where those are no numbers."""
    why = why or reasons.get(paths.join(steps))
    if not isinstance(value, dict | list) or not value:
        yield Line(SafeString(start + coloured(value) + end), depth, why)
        return
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    opens, closes = "{}" if isinstance(value, dict) else "[]"
    yield Line(SafeString(start + opens), depth, why)
    for place, (key, item) in enumerate(pairs):
        comma = "," if place < len(pairs) - 1 else ""
        inside = (*steps, key if places is None else places[place])
        yield from walk(keyed(key) + ": " if opens == "{" else "", item, inside, comma, depth + 1, why, reasons)
    yield Line(SafeString(closes + end), depth)


def painted(value: Any) -> SafeString:
    """A JSON value as coloured text, laid out as `dumps` does; text stays text."""
    if isinstance(value, str):
        return escape(value)
    made = [f"{'  ' * line.depth}{line.code}" for line in walk("", value, (), "", 0, None, {})]
    return SafeString("\n".join(made))


def keyed(key: object) -> str:
    name = str(key)
    return _keyed(name) if len(name) <= LONGEST else _keyed.__wrapped__(name)


@lru_cache(KEPT)
def _keyed(name: str) -> str:
    return f'<b class="key">{escape(catalog.dumps(name))}</b>'


def coloured(value: Any) -> str:
    usual = type(value) in {bool, int, NoneType} or (type(value) is str and len(value) <= LONGEST)
    return _coloured(value) if usual else _coloured.__wrapped__(value)


@lru_cache(KEPT, typed=True)
def _coloured(value: Any) -> str:
    name = "text" if isinstance(value, str) else "number" if type(value) in {int, float, catalog.Number} else "word"
    return f'<span class="{name}">{escape(catalog.dumps(value))}</span>'
