"""How far a task has come, as a payload tells it: a share, a part of a whole, or the highest share among words."""

from __future__ import annotations

import re

from . import payload as payloads
from .schema import Reading


def percent(reading: Reading, value: object) -> int | None:
    """0 to 100; None where the payload says nothing of it."""
    found = [payloads.find(each, value) for each in reading.progress]
    if reading.progress_of:
        whole = payloads.number(payloads.first(reading.progress_of, value))
        parts = [payloads.number(each) for each in found]
        shares = [_share(part, whole) for part in parts]
    elif reading.progress_finds:
        texts = [each for each in found if isinstance(each, str)]
        named = (match[1] for text in texts for match in re.finditer(reading.progress_finds, text))
        shares = [max((share for share in map(_percent, named) if share is not None), default=None)]
    else:
        shares = [payloads.percent(each, fraction=reading.progress_unit == "fraction") for each in found]
    return next((share for share in shares if share is not None), None)


def _percent(text: str) -> int | None:
    return payloads.percent(text, fraction=False)


def _share(part: float | None, whole: float | None) -> int | None:
    if part is None or whole is None or part < 0 or whole <= 0:
        return None
    return min(100, int(100 * part / whole))
