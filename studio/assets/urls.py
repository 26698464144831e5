from django.urls import path

from studio.assets import views

app_name = "assets"
urlpatterns = [
    path("results/", views.wall, name="wall"),
    path("assets/<int:pk>/<str:name>", views.file, name="file"),
]
