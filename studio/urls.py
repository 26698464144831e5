"""The doors: one include per room, those first that callbacks and key strokes knock at: they are tried in turn."""

from django.conf import settings
from django.urls import include, path

from studio.api.urls import endpoints

urlpatterns = [
    path("", include("studio.tasks.urls")),
    path("", include("studio.composer.urls")),
    path("accounts/", include("studio.teams.accounts")),
    path("language/", include("django.conf.urls.i18n")),
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
    path("", include("studio.api.urls")),
    *endpoints,
]
if settings.STYLE_PAGE:
    urlpatterns += [path("style/", include("studio.style"))]
handler500 = "studio.broken.page"
handler400 = "studio.broken.refused"
