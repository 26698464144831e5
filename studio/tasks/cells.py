"""The nonce of a task that was begun for a cell of a batch. It tells which tasks are of one batch to rooms that know
tasks and no batches."""

from __future__ import annotations

import re

_OF_CELL = re.compile(r"(.*batch-\d+)-\d+-\d+")


def nonce_of_cell(batch: str, number: int, tries: int) -> str:
    """`batch` ends in the word and a number of its own."""
    return f"{batch}-{number}-{tries}"


def begun_with(nonce: str) -> str:
    """The same for all tasks of one batch; for any other task its own nonce."""
    found = _OF_CELL.fullmatch(nonce)
    return found[1] if found else nonce
