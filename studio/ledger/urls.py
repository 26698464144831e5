from django.urls import URLPattern, path

from studio.ledger import pages

app_name = "ledger"
urlpatterns: list[URLPattern] = [
    path("team/money/", pages.money, name="money"),
    path("team/money/prices/", pages.prices, name="prices"),
    path("team/money/threshold/", pages.threshold, name="threshold"),
    path("team/money/budget/", pages.budget, name="budget"),
    path("team/money/budget/<int:pk>/remove/", pages.remove, name="budget-remove"),
    path("team/money/left/", pages.what_is_left, name="left"),
]
