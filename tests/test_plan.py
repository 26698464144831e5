"""What `up` hands its children."""

from __future__ import annotations

from django.conf import settings

from studio.management.plan import bytecode_kept


def test_where_no_bytecode_may_lie_beside_the_sources_the_data_folder_has_it() -> None:
    given = {"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C"}
    assert bytecode_kept(given) == {"PYTHONPYCACHEPREFIX": str(settings.DATA_DIR / "bytecode"), "LANG": "C"}


def test_a_place_of_ones_own_for_bytecode_stays_and_so_does_the_usual_one() -> None:
    given = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/elsewhere"}
    assert bytecode_kept(given) == {"PYTHONPYCACHEPREFIX": "/elsewhere"}
    assert bytecode_kept({"LANG": "C"}) == {"LANG": "C"}
