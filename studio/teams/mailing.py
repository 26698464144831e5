"""Mail to one address: that a person's own deed sends, and notices."""

from __future__ import annotations

import logging
from smtplib import SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send(subject: str, template: str, about: dict[str, Any], email: str) -> bool:
    """False where the studio cannot send mail, or could not."""
    return bool(settings.EMAIL_HOST) and hand_over(subject, render_to_string(template, about), email)


def hand_over(subject: str, text: str, email: str) -> bool:
    """False where the mail server did not take it, which is logged."""
    try:
        send_mail(" ".join(subject.split()), text, None, [email])
    except OSError as fault:  # smtplib's own are, too
        logger.warning("a mail could not be sent by %s:%s: %s", settings.EMAIL_HOST, settings.EMAIL_PORT, told(fault))
        return False
    return True


def told(fault: OSError) -> str:
    """Without what the server says: it may repeat addresses."""
    name = type(fault).__name__
    if isinstance(fault, SMTPResponseException):
        return f"{name} {fault.smtp_code}"
    return f"{name} {fault.strerror}" if fault.strerror else name
