from django.urls import URLPattern, path

from studio.tasks import inbox_pages, views
from studio.tasks.callback import callback
from studio.tasks.live import live_token

app_name = "tasks"
urlpatterns: list[URLPattern] = [
    path("callback/<str:public_id>/<str:mac>/", callback, name="callback"),
    path("live-token/", live_token, name="live-token"),
    path("tasks/", views.tasks, name="list"),
    path("tasks/rows/", views.rows, name="rows"),
    path("tasks/inbox/", inbox_pages.inbox, name="inbox"),
    path("tasks/inbox/<int:pk>/", inbox_pages.callback_page, name="inbox-callback"),
    path("tasks/inbox/<int:pk>/replay/", inbox_pages.replay, name="replay"),
    path("tasks/<int:pk>/", views.detail, name="detail"),
    path("tasks/<int:pk>/card/", views.card, name="card"),
    path("tasks/<int:pk>/row/", views.row, name="row"),
    path("tasks/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("tasks/<int:pk>/again/", views.again, name="again"),
    path("tasks/<int:pk>/look/", views.look, name="look"),
    path("tasks/<int:pk>/send-again/", views.send_again, name="send-again"),
    path("tasks/<int:pk>/write-off/", views.write_off, name="write-off"),
]
