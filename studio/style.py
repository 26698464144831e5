"""/style/: every component in every state, for developers."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from studio.tasks.states import State


def style(request: HttpRequest) -> HttpResponse:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    return render(
        request,
        "style.html",
        {
            "states": State.choices,
            "icons": re.findall(r'symbol id="([^"]+)"', sprite),
        },
    )


urlpatterns: list[URLPattern] = [path("", style, name="style")]
