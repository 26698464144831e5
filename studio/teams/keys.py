"""Gateway keys at rest: encrypted with the newest of `settings.ENCRYPTION_KEYS`, readable with any of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyUnreadable(RuntimeError):
    """None of the encryption keys fits what is stored."""


def ring() -> MultiFernet:
    return ring_of(tuple(settings.ENCRYPTION_KEYS))


@cache
def ring_of(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def lock(text: str) -> str:
    return ring().encrypt(text.encode()).decode()


def unlock(cipher: str) -> str:
    try:
        return ring().decrypt(cipher.encode()).decode()
    except InvalidToken:
        raise KeyUnreadable(
            "The stored gateway key cannot be decrypted with STUDIO_ENCRYPTION_KEYS. "
            "Put the encryption key that was used back into the list, or enter the gateway key again."
        ) from None


def carry(text: str, team: int) -> str:
    """A key that was typed into a form with faults elsewhere: the page brings it back without being able to read it."""
    return lock(f"{team}:{text}")


def carried(token: str, team: int) -> str:
    """What `carry` locked for this team within the last hour; nothing where it was not."""
    try:
        owner, _, text = ring().decrypt(token.encode(), ttl=3600).decode().partition(":")
    except InvalidToken:
        return ""
    return text if owner == str(team) else ""


def is_newest(cipher: str) -> bool:
    """Whether this is already encrypted with the newest key."""
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(cipher.encode())
    except InvalidToken:
        return False
    return True


def relock(cipher: str) -> str:
    """The same secret, encrypted with the newest key."""
    return lock(unlock(cipher))
