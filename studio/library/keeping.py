"""What presets and prompts have in common: keys, immutable versions, and for whom they are."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _


class Immutable(RuntimeError):
    """A version was saved a second time."""


def new_key() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Visibility(models.TextChoices):
    ME = "me", _("Only me")
    CHOSEN = "chosen", _("Chosen people")
    TEAM = "team", _("The team")
