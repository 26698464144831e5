from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "studio.health"
