"""Everything that touches rows, once more on a real PostgreSQL. (Queue, kill and live tests choose both themselves.)"""

from __future__ import annotations

from contextlib import closing

import pytest

from tests import postgresql
from tests.rows import Rows


@pytest.mark.slow
def test_the_tests_of_rows_pass_on_postgresql_too() -> None:
    with postgresql.server() as url, closing(Rows(url)) as run:
        code, said = run.outcome()
    assert code == 0, said  # all of it: of two faults the first is the one to look at
