"""Kept files as a page shows them: the words of a text, the cues of subtitles, the drawing of a sound, embeddings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.assets.models import Asset
from studio.files.waveform import reduced
from studio.tasks.models import Task
from studio.tasks.showing import readable

SHOWN = 200_000  # bytes of a text on a page; the file has the rest
LONG = 1_400  # characters, or as many lines as below: what is longer is folded
LONG_LINES = 22
MOST_CUES = 2_000
BARS = 96  # of a sound's drawing
CUE = re.compile(r"^((?:\d+:)?\d\d:\d\d)[.,]\d{3} --> (?:\d+:)?\d\d:\d\d[.,]\d{3}.*$")
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@dataclass(frozen=True)
class Cue:
    """One subtitle: when it begins (`1:02` or `00:00:01`, as written) and what it says."""

    begins: str
    text: str


@dataclass(frozen=True)
class Words:
    """A text file. `cut` when the page has only its beginning, `long` when it is folded there."""

    text: str
    long: bool
    cut: bool
    is_json: bool = False
    cues: list[Cue] = field(default_factory=list)


def shape(asset: Asset) -> str:
    """How it is shown: image, video, audio, vectors, json, text, slides or file."""
    if asset.kind == "text":
        if "vectors" in asset.inside:
            return "vectors"
        return "json" if asset.media_type == "application/json" else "text"
    if asset.kind == "file" and asset.media_type == SLIDES:
        return "slides"
    return asset.kind if asset.kind in {"image", "video", "audio"} else "file"


def words(asset: Asset) -> Words | None:
    """The text of a kept file; None when the file is not in the media folder."""
    try:
        with asset.file.open("rb") as file:
            data = file.read(SHOWN + 1)
    except OSError:
        return None
    cut, is_json = len(data) > SHOWN, asset.media_type == "application/json"
    text = data[:SHOWN].decode("utf-8-sig", "ignore" if cut else "replace")
    if is_json and not cut:
        text = readable(text)
    found = cues(text) if asset.name.endswith((".srt", ".vtt")) else []
    return Words(text, len(text) > LONG or text.count("\n") >= LONG_LINES, cut, is_json, found)


def cues(text: str) -> list[Cue]:
    """The subtitles in an SRT or WebVTT text, without their numbers."""
    found: list[Cue] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))[: MOST_CUES * 2]:
        lines = block.strip().split("\n")
        at = next((number for number, line in enumerate(lines[:2]) if CUE.match(line.strip())), None)
        if at is not None and (begin := CUE.match(lines[at].strip())):
            found.append(Cue(begin[1], "\n".join(lines[at + 1 :])))
    return found[:MOST_CUES]


@dataclass(frozen=True)
class Wave:
    """A sound's drawing: the path of its bars, in a field as wide as there are `bars` and 100 high."""

    path: str
    bars: int


def wave(asset: Asset) -> Wave | None:
    """None where nothing is known of its loudness."""
    peaks = reduced([each for each in asset.inside.get("peaks", []) if isinstance(each, int)], BARS)
    halves = [max(1, peak * 48 // 100) for peak in peaks]
    path = "".join(f"M{at}.5 {50 - half}V{50 + half}" for at, half in enumerate(halves))
    return Wave(path, len(halves)) if halves else None


@dataclass(frozen=True)
class Row:
    """One embedding: its number, the text it was made of where that is known, its length and its first numbers."""

    number: int
    text: str
    norm: float
    numbers: list[float]


@dataclass(frozen=True)
class Likeness:
    """The cosine similarities of one input to all; `level` of each is 0 (none or opposite) to 10 (the same)."""

    row: Row
    cells: list[tuple[float, int]]


@dataclass(frozen=True)
class Embeddings:
    """Embeddings as a page shows them. `dots` are points with both coordinates -100 to 100, `stripes` (x, strength)."""

    count: int
    dimensions: int
    rows: list[Row]
    likeness: list[Likeness]
    dots: list[tuple[int, int, Row]]
    stripes: list[tuple[int, float, bool]]


def embeddings(asset: Asset) -> Embeddings:
    told: Mapping[str, Any] = asset.inside["vectors"]
    texts = inputs(asset.task, told["count"])
    rows = [
        Row(number, texts[number - 1] if texts else "", norm, numbers)
        for number, (norm, numbers) in enumerate(told["rows"], start=1)
    ]
    return Embeddings(
        count=told["count"],
        dimensions=told["dimensions"],
        rows=rows,
        likeness=[
            Likeness(row, [(value, max(0, min(10, round(value * 10)))) for value in line])
            for row, line in zip(rows, told["likeness"], strict=False)
        ],
        dots=[(x, -y, row) for row, (x, y) in zip(rows, told["places"], strict=False)],
        stripes=[(at, abs(value) / 100, value < 0) for at, value in enumerate(told["strip"])],
    )


def inputs(task: Task, count: int) -> Sequence[str]:
    """The texts that a task's embeddings were made of: its prompt, or its one list of so many texts; else nothing."""
    values = task.values.values() if isinstance(task.values, Mapping) else []
    lists = [value for value in values if isinstance(value, list) and len(value) == count]
    fit = [value for value in lists if all(isinstance(text, str) for text in value)]
    if len(fit) == 1:
        return fit[0]
    return [task.prompt] if count == 1 and task.prompt else []
