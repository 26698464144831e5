"""Everything that touches rows, once more on a real PostgreSQL. (Queue, kill and live tests choose both themselves.)"""

from __future__ import annotations

import pytest

from tests.rows import Rows


@pytest.mark.slow
def test_the_tests_of_rows_pass_on_postgresql_too(rows_on_postgresql: Rows) -> None:
    code, said = rows_on_postgresql.outcome()
    print(said[-3000:])
    assert code == 0, said[-8000:]
