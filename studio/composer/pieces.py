"""Markup that is made again and again of the same few words: made once, then kept in this process.

A key stroke changes one line of the body and perhaps one note; all the others are as they were, and rendering them was
most of the time that it took.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from studio.composer.code import Language
from studio.composer.lines import Line, Why, legend
from studio.composer.rows import Row
from studio.composer.running import Run

KEPT = 4096
PLACE = mark_safe("\0")  # where code will stand; no template and no reason holds it


def of_panels(
    lines: Sequence[Line], body: str, code: str, language: Language, preview_url: str, note: str
) -> SafeString:
    """The body line by line and as text to copy, and the call as code. `note` says how it is sent where that is not
    plain JSON."""
    kinds = {line.why.kind for line in lines if line.why}
    marks = tuple(words for kind, words in legend().items() if kind in kinds)
    top, middle, low, end = _panels(marks, language, preview_url, note, get_language())
    return mark_safe(f"{top}{of_lines(lines)}{middle}{escape(body)}{low}{escape(code)}{end}")  # noqa: S308  frames are a template's


def of_lines(lines: Sequence[Line]) -> SafeString:
    """The lines of the body."""
    language = get_language()
    return mark_safe("".join(of_line(line, language) for line in lines))  # noqa: S308  frames are a template's, code is safe


def of_line(line: Line, language: str | None) -> str:
    before, after = _frame(line.depth, line.why, line.kept, language)
    return before + line.code + after


def of_notes(rows: Iterable[Row], preview_url: str) -> list[SafeString]:
    """What stands under each control, to be swapped into the page."""
    language = get_language()
    return [
        _notes(
            *(row.id, row.at, row.label, row.changed and bool(row.default)),
            *(tuple(row.errors), tuple(row.warnings), preview_url, language),
        )
        for row in rows
    ]


def of_run(run: Run) -> SafeString:
    """The Run button and what is said around it, to be swapped into the page."""
    return _run(run, get_language())


@lru_cache(KEPT)
def _run(run: Run, language: str | None) -> SafeString:
    return _rendered("composer/_run.html", screen={"run": run}, swap=True)


@lru_cache(KEPT)
def _panels(
    marks: Sequence[tuple[str, str]], language: Language, preview_url: str, note: str, ui: str | None
) -> list[str]:
    """What stands before, between and behind the lines, the body and the code."""
    context = {"legend": marks, "language": language, "preview_url": preview_url, "note": note, "place": PLACE}
    return _rendered("composer/_panels.html", **context).split(PLACE)


@lru_cache(KEPT)
def _frame(depth: int, why: Why | None, kept: bool, language: str | None) -> tuple[str, str]:
    """What stands before and behind the code of a line: what is typed changes the code, hardly ever its reason."""
    before, _place, after = _rendered("composer/_line.html", line=Line(PLACE, depth, why, kept)).partition(PLACE)
    return before, after


@lru_cache(KEPT)
def _notes(
    id_: str,
    at: str,
    label: str,
    resets: bool,
    errors: Sequence[str],
    warnings: Sequence[str],
    preview_url: str,
    language: str | None,
) -> SafeString:
    row = {"id": id_, "at": at, "label": label, "changed": resets, "default": resets}
    row |= {"errors": errors, "warnings": warnings}
    return _rendered("composer/_notes.html", row=row, screen={"preview_url": preview_url}, swap=True)


def _rendered(template: str, **context: object) -> SafeString:
    return mark_safe(get_template(template).render(context))  # noqa: S308  the template escapes
