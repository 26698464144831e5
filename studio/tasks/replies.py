"""What came of one POST, in a form that survives on disk when the database cannot take it."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from django.conf import settings

from studio.gateway import Answer


@dataclass(frozen=True)
class Reply:
    """`answer`: something whole came back. `lost`: it may have been accepted; a stream that broke off has a body.
    `not_sent`: no byte left this machine.

    `attempt` is its public id: row numbers may come again after a restored backup.
    """

    attempt: str
    result: Literal["answer", "lost", "not_sent"]
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    reason: str = ""
    permanent: bool = False

    @classmethod
    def of(cls, attempt: str, answer: Answer) -> Reply:
        return cls(attempt, "answer", answer.status, dict(answer.headers), answer.body, answer.seconds)

    @classmethod
    def lost(cls, attempt: str, reason: str, part: Answer | None) -> Reply:
        if part is None:
            return cls(attempt, "lost", reason=reason)
        return cls(attempt, "lost", part.status, dict(part.headers), part.body, part.seconds, reason)

    @property
    def answer(self) -> Answer:
        return Answer.read(self.status, self.headers, self.body, self.seconds)


def folder() -> Path:
    return Path(settings.DATA_DIR) / "spool"


def keep(reply: Reply) -> Path:
    """Write a reply to the spool so that it survives a power cut. One file per attempt: a POST has one reply."""
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / f"{reply.attempt}.json"
    text = json.dumps(asdict(reply) | {"body": base64.b64encode(reply.body).decode()})
    with open(path.with_suffix(".part"), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path.with_suffix(".part"), path)
    descriptor = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path


def kept() -> list[Path]:
    return sorted(folder().glob("*.json"))


def aside() -> list[Path]:
    """Those that could not be read or recorded, for a person."""
    return sorted(folder().glob("*.unreadable"))


def read(path: Path) -> Reply | None:
    """The reply in a file of the spool. What cannot be read is put aside for a person, never thrown away."""
    try:
        row = json.loads(path.read_text())
        return Reply(**row | {"body": base64.b64decode(row["body"])})
    except (ValueError, TypeError, KeyError):
        put_aside(path)
        return None


def put_aside(path: Path) -> None:
    path.rename(path.with_suffix(".unreadable"))
