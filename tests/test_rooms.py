"""Who may import whom, and how large a file may grow: the house rules that are not left to good will."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "studio"
MAY_IMPORT = {
    "catalog": set[str](),
    "sandbox": set[str](),
    "gateway": {"catalog"},
    "teams": {"gateway"},
    "library": {"teams", "catalog"},
    "tasks": {"teams", "catalog", "gateway"},
    "assets": {"teams", "tasks", "gateway"},
    "composer": {"teams", "catalog", "library", "tasks", "assets"},
}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
NO_DJANGO = {"catalog", "gateway", "sandbox"}
SOURCES = sorted(p for p in HOUSE.rglob("*.py") if "migrations" not in p.parts)
TREES = {path: ast.parse(path.read_text()) for path in SOURCES}
ROOMS = sorted(p for p in SOURCES if p.relative_to(HOUSE).parts[0] in MAY_IMPORT)


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", ROOMS, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_room_imports_only_what_the_table_allows(path: Path) -> None:
    room = path.relative_to(HOUSE).parts[0]
    names = imported(TREES[path])
    rooms = {name.split(".")[1] for name in names if name.startswith("studio.")}
    assert rooms & MAY_IMPORT.keys() <= MAY_IMPORT[room] | {room}
    if room in NO_DJANGO:
        assert not {name for name in names if name.split(".")[0].startswith("django")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    assert not [node.name for node in ast.walk(TREES[path]) if isinstance(node, FUNCTION) and imported(node)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_file_stays_readable(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= 300, "two responsibilities? split the file"
    long = [
        f"{node.name}: {length}"
        for node in ast.walk(TREES[path])
        if isinstance(node, FUNCTION) and (length := (node.end_lineno or 0) - node.lineno + 1) > 45
    ]
    assert not long, "split these functions"


def test_the_sandbox_is_imported_by_nobody() -> None:
    outside = [p for p in SOURCES if "sandbox" not in p.relative_to(HOUSE).parts]
    assert not [p for p in outside if any(n.startswith("studio.sandbox") for n in imported(TREES[p]))]


def test_the_top_level_holds_what_was_agreed() -> None:
    agreed = {"manage.py", "pyproject.toml", "README.md", "studio", "templates", "static", "tests"}
    present = {p.name for p in HOUSE.parent.iterdir() if not p.name.startswith(".")}
    assert present - {"uv.lock"} <= agreed
