"""What the programs write about themselves: warnings and errors to stderr, without the secrets that addresses carry."""

from __future__ import annotations

import logging
import re
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

SLASH = r"(?:\\{0,9}/|%(?:25){0,3}2[fF])"
SECRET = re.compile(
    rf"({SLASH}callback{SLASH}[0-9a-f]{{8}}|{SLASH}files{SLASH}in{SLASH}[0-9a-f]{{8}})[^\s\"']*"
    rf"|({SLASH}(?:sign-in|invitation|shared|password{SLASH}reset{SLASH}key){SLASH})[^\s\"']+|(token=)[^\s&\"']+"
    r"|\b(ps_|whsec_)[\w+/=-]{20,}"
)


class Masked(logging.Formatter):
    """Cuts short what lets somebody in: addresses of callbacks, files, invitations, shared presets, sign-ins and new
    passwords, tokens, and the secrets of webhooks; in messages and tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(lambda found: next(filter(None, found.groups())) + "...", super().format(record))


class Hidden(SafeExceptionReporterFilter):
    """What a developer's error page shows: where it happened. What was typed, what the browser brought and what the
    functions had in hand are names only: keys are among them."""

    hidden_settings = re.compile("API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|COOKIE|REDIS|LOCATION", re.IGNORECASE)

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, str]:
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]
