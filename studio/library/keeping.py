"""What presets and prompts have in common: keys, immutable versions, for whom they are, and how their lists page."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from studio.numbers import number_in

PAGE = 50  # rows of a list


class Immutable(RuntimeError):
    """A version was saved a second time."""


def new_key() -> str:
    """128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


class Visibility(models.TextChoices):
    ME = "me", _("Only me")
    CHOSEN = "chosen", _("Chosen people")
    TEAM = "team", _("The team")


def place_in(text: str) -> tuple[datetime, int] | None:
    """Where a page begins: time of change and id of the last row of the page before, `2026-01-31T10:00:00+00:00~17`."""
    when, _tilde, digits = text.partition("~")
    number = number_in(digits)
    try:
        found = parse_datetime(when)
    except ValueError:
        return None
    return (found, number) if found and found.tzinfo and number is not None else None


def place_as_text(place: tuple[datetime, int]) -> str:
    return f"{place[0].isoformat()}~{place[1]}"
