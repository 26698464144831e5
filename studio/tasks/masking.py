"""Addresses and keys taken out of what is kept and shown: who reads a page, or a copy of the database, must not speak
for the gateway, nor fetch or pay in its place."""

from __future__ import annotations

import re

SLASH = r"(?:\\{0,9}/|%(?:25){0,3}2[fF])"  # also as JSON and forms write it, and JSON inside JSON
PART = r"[^/\s\"'\\?%…]+"  # not one that is cut short already
ADDRESS = re.compile(rf"({SLASH}callback{SLASH}|{SLASH}files{SLASH}in{SLASH}){PART}{SLASH}{PART}")
PUBLIC_ID, SIGNATURES = "[0-9a-f]{32}", rf"callback{SLASH}|files{SLASH}in{SLASH}"
OURS = re.compile(rf"({SLASH}(?:{SIGNATURES}){PUBLIC_ID}{SLASH})[0-9A-Za-z_.-]{{40,100}}".encode())


def mask(text: str) -> str:
    """The same text, with every callback address and every signed address of a file in it cut short."""
    return ADDRESS.sub(r"\1…", text)


def without_secrets(body: bytes, key: str) -> bytes:
    """What a gateway sent, should it repeat our key, a callback address or a signed address of a file. All else stays
    byte for byte: links to results are read from it."""
    return OURS.sub(rb"\1***", body.replace(key.encode(), b"***") if key else body)
