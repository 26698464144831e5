from django.urls import URLPattern, path

from studio.notices import comment_views, out_views, views

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("notices/", views.notices, name="list"),
    path("notices/bell/", views.bell, name="bell"),
    path("notices/follow/", views.follow, name="follow"),
    path("notices/read/", views.read, name="read"),
    path("notices/mails/", out_views.mails, name="mails"),
    path("team/webhook/", out_views.webhook, name="webhook"),
    path("team/webhook/test/", out_views.test, name="webhook-test"),
    path("team/webhook/remove/", out_views.remove, name="webhook-remove"),
    path("notices/people/", comment_views.people, name="people"),
    path("notices/on/<slug:kind>/<int:pk>/", comment_views.talk, name="talk"),
    path("notices/comments/<int:pk>/", comment_views.comment, name="comment"),
    path("notices/comments/<int:pk>/delete/", comment_views.delete, name="delete"),
]
