from django.urls import URLPattern, path

from studio.finding import views

app_name = "finding"
urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
