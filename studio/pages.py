"""The pages of all rooms, those first that callbacks and key strokes knock at: they are tried in turn."""

from django.urls import include, path

urlpatterns = [
    path("", include("studio.tasks.urls")),
    path("", include("studio.composer.urls")),
    path("", include("studio.teams.urls")),
    path("", include("studio.notices.urls")),
    path("", include("studio.files.urls")),
    path("", include("studio.library.urls")),
    path("", include("studio.library.prompts.urls")),
    path("", include("studio.ledger.urls")),
    path("", include("studio.assets.urls")),
    path("", include("studio.batches.urls")),
    path("", include("studio.finding.urls")),
    path("", include("studio.health.urls")),
]
