"""Mail that the server does not take: said in the log, without an address of a person or what the server said."""

from __future__ import annotations

import logging
import smtplib
from typing import Any

import pytest
from pytest_django import Settings

from studio.teams import mailing


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError Connection refused"),
        (smtplib.SMTPAuthenticationError(535, b"alice@example.com may not"), "SMTPAuthenticationError 535"),
        (smtplib.SMTPRecipientsRefused({"bob@example.com": (550, b"no")}), "SMTPRecipientsRefused"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "SMTPNotSupportedError"),
    ],
)
def test_why_a_mail_was_not_taken_stands_in_the_log(
    fault: Exception, says: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(mailing, "send_mail", refuse)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example.com", 465
    with caplog.at_level(logging.WARNING):
        assert not mailing.send("Hello", "teams/email/address_changed.txt", {"old": "a", "new": "b"}, "bob@example.com")
    assert caplog.messages == [f"a mail could not be sent by mail.example.com:465: {says}"]
