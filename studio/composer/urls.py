from django.urls import URLPattern, path

from studio.composer import (
    again_views,
    elsewhere,
    import_views,
    keep_views,
    prompt_views,
    recipe_views,
    reference_views,
    rewording_views,
    use_views,
    views,
)

app_name = "composer"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("compose/", views.pick, name="pick"),
    path("prompts/use/<int:pk>/", prompt_views.use, name="use-prompt"),
    path("results/<int:pk>/use/", use_views.use, name="use"),
    path("compose/<str:operation>/", views.compose, name="compose"),
    path("compose/<str:operation>/preview/", views.preview, name="preview"),
    path("compose/<str:operation>/import/", views.take, name="import"),
    path("compose/<str:operation>/run/", views.run, name="run"),
    path("compose/<str:operation>/keep/", keep_views.keep, name="keep"),
    path("compose/<str:operation>/keep-prompt/", prompt_views.keep, name="keep-prompt"),
    path("compose/<str:operation>/prompts/", prompt_views.history, name="prompts"),
    path("compose/<str:operation>/reword/", rewording_views.ask, name="reword"),
    path("compose/<str:operation>/reworded/<int:pk>/", rewording_views.answer, name="reworded"),
    path("compose/<str:operation>/elsewhere/", elsewhere.choose, name="elsewhere"),
    path("compose/<str:operation>/from/<str:source>/", elsewhere.port, name="port"),
    path("tasks/<int:pk>/again/", again_views.again, name="again"),
    path("import/", import_views.paste, name="paste"),
    path("import/<str:operation>/", import_views.imported, name="imported"),
    path("recipes/<str:recipe>/", recipe_views.recipe, name="recipe"),
    path("reference/", reference_views.index, name="reference"),
    path("reference/openapi.json", reference_views.openapi, name="openapi"),
    path("reference/guides/<str:name>/", reference_views.guide, name="guide"),
    path("reference/<str:operation>/", reference_views.operation, name="reference-operation"),
]
