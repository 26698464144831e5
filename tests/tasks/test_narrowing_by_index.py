"""A narrowed list of tasks is read by an index that has its order: not past all that others ran meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from studio.tasks.listing import Filters
from studio.teams.models import Team, User
from studio.teams.scope import Viewer, scope
from tests.explaining import plan


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"who": "mine"}, "tasks_of_a_person"),
        ({"operation": "runway.generate-text"}, "tasks_of_an_operation"),
    ],
)
def test_the_newest_of_a_person_and_of_an_operation_have_an_index(
    team: Team, alice: User, asked: dict[str, Any], index: str
) -> None:
    with scope(team, Viewer(alice.pk)):
        found = plan(Filters(alice, **asked).tasks().order_by("-pk")[:51])
    assert index in found
    assert "sort" not in found.lower()
    assert "B-TREE" not in found
