"""`manage.py verify`: everything that must hold before a change is kept. Stops at the first fault."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django.utils.translation import to_locale

from studio.management import translations

PYTHON = [sys.executable]
MANAGE = [*PYTHON, "manage.py"]


class Command(BaseCommand):
    help = "Style, types, migrations, system checks, production settings, translations, tests."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.run("Style", [*PYTHON, "-m", "ruff", "check", "."], "ruff check --fix . mends most of it")
        self.run("Format", [*PYTHON, "-m", "ruff", "format", "--check", "."], "run ruff format .")
        self.run("Types", [*PYTHON, "-m", "mypy"])
        self.run("Migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], "run manage.py makemigrations")
        self.run("Checks", [*MANAGE, "check", "--fail-level", "WARNING"])
        with tempfile.TemporaryDirectory() as folder:
            deploy = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
            self.run("Production", deploy, environment=production(folder))
        self.translations()
        # The tests have settings of their own, named in pyproject.toml.
        bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        parts = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
        self.run("Tests", [*PYTHON, "-m", "pytest", "-q", *parts], environment=bare)

    def run(self, name: str, command: list[str], cure: str = "", environment: dict[str, str] | None = None) -> None:
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            self.stderr.write(done.stdout + done.stderr)
            raise SystemExit(f"{name}: not in order{f'; {cure}' if cure else ''}. The output stands above.")
        self.passed(name, began)

    def translations(self) -> None:
        began = time.monotonic()
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            if faults := translations.faults(settings.BASE_DIR, to_locale(language)):
                self.stderr.write("\n".join(faults))
                raise SystemExit(f"Translations: {len(faults)} texts are missing in {language}. They stand above.")
        self.passed("Translations", began)

    def passed(self, name: str, began: float) -> None:
        self.stdout.write(f"  {name:14}{time.monotonic() - began:6.1f} s")
        self.stdout.flush()


def production(folder: str) -> dict[str, str]:
    """An environment as a server's would be, with secrets made up for this moment."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STUDIO_", "DATABASE_", "REDIS_", "DJANGO_"))
    }
    return kept | {
        "STUDIO_PRODUCTION": "1",
        "STUDIO_PUBLIC_URL": "https://studio.example.com",
        "STUDIO_SECRET_KEY": get_random_string(60),
        "STUDIO_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "STUDIO_DATA": folder,
    }
