from django.urls import URLPattern, path

from studio.batches import compare_views, download_views, plan_views, views

app_name = "batches"
urlpatterns: list[URLPattern] = [
    path("batches/", views.batches, name="list"),
    path("batches/plan/<str:operation>/", plan_views.plan, name="plan"),
    path("batches/plan/<str:operation>/run/", plan_views.run, name="run"),
    path("batches/<int:pk>/", views.batch, name="batch"),
    path("batches/<int:pk>/news/", views.news, name="news"),
    path("batches/<int:pk>/compare/", compare_views.compare, name="compare"),
    path("batches/<int:pk>/results.zip", download_views.results, name="results"),
    path("batches/<int:pk>/pause/", views.pause, name="pause"),
    path("batches/<int:pk>/resume/", views.resume, name="resume"),
    path("batches/<int:pk>/private/", views.private, name="private"),
    path("batches/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("batches/<int:pk>/retry/", views.retry, name="retry"),
    path("batches/<int:pk>/cells/<int:number>/", views.cell, name="cell"),
    path("batches/<int:pk>/cells/<int:number>/star/", views.star, name="star"),
]
