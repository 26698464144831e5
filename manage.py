#!/usr/bin/env python
"""The way in: `uv run manage.py up` starts everything."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        _ = settings.DEBUG  # reads the environment here, so that a fault in it is a sentence
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        sys.exit(f"The data folder cannot be used ({where}{fault.strerror}). Set STUDIO_DATA to another one.")
    except (ImproperlyConfigured, ValueError) as fault:
        sys.exit(f"The settings cannot be used: {fault}")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
