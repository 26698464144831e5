from django.urls import URLPattern, path, re_path

from studio.tasks import inbox_pages, spending_pages, views
from studio.tasks.callback import callback
from studio.tasks.live import live_token

app_name = "tasks"
urlpatterns: list[URLPattern] = [
    path("callback/<str:public_id>/<str:mac>/", callback, name="callback"),
    # Whatever else stands there is answered as a wrong address is: no shape of it says that it is the right one.
    re_path("^callback/", callback, {"public_id": "", "mac": ""}, name="no-callback"),
    path("live-token/", live_token, name="live-token"),
    path("team/spending/", spending_pages.spending, name="spending"),
    path("tasks/", views.tasks, name="list"),
    path("tasks/rows/", views.rows, name="rows"),
    path("tasks/inbox/", inbox_pages.inbox, name="inbox"),
    path("tasks/inbox/<int:pk>/", inbox_pages.callback_page, name="inbox-callback"),
    path("tasks/inbox/<int:pk>/replay/", inbox_pages.replay, name="replay"),
    path("tasks/<int:pk>/", views.detail, name="detail"),
    path("tasks/<int:pk>/card/", views.card, name="card"),
    path("tasks/<int:pk>/row/", views.row, name="row"),
    path("tasks/<int:pk>/place/", views.place, name="place"),
    path("tasks/<int:pk>/writing/", views.writing, name="writing"),
    path("tasks/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("tasks/<int:pk>/approve/", views.approve, name="approve"),
    path("tasks/<int:pk>/decline/", views.decline, name="decline"),
    path("tasks/<int:pk>/private/", views.private, name="private"),
    path("tasks/<int:pk>/look/", views.look, name="look"),
    path("tasks/<int:pk>/send-again/", views.send_again, name="send-again"),
    path("tasks/<int:pk>/write-off/", views.write_off, name="write-off"),
]
