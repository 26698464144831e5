"""How many rows of the gateway's navigation run here now: as an operation, as a recipe, or as a page."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client

from studio.teams.models import User
from tests.seed_rows import Row, rows, runs, starts

HELD = 152  # rows that run; raise it when the test says so


def why_not(row: Row, client: Client) -> str:
    """Why the row does not run; "" if it does."""
    if row.kind == "page":
        return "" if client.get(f"/reference/guides/{row.id}/").status_code == 200 else "no such page"
    return runs(row.id) if row.kind == "operation" else starts(row)


def test_so_many_rows_run(client: Client, alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    client.force_login(alice)
    reasons = {row: why_not(row, client) for row in rows()}
    count = sum(not reason for reason in reasons.values())
    with capsys.disabled():
        print(f"\n{count} of {len(reasons)} rows run")
        if count > HELD:
            print(f"More than before: raise HELD in tests/test_seed_rows.py to {count}.")
    missing = Counter(f"{row.section}: {reason}" for row, reason in reasons.items() if reason)
    assert count >= HELD, "\n".join(f"{number} × {text}" for text, number in missing.items())


def test_the_rows_are_those_of_the_whole_navigation() -> None:
    assert Counter(row.kind for row in rows()) == {"operation": 120, "recipe": 25, "page": 7}
