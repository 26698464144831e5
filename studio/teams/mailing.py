"""Mail that a person's own deed sends to one address."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string


def send(subject: str, template: str, about: dict[str, Any], email: str) -> bool:
    """False where the studio cannot send mail, or could not."""
    if not settings.EMAIL_HOST:
        return False
    try:
        send_mail(" ".join(subject.split()), render_to_string(template, about), None, [email])
    except (OSError, SMTPException):
        return False
    return True
