"""The picker of earlier results reads a page of them, not all that the team keeps."""

from __future__ import annotations

import pytest
from django.utils import timezone

from studio.assets import choosing
from studio.paging import Place, beside
from studio.teams.models import Team, User
from studio.teams.scope import Viewer, scope
from tests.explaining import plan


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["", "boat"])
@pytest.mark.parametrize("deep", [False, True])
def test_a_page_of_results_is_read_in_the_order_of_an_index(team: Team, alice: User, words: str, deep: bool) -> None:
    place = Place(9, timezone.now()) if deep else None
    with scope(team, Viewer(alice.pk)):
        found = plan(beside(choosing.results(["video"], words), place, "kept_at")[: choosing.PER_PAGE])
    assert "assets_last_kept_first" in found
    assert "Sort" not in found
    assert "B-TREE" not in found
    assert not deep or "kept_at<?" in found or "kept_at <= " in found
