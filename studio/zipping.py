"""Kept files as one zip, made while it leaves: a few hundred kilobytes of memory, however large the files are."""

from __future__ import annotations

import io
import json
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

CHUNK = 256 * 1024
LARGE = 1 << 31  # bytes from which an entry needs the larger kind of header


class Entry(NamedTuple):
    """A file of the archive: its name there, and where it lies; or the text that it holds, where it lies nowhere."""

    name: str
    path: str
    text: str = ""


class Sink(io.RawIOBase):
    """What the archive writes, until it is taken. It cannot be sought in: sizes and checksums follow each entry."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self.parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


def zipped(entries: Sequence[Entry]) -> Generator[bytes]:
    """The archive piece by piece. Films and pictures are packed already, so nothing is compressed. A file that is not
    there any more is left out."""
    sink = Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for entry in entries:
            if not entry.path:
                archive.writestr(ZipInfo(entry.name), entry.text.encode())
                continue
            with suppress(FileNotFoundError), Path(entry.path).open("rb") as file:
                large = Path(entry.path).stat().st_size >= LARGE
                with archive.open(ZipInfo(entry.name), "w", force_zip64=large) as inside:
                    while chunk := file.read(CHUNK):
                        inside.write(chunk)
                        yield sink.take()
    yield sink.take()


def manifest(entries: Sequence[Entry]) -> bytes:
    """The list of entries on its way to whoever pours the archive."""
    return json.dumps(entries).encode()


def read_manifest(data: bytes) -> list[Entry]:
    return [Entry(*each) for each in json.loads(data)]
