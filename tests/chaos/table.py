"""What the runs found, as a table with one column for each database."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.truth import CHARGES, LIMITS, POSTS, UNEQUAL, Findings

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def rendered(found: Mapping[str, Findings]) -> str:
    """The figures, what is to be shown, whether it is; then what was counted on the way, then each fault."""
    lines = [["", *(NAMES.get(kind, kind) for kind in found), "to show", ""]]
    for name, limit in LIMITS.items():
        figures = [each.figures[name] for each in found.values()]
        want = f"at most {limit}" if name in {POSTS, CHARGES} else str(limit)
        lines.append([name, *map(str, figures), want, "" if max(figures) <= limit else "NOT SHOWN"])
    equal = [100 * (1 - each.figures[UNEQUAL] / max(1, each.counts["tasks"])) for each in found.values()]
    lines.append(["final states equal to the ledger", *(f"{share:.4g} %" for share in equal), "100 %", ""])
    for name in sorted(set().union(*(each.counts for each in found.values()))):
        lines.append([name, *(str(each.counts[name]) for each in found.values()), "", ""])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    aligned = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    faults = [f"{kind}: {fault}" for kind, each in found.items() for fault in each.faults]
    return "\n".join(line.rstrip() for line in [*aligned, *faults])
