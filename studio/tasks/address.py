"""The callback address of an attempt: unguessable, verifiable without the row, worth nothing but "look at this"."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.tasks.models import Attempt

SALT = "studio.tasks.callback"
MAC_LENGTH = 40  # hex digits: 160 bits


def callback_url(attempt: Attempt) -> str:
    """Where the gateway tells news of this attempt, as an absolute address."""
    return f"{settings.PUBLIC_URL}/callback/{attempt.public_id}/{mac(attempt.public_id, settings.SECRET_KEY)}/"


def planned_url() -> str:
    """What stands for the callback address in a body that has no attempt yet. It leads nowhere."""
    return f"{settings.PUBLIC_URL}/callback/"


def verify(public_id: str, given: str) -> bool:
    """Whether this address is ours, made with the present key or one that was rotated out. Always compares them all."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    fits = [constant_time_compare(mac(public_id, key), given) for key in keys]
    return any(fits)


def mac(public_id: str, key: str) -> str:
    return salted_hmac(SALT, f"v1|{public_id}", secret=key, algorithm="sha256").hexdigest()[:MAC_LENGTH]
