"""Who may import whom, and how large a file may grow: the house rules that are not left to good will."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parent.parent / "studio"
MAY_IMPORT = {
    "catalog": set[str](),
    "sandbox": set[str](),
    "gateway": {"catalog"},
    "teams": {"gateway"},
    "notices": {"teams", "gateway"},
    "search": {"teams"},
    "library": {"teams", "catalog", "search", "files"},
    "ledger": {"teams", "catalog"},
    "files": {"teams", "catalog", "gateway"},
    "tasks": {"teams", "catalog", "gateway", "files", "ledger", "search", "notices"},
    "assets": {"teams", "tasks", "gateway", "files"},
    "composer": {"teams", "catalog", "library", "ledger", "tasks", "assets", "files"},
    "batches": {"teams", "catalog", "library", "ledger", "tasks", "assets", "files", "composer", "search", "notices"},
    "finding": {"teams", "catalog", "search", "library", "tasks", "assets", "composer", "batches"},
    "health": {"teams", "tasks", "assets"},
    "api": {"teams", "catalog", "library", "ledger", "tasks", "assets", "files", "composer", "batches"},
}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
NO_DJANGO = {"catalog", "gateway", "sandbox"}
SOURCES = sorted(p for p in HOUSE.rglob("*.py") if "migrations" not in p.parts)
ROOMS = sorted(p for p in SOURCES if p.relative_to(HOUSE).parts[0] in MAY_IMPORT)


@cache
def tree(path: Path) -> ast.Module:
    """Read by who asks for it: each part of a run loads this file, and one of them tries it."""
    return ast.parse(path.read_text())


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def forbidden(path: Path) -> set[str]:
    """What a room imports and may not."""
    room = path.relative_to(HOUSE).parts[0]
    names = imported(tree(path))
    rooms = {name.split(".")[1] for name in names if name.startswith("studio.")}
    django = {name for name in names if name.split(".")[0].startswith("django")} if room in NO_DJANGO else set()
    return (rooms & MAY_IMPORT.keys()) - MAY_IMPORT[room] - {room} | django


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, FUNCTION))


# One test for all files, not one for each: what it says when it fails names the files.


def test_a_room_imports_only_what_the_table_allows() -> None:
    assert {str(path.relative_to(HOUSE)): found for path in ROOMS if (found := forbidden(path))} == {}


def test_no_import_hides_in_a_function() -> None:
    assert [f"{path.relative_to(HOUSE)}: {f.name}" for path in SOURCES for f in functions(path) if imported(f)] == []


def test_a_file_stays_readable() -> None:
    """Two responsibilities? Split the file, or the function."""
    lengths = {str(path.relative_to(HOUSE)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 300} == {}
    long = [
        f"{path.relative_to(HOUSE)}: {function.name} has {length} lines"
        for path in SOURCES
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > 45
    ]
    assert long == []


def test_the_sandbox_is_imported_by_nobody() -> None:
    outside = [p for p in SOURCES if "sandbox" not in p.relative_to(HOUSE).parts]
    assert not [p for p in outside if any(n.startswith("studio.sandbox") for n in imported(tree(p)))]


def test_the_top_level_holds_what_was_agreed() -> None:
    agreed = {"manage.py", "pyproject.toml", "README.md", "studio", "templates", "static", "tests"}
    present = {p.name for p in HOUSE.parent.iterdir() if not p.name.startswith(".")}
    assert present - {"uv.lock"} <= agreed
