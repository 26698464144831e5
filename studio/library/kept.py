"""What a version keeps, and what it does to a form: fixed values stay, suggested ones are filled in, free ones not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio import catalog
from studio.catalog import frames, paths
from studio.catalog.body import lacking

FIXED, SUGGESTED, FREE = "fixed", "suggested", "free"
HOLDS = (FIXED, SUGGESTED, FREE)


@dataclass(frozen=True)
class Kept:
    """`values` and `extras` as the catalog takes them, `fates` by path (`keep` or `omit`), `holds` by path.

    A path without a hold is suggested. A fixed path without a value is fixed to be left out.
    """

    values: Mapping[str, Any]
    extras: Mapping[str, Any] = field(default_factory=catalog.Extras)
    fates: Mapping[str, str] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)

    def hold(self, at: str) -> str:
        return self.holds.get(at, SUGGESTED)

    @property
    def fixed(self) -> set[str]:
        return {at for at, hold in self.holds.items() if hold == FIXED}

    @property
    def packed(self) -> str:
        """The extra keys and the order of all keys as JSON, "" where there are none of either."""
        packed = catalog.pack(self.extras)
        return catalog.dumps(packed) if self.extras or packed["order"] else ""

    def start(self, operation: catalog.Operation) -> dict[str, Any]:
        """The values of a form that is opened from this: of free fields those of a fresh form."""
        free = {at for at, hold in self.holds.items() if hold == FREE}
        fresh = {at: value for at, value in operation.start().items() if at in free}
        return fresh | {at: value for at, value in self.values.items() if at not in free}

    def body(self, operation: catalog.Operation) -> str:
        """The body of such a form as text, without the callback address and without a connection's rules."""
        fates = {f"{operation.slug}:{at}": fate for at, fate in self.fates.items()}
        return catalog.dumps(operation.body(self.start(operation), self.extras, fates).body, indent=2)

    def overruled(self, values: Mapping[str, Any], extras: Mapping[str, Any]) -> list[str]:
        """The fixed paths at which these hold something else than is kept, in the order of what is fixed."""
        return [at for at in self.holds if at in self.fixed and not self.agrees(at, values, extras)]

    def agrees(self, at: str, values: Mapping[str, Any], extras: Mapping[str, Any]) -> bool:
        written = {path: value for path, value in values.items() if _touches(path, [at])}
        kept = {at: self.values[at]} if at in self.values else {}
        alike = catalog.dumps(written) == catalog.dumps(kept)  # 10 is not 10.0, and true is not 1
        return alike and lacking(extras, [paths.parse(at)]) == dict(extras)

    def enforce(
        self,
        values: Mapping[str, Any],
        extras: Mapping[str, Any],
        fates: Mapping[str, str],
        *,
        of_frames: bool = False,
    ) -> tuple[dict[str, Any], catalog.Extras, dict[str, str]]:
        """The same with every fixed field as it is kept, however something else was put in its place: as a part of it,
        inside a whole object, or as an extra key; of a body `of_frames`, as one more frame of the same type, too."""
        if not self.fixed:
            order = extras.order if isinstance(extras, catalog.Extras) else None
            return dict(values), catalog.Extras(extras, order), dict(fates)
        own = {at: value for at, value in values.items() if not _touches(at, self.fixed)}
        own |= {at: self.values[at] for at in self.values if at in self.fixed}
        others = {at: fate for at, fate in fates.items() if at not in self.fixed}
        others |= {at: fate for at, fate in self.fates.items() if at in self.fixed}
        order = extras.order if isinstance(extras, catalog.Extras) else None
        fixed = [paths.parse(at) for at in self.fixed]
        kept = lacking(extras, fixed)
        if of_frames:
            kinds = {steps[0] for steps in fixed}
            kept = {name: frame for name, frame in kept.items() if frames.type_of(frame) not in kinds}
        return own, catalog.Extras(kept, order), others


def _touches(at: str, fixed: Iterable[str]) -> bool:
    """Is this one of these paths, a part of one, or a whole that holds one?"""
    steps = paths.parse(at)
    return any(steps[: len(other)] == other[: len(steps)] for other in map(paths.parse, fixed))
