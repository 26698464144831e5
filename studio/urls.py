"""The doors: pages first, then what only some knock at."""

from django.conf import settings
from django.urls import include, path

from studio import pages
from studio.api.urls import endpoints

urlpatterns = [
    *pages.urlpatterns,
    path("accounts/", include("studio.teams.accounts")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("studio.api.urls")),
    *endpoints,
]
if settings.STYLE_PAGE:
    urlpatterns += [path("style/", include("studio.style"))]
handler500 = "studio.broken.page"
handler400 = "studio.broken.refused"
