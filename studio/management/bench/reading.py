"""Reading the whole catalog, as every process does at its start."""

from __future__ import annotations

import subprocess
import sys

from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against

# In a process of its own: nothing of it is remembered from before. The floor parses the same files and stops there.
READ = """
import time, tomli
from studio import catalog
from studio.catalog.shelf import FOLDER
began = time.perf_counter()
for path in FOLDER.glob("*.toml"):
    tomli.loads(path.read_text())
parsed = time.perf_counter()
catalog.operations()
print(time.perf_counter() - parsed, parsed - began)
"""


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    rounds = [read() for _ in range(max(3, sizes.rounds))]
    return [against("reading the whole catalog at the start", rounds, "ms", Target(200), "floor: its TOML alone")]


def read() -> tuple[float, float]:
    """Milliseconds for the catalog, and for its TOML."""
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=True)  # noqa: S603
    whole, alone = done.stdout.split()
    return float(whole) * 1000, float(alone) * 1000
