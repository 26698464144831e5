"""The pages alone, which is what workers know: whatever a job may link to is among them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

import studio
from studio.notices.targets import KINDS

HOUSE = Path(studio.__path__[0])
ROOMS = ("tasks", "assets", "batches", "notices", "files", "library", "ledger", "teams")  # of what jobs work on
NAMED = re.compile(r'\breverse\(\s*f?"([a-z-]+:[a-z_{}-]+|[a-z_-]+)"')


def names() -> set[str]:
    sources = [path.read_text() for room in ROOMS for path in (HOUSE / room).rglob("*.py")]
    found = {name for source in sources for name in NAMED.findall(source)} | {kind.page for kind in KINDS.values()}
    return {name for name in found if "{" not in name and not name.startswith(("account_", "sign-in"))}


@pytest.mark.parametrize("name", sorted(names()))
def test_a_link_is_among_the_pages(name: str) -> None:
    space, _, page = name.rpartition(":")
    pages = get_resolver("studio.pages")
    inside = pages.namespace_dict[space][1] if space else pages
    assert page in inside.reverse_dict


def test_enough_links_are_looked_at() -> None:
    assert {"tasks:detail", "files:in", "notices:list", "batches:batch"} <= names()
