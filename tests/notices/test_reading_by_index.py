"""The comments on one thing are read without all that the team ever said."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.notices.models import TARGETS, Comment
from studio.notices.talking import talk
from studio.notices.targets import find
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.explaining import plan
from tests.factories import make_task


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TARGETS)
def test_the_newest_comments_on_one_thing_are_found_by_an_index_of_their_own(team: Team, kind: str) -> None:
    with scope(team):
        found = plan(Comment.objects.filter(**{f"{kind}_id": 1}).order_by("-pk")[:12])
    assert f"comments_on_a_{kind}" in found
    assert "B-TREE" not in found or connection.vendor != "sqlite"


@pytest.mark.django_db
@pytest.mark.sqlite  # PostgreSQL has statistics
def test_the_mentions_of_a_page_of_comments_are_read_without_all_others(team: Team, alice: User) -> None:
    with scope(team):
        task = make_task(team, alice)
        Comment.objects.bulk_create(Comment(team=team, writer=alice, task=task, text="Look") for _ in range(3))
        with CaptureQueriesContext(connection) as queries:
            talk(find("task", task.pk, alice))
        [asked] = [each["sql"] for each in queries if 'FROM "notices_mention"' in each["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked}")
            assert "mentions_in_a_comment (team_id=? AND comment_id=?)" in str(cursor.fetchall())
