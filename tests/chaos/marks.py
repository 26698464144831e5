"""The files by which the driver and the studio agree on who dies where; needs no Django."""

from __future__ import annotations

from pathlib import Path

POINTS = {
    "begun": "the task is in the database, the person has no answer yet",
    "before-claim": "a worker has the job",
    "claimed": "the claim is committed, no socket is open",
    "connected": "the gateway took the connection",
    "headers-sent": "the head of the POST left",
    "body-sent": "the whole POST left",
    "answer-read": "the gateway's answer is in memory only",
    "before-recording": "the answer is about to be written down",
    "recorded": "the answer is written down, the job is not acknowledged",
    "callback-stored": "the raw callback is written, nothing is read from it and nothing committed",
    "callback-half-heard": "inside the transaction that keeps and hears callbacks, before its events",
    "callback-unanswered": "a callback is stored and heard, the gateway has no answer",
    "file-half-kept": "the first bytes of a result are on the disk",
    "file-renamed": "the file has its name, no row says so",
}


def armed(data: Path, point: str) -> Path:
    """Exists from when the driver wants a process to die there until one does."""
    return data / "chaos" / point


def struck(data: Path, point: str) -> Path:
    """Exists from when one died there."""
    return data / "chaos" / f"{point}.struck"
