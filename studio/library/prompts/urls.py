from django.urls import URLPattern, path

from studio.library.prompts import views, word_list_views, writing_views

app_name = "prompts"
urlpatterns: list[URLPattern] = [
    path("prompts/", views.prompts, name="list"),
    path("prompts/new/", writing_views.begin, name="new"),
    path("prompts/choose/", views.choose, name="choose"),
    path("prompts/lists/", word_list_views.word_lists, name="lists"),
    path("prompts/lists/new/", word_list_views.begin, name="list-new"),
    path("prompts/lists/<int:pk>/", word_list_views.word_list, name="word-list"),
    path("prompts/lists/<int:pk>/save/", word_list_views.save, name="list-save"),
    path("prompts/lists/<int:pk>/delete/", word_list_views.delete, name="list-delete"),
    path("prompts/<int:pk>/", views.prompt, name="prompt"),
    path("prompts/<int:pk>/write/", writing_views.write, name="write"),
    path("prompts/<int:pk>/restore/<int:number>/", views.restore, name="restore"),
    path("prompts/<int:pk>/about/", views.about, name="about"),
    path("prompts/<int:pk>/archive/", views.archive, name="archive"),
    path("prompts/<int:pk>/label/", views.label, name="label"),
    path("prompts/<int:pk>/star/", views.star, name="star"),
    path("prompts/<int:pk>/text/", views.text, name="text"),
]
