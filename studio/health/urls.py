from django.urls import path

from studio.health import status

app_name = "health"
urlpatterns = [
    path("team/status/", status.status, name="status"),
    path("team/status/now/", status.now, name="now"),
]
