"""What a file is called: by the person who brought it, with the ending that its bytes have."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from studio.catalog.storable import text
from studio.files.sniff import Type

LONGEST = 100
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')
ENDINGS = {".jpg": {".jpg", ".jpeg"}, ".txt": {".txt", ".md", ".csv", ".srt", ".jsonl"}, ".mp4": {".mp4", ".m4v"}}


def clean(name: str, kind: Type) -> str:
    """The last part of a path without what no system takes in a name; a wrong ending gives way to the right one."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text(name)))[-1]
    path = PurePosixPath(NOT_IN_NAMES.sub(" ", last).strip(" .") or "file")
    fitting = ENDINGS.get(kind.ending, {kind.ending})
    ending = path.suffix if path.suffix.lower() in fitting else kind.ending
    stem = path.name.removesuffix(path.suffix) if len(path.suffix) <= 6 else path.name
    return f"{stem.strip()[:LONGEST] or 'file'}{ending}"


def of_address(url: str) -> str:
    """The name in an address; "" where it has none."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def plain(name: str) -> str:
    """The same in letters that every server takes in an address."""
    path = PurePosixPath(name)
    ascii_stem = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', ascii_stem).strip('-.') or 'file'}{path.suffix.lower()}"
