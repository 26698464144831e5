"""A system is data: no line of code outside the sandbox names one."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio import catalog
from tests.test_rooms import HOUSE, SOURCES

OURS = {"gateway"}  # the system that every connection speaks to is a word of our own
LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
OUTSIDE = [path for path in SOURCES if "sandbox" not in path.relative_to(HOUSE).parts]


def names() -> set[str]:
    """What the catalog calls its systems: their slugs (with - or _), titles, and the first step of their paths."""
    systems = [system for system in catalog.systems() if system.slug not in OURS]
    titles = {title for system in systems for title in (system.title.en, system.title.zh)}
    slugs = {system.slug for system in systems}
    steps = {each.path.split("/")[1] for system in systems for each in system.operations}
    prefixes = {step for step in steps if any(slug.startswith(step) for slug in slugs) and len(step) > 3}
    return {word.lower() for word in {*slugs, *titles, *prefixes, *(slug.replace("-", "_") for slug in slugs)}}


def pattern() -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<![a-z]){re.escape(name)}(?![a-z])" for name in sorted(names())))


def naming(source: str, named: re.Pattern[str]) -> Iterator[tuple[int, bool]]:
    """The lines of a source that name a system, and whether only a person reads it there (comment, docstring)."""
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        told = token.type == tokenize.COMMENT or (token.type == tokenize.STRING and begins)
        for place, line in enumerate(token.string.lower().splitlines()):
            if named.search(line):
                yield token.start[0] + place, told
        if token.type != tokenize.COMMENT:
            begins = token.type in LAYOUT


def test_no_line_of_code_names_a_system(capsys: pytest.CaptureFixture[str]) -> None:
    named = pattern()
    code: list[str] = []
    told: list[str] = []
    for path in OUTSIDE:
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        for number, is_told in sorted(set(naming(source, named))):
            where = f"{path.relative_to(HOUSE.parent)}:{number}: {lines[number - 1].strip()}"
            (told if is_told else code).append(where)
    with capsys.disabled():
        print(f"\nlines that name a system outside the sandbox: {len(code)} of code, {len(told)} for readers")
    assert not code, "what differs between systems is data: write it in the TOML\n" + "\n".join(code)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('if operation.system == "runway":\n    pass\n', {(1, False)}),
        ("RUNWAY_TASKS = 1\n", {(1, False)}),
        ('"""As runway does."""\n', {(1, True)}),
        ("def f() -> None:\n    '''One.\n\n    runway.feed, kling\n    '''\n", {(4, True)}),
        ("pass  # runway\n", {(1, True)}),
        ('x = ["可灵"]\n', {(1, False)}),
        ("drunway = 1\n", set()),
    ],
)
def test_the_count_sees_code_and_leaves_words_for_readers_apart(source: str, found: set[tuple[int, bool]]) -> None:
    assert set(naming(source, pattern())) == found


def test_all_systems_of_the_catalog_are_looked_for() -> None:
    assert {system.slug for system in catalog.systems()} - OURS <= names()
    assert Path(HOUSE / "catalog" / "loader.py") in OUTSIDE
