"""What somebody pasted, in one shape whatever it was; and the reasons why nothing was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

MOST = 2_000_000  # bytes of a pasted text
MOST_CALLS = 50  # of one HAR or one export

Reason = Literal["empty", "long", "not-closed", "no-address", "json", "data", "no-body", "nothing", "no-calls"]


class Unreadable(ValueError):
    """Nothing was read. `at` is the fault of a JSON text, where that is the reason."""

    def __init__(self, reason: Reason, at: Exception | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@dataclass
class Pasted:
    """One call. `body` is its JSON object, the parts of a form by name, or with `is_frames` each frame by its name;
    `method` and `url` are "" where only a body was pasted. `files` are the names of files on the person's own disk, by
    part; `unread` what nobody understood."""

    method: str = ""
    url: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    is_frames: bool = False  # the body is a list of them
    is_form: bool = False  # its values are texts, whatever they mean
    files: list[tuple[str, str]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)  # what was given elsewhere than in a header: `--user`
    unread: list[tuple[str, str]] = field(default_factory=list)
    operation: str = ""  # our own export names it
