from django.urls import include, path, re_path

from studio.api import docs, door, token_views

app_name = "api"
urlpatterns = [
    path("team/tokens/", token_views.tokens, name="tokens"),
    path("team/tokens/<int:pk>/revoke/", token_views.revoke_token, name="token-revoke"),
    re_path(r"^api/docs/?$", docs.page, name="docs"),
    path("api/openapi.json", door.openapi, name="openapi"),
]
endpoints = [
    path("api/v1/", include((door.urls(), "v1"))),
    re_path(r"^api/(?P<rest>.*)$", door.nothing, name="no-endpoint"),
]
