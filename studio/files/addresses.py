"""Signed addresses: whom we give one may fetch one file for a day, and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from studio.files import naming
from studio.files.models import File

LIFE = 24 * 60 * 60  # seconds; queues of generation systems are hours long at their worst


def signer() -> TimestampSigner:
    return TimestampSigner(sep=".", salt="studio.files.in")


def signed_url(file: File) -> str:
    """Where a gateway fetches this file, as an absolute address."""
    signature = signer().sign(file.public_id).removeprefix(f"{file.public_id}.")
    return settings.PUBLIC_URL + reverse("files:in", args=[file.public_id, signature, naming.plain(file.name)])


def verify(public_id: str, signature: str) -> bool:
    """Whether this address is ours and not older than a day; keys that were rotated out count."""
    try:
        signer().unsign(f"{public_id}.{signature}", max_age=LIFE)
    except BadSignature:
        return False
    return True
