"""What is measured, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable

from studio.management.bench import (
    batches,
    callbacks,
    frames,
    history,
    idle,
    pixels,
    preview,
    reading,
    searching,
    sending,
    starting,
)
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row

Measure = Callable[[Programs, Sizes], list[Row]]
# `up` is measured as people meet it, in a place that has just been set up: what the others leave there would give its
# workers work. The long histories come last: they would be under all the others.
MEASUREMENTS: dict[str, Measure] = {
    "starting": starting.measure,
    "preview": preview.measure,
    "batches": batches.measure,
    "callbacks": callbacks.measure,
    "frames": frames.measure,
    "pixels": pixels.measure,
    "idle": idle.measure,
    "sending": sending.measure,
    "catalog": reading.measure,
    "history": history.measure,
    "search": searching.measure,
}
