"""Jobs that leave a trace in a folder, for tests of the queue."""

import os
import time
from pathlib import Path


def note(folder: str, word: str) -> None:
    with (Path(folder) / "notes").open("a") as notes:
        notes.write(f"{word} {time.time()}\n")


def hold(folder: str, word: str) -> None:
    """Tell the worker's process id, and end when `let-go` is there."""
    (Path(folder) / word).write_text(str(os.getpid()))
    until = time.monotonic() + 60
    while time.monotonic() < until and not (Path(folder) / "let-go").exists():
        time.sleep(0.02)
    note(folder, word)
