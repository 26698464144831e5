from django.urls import URLPattern, path

from studio.composer import views

app_name = "composer"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("compose/", views.pick, name="pick"),
    path("compose/<str:operation>/", views.compose, name="compose"),
    path("compose/<str:operation>/preview/", views.preview, name="preview"),
    path("compose/<str:operation>/import/", views.take, name="import"),
    path("compose/<str:operation>/run/", views.run, name="run"),
]
