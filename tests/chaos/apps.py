"""Loaded into every process of the studio by `settings.py`; no product code knows of it."""

import os
from importlib import import_module

from django.apps import AppConfig


class Chaos(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        times, points, builds = (import_module(f"tests.chaos.{name}") for name in ("times", "points", "builds"))
        times.shorten()
        points.install()
        builds.plant(os.environ.get("CHAOS_BUILD", ""))
