from django.urls import path

from studio.assets import choosing_views, views

app_name = "assets"
urlpatterns = [
    path("results/", views.wall, name="wall"),
    path("assets/choose/", choosing_views.choose, name="choose"),
    path("tasks/<int:pk>/results/", views.more, name="more"),
    path("assets/<int:pk>/take/", choosing_views.take, name="take"),
    path("assets/<int:pk>/cover.jpg", views.cover, name="cover"),
    path("assets/<int:pk>/<str:name>", views.file, name="file"),
]
