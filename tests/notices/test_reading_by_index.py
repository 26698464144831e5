"""The comments on one thing are read without all that the team ever said."""

from __future__ import annotations

import pytest
from django.db import connection

from studio.notices.models import TARGETS, Comment
from studio.teams.models import Team
from studio.teams.scope import scope
from tests.explaining import plan


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TARGETS)
def test_the_newest_comments_on_one_thing_are_found_by_an_index_of_their_own(team: Team, kind: str) -> None:
    with scope(team):
        found = plan(Comment.objects.filter(**{f"{kind}_id": 1}).order_by("-pk")[:12])
    assert f"comments_on_a_{kind}" in found
    assert "B-TREE" not in found or connection.vendor != "sqlite"
