"""What a command says of a database that is not there yet, or does not answer: one sentence, and what to do."""

from __future__ import annotations

import pytest

from studio.management.trouble import NOT_SET_UP
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
            assert said(studio, command) == NOT_SET_UP


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_workers_of_a_database_that_is_not_set_up_end_at_once_and_the_clock_says_so(kind: str) -> None:
    with house(kind, new=True) as studio:
        assert said(studio, ["workers"]) == NOT_SET_UP
        clock = "from studio.clock import Clock, outcome; print(outcome(lambda: str(Clock().tick(0.0))))"
        assert studio.do(clock) == NOT_SET_UP


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    with house(DATABASE_URL="postgres://postgres@127.0.0.1:1/none") as studio:
        for command in COMMANDS:
            assert said(studio, command).startswith("The database refused: connection")
