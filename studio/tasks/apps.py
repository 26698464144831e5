from django.apps import AppConfig

from studio.tasks import durability


class TasksConfig(AppConfig):
    name = "studio.tasks"
    checks = (durability.check_durability,)  # importing it registers it
