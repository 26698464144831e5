"""What can go wrong on the wire, and what of it is safe to try again.

    WireError            `.reason`: one sentence for a person
    ├── NotSent          no byte of the request left this machine: safe to try again, in a new attempt
    │   │                `.permanent`: trying again unchanged is of no use (a bad address, a bad key)
    │   └── Blocked      the guard refused the address; always permanent
    ├── AnswerLost       bytes were sent and no whole answer came back. A paid call is not made again by itself: it may
    │                    have been accepted and charged. A query may simply be asked again.
    │                    `.part`: what had come of an event stream, None of any other answer
    └── NotFetched       a result's link did not give the file; `.status` is the HTTP status, where there was one
                         `.dead`: the link itself is gone (401, 403, 404, 410); `.permanent`: no try will help

Reasons are fixed English sentences, marked for translation; whatever varies stands in `__cause__`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.gateway.answer import Answer

DEAD_LINK = frozenset({401, 403, 404, 410})


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators; whoever shows it translates it."""
    return text


class WireError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSent(WireError):
    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Blocked(NotSent):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=True)


class AnswerLost(WireError):
    def __init__(self, reason: str, part: Answer | None = None) -> None:
        super().__init__(reason)
        self.part = part


class NotFetched(WireError):
    def __init__(self, reason: str, *, status: int | None = None, permanent: bool = False) -> None:
        super().__init__(reason)
        self.status = status
        self.permanent = permanent

    @property
    def dead(self) -> bool:
        return self.status in DEAD_LINK
