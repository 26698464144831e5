from django.apps import AppConfig
from django.core import checks

from studio.checks import CATALOG, catalog_is_whole, is_for_production


class StudioConfig(AppConfig):
    """The house itself: an app only for its commands, checks and translations."""

    name = "studio"

    def ready(self) -> None:
        checks.register(catalog_is_whole, CATALOG)
        checks.register(is_for_production, deploy=True)
