"""What a page asks of one batch is read without the cells and the stars of all the others of the team."""

from __future__ import annotations

import pytest

from studio.batches.models import Cell
from studio.batches.showing import with_a_star
from studio.teams.models import Team
from studio.teams.scope import scope
from tests.explaining import plan


@pytest.mark.django_db
@pytest.mark.sqlite  # PostgreSQL has statistics
def test_the_cells_of_a_batch_and_their_stars_are_found_by_their_own_indexes(team: Team) -> None:
    with scope(team):
        found = plan(with_a_star(Cell.objects.filter(batch=1)))
    assert "cells_of_a_batch (team_id=? AND batch_id=?)" in found
    assert "stars_of_a_cell (team_id=? AND cell_id=?)" in found
