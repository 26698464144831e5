"""What the programs write about themselves: warnings and errors to stderr, without the secrets that addresses carry."""

import logging
import re

SECRET = re.compile(r"(/callback/[0-9a-f]{8})[^\s\"']*|(/sign-in/)[^\s\"']+|(token=)[^\s&\"']+")


class Masked(logging.Formatter):
    """Cuts callback addresses, sign-in links and stream tokens short, in messages and in tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(lambda found: next(filter(None, found.groups())) + "...", super().format(record))
