"""What a command says of a database that is not there yet, or does not answer: one sentence, and what to do."""

from __future__ import annotations

import pytest

from tests.processes import House, house

pytestmark = pytest.mark.slow
COMMANDS = (["signin", "a@b.example"], ["demo"], ["rotate_keys"], ["fence"], ["run", "waves"], ["search"])
ASKED = """
from django.core.management import call_command
from studio.management.trouble import Trouble
try:
    call_command(*{command!r})
except Trouble as trouble:
    print(trouble)
"""


def said(studio: House, command: list[str]) -> str:
    return studio.do(ASKED.format(command=command))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_without_tables_is_to_be_set_up(kind: str) -> None:
    with house(kind, new=True) as studio:
        for command in COMMANDS:
            assert said(studio, command) == "The database is not set up for this version. Run: manage.py setup"


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    with house(DATABASE_URL="postgres://postgres@127.0.0.1:1/none") as studio:
        for command in COMMANDS:
            assert said(studio, command).startswith("The database refused: connection")
