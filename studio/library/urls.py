from django.urls import URLPattern, path

from studio.library import import_views, link_views, saving_views, sharing_views, views

app_name = "library"
urlpatterns: list[URLPattern] = [
    path("library/", views.presets, name="list"),
    path("library/save/", saving_views.save, name="save"),
    path("library/export/", import_views.export, name="export"),
    path("library/examples/", import_views.add_examples, name="examples"),
    path("library/import/", import_views.take, name="import"),
    path("team/links/", link_views.links, name="links"),
    path("team/links/<int:pk>/revoke/", link_views.revoke, name="link-revoke"),
    path("library/<int:pk>/", views.preset, name="preset"),
    path("library/<int:pk>/about/", views.about, name="about"),
    path("library/<int:pk>/archive/", views.archive, name="archive"),
    path("library/<int:pk>/label/", views.label, name="label"),
    path("library/<int:pk>/restore/<int:number>/", views.restore, name="restore"),
    path("library/<int:pk>/star/", views.star, name="star"),
    path("library/<int:pk>/fork/", views.fork, name="fork"),
    path("library/<int:pk>/audience/", sharing_views.audience, name="audience"),
    path("library/<int:pk>/link/", sharing_views.link, name="link"),
    path("library/<int:pk>/link/<int:link>/revoke/", sharing_views.revoke, name="revoke"),
    path("shared/<str:token>/", sharing_views.page, name="shared"),
    path("shared/<str:token>/copy/", sharing_views.copy, name="copy"),
]
