from django.urls import URLPattern, path

from studio.composer import reference_views, views

app_name = "composer"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("compose/", views.pick, name="pick"),
    path("compose/<str:operation>/", views.compose, name="compose"),
    path("compose/<str:operation>/preview/", views.preview, name="preview"),
    path("compose/<str:operation>/import/", views.take, name="import"),
    path("compose/<str:operation>/run/", views.run, name="run"),
    path("reference/", reference_views.index, name="reference"),
    path("reference/openapi.json", reference_views.openapi, name="openapi"),
    path("reference/<str:operation>/", reference_views.operation, name="reference-operation"),
]
