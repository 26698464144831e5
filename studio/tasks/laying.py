"""Results that came inside an answer and are too large for a row: each becomes a file before the row is written.

The file is named by what is in it, so that the same reply recorded twice leaves one file. Who keeps the results takes
it from there; what nobody took is tidied away after a week.
"""

from __future__ import annotations

import base64
import hashlib
import io
import wave
from dataclasses import replace

from studio import catalog
from studio.files import sniff, storing
from studio.tasks.models import Attempt

LARGEST = 64 * 1024  # characters of text or JSON in a task's row
SAMPLE_RATE = 24_000  # of sound without a header; 16 bits, one channel


def lay_aside(attempt: Attempt, report: catalog.Report) -> catalog.Report:
    """The report with a file in place of every result that holds bytes, or very much text."""
    raw = catalog.get(attempt.task.operation).is_raw_sound(attempt.task.values)
    return replace(report, results=[laid(result, attempt.public_id, raw) for result in report.results])


def laid(result: catalog.Result, whose: str, raw: bool) -> catalog.Result:
    data = content_of(result)
    if data is None:
        return result
    if raw and result.kind == "audio" and sniff.sniff(io.BytesIO(data), text_allowed=False) is None:
        data = with_header(data)
    name = f"{whose}-{hashlib.sha256(data).hexdigest()[:16]}"
    storing.lay(data, name)
    form = "text" if result.text is not None else "json" if result.json is not None else ""
    return catalog.Result(result.kind, file=name, form=form, role=result.role)


def content_of(result: catalog.Result) -> bytes | None:
    """The bytes of a result that does not belong into a row; None for any other."""
    if isinstance(result.data, bytes):
        return result.data
    if result.data is not None:
        try:
            return base64.b64decode("".join(result.data.split(",", 1)[-1].split()), validate=True)
        except ValueError:
            return None  # stays as it came: keeping says why it cannot be read
    words = result.text if result.text is not None else result.json
    return words.encode("utf-8", "replace") if words is not None and len(words) > LARGEST else None


def with_header(samples: bytes) -> bytes:
    """Bare samples as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE)
        sound.writeframes(samples[: len(samples) // 2 * 2])
    return file.getvalue()
