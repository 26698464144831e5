from django.urls import path

from studio.files import views

app_name = "files"
urlpatterns = [
    path("files/add/", views.add, name="add"),
    path("files/in/<str:public_id>/<str:signature>/<str:name>", views.incoming, name="in"),
    path("files/<str:public_id>/<str:name>", views.file, name="file"),
]
