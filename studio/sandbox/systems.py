"""Every system that the sandbox stands in for: a module beside this one that defines `ROUTES`. Nothing lists them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from studio.sandbox.routes import Route


def defines_routes(module: Path) -> bool:
    """Told by its text, so that the program's own modules are not imported only to be looked at."""
    return any(line.startswith("ROUTES = ") for line in module.read_text(encoding="utf-8").splitlines())


NAMES = sorted(each.stem for each in Path(__file__).parent.glob("*.py") if defines_routes(each))
ROUTES: tuple[Route, ...] = tuple(route for name in NAMES for route in import_module(f"{__package__}.{name}").ROUTES)
