"""/style/: every component in every state, for developers."""

import math
import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from studio.assets.models import Asset
from studio.assets.reading import Cue, Embeddings, Words, embeddings
from studio.files import vectors
from studio.files.models import File
from studio.tasks.models import Task
from studio.tasks.states import State


def style(request: HttpRequest) -> HttpResponse:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    context = {"states": State.choices, "icons": re.findall(r'symbol id="([^"]+)"', sprite)}
    return render(request, "style.html", context | results())


def results() -> dict[str, Any]:
    """Results as they are shown, made up: none of them is in any database."""
    task = Task(pk=1, prompt="a paper boat")
    loudness = [round(50 + 48 * math.sin(at / 7) * math.sin(at / 3)) for at in range(96)]
    line = "Soft morning light falls through the fog; the reeds on the bank are only hinted at. 清晨的薄雾笼罩着河面。"
    return {
        "deck": File(kind="file", name="deck.pptx", size=240_000),
        "sound": Asset(pk=1, task=task, kind="audio", duration=74.0, file="1.wav", inside={"peaks": loudness}),
        "text": Words("\n\n".join([line] * 12), long=True, cut=False),
        "subtitles": Words(
            "1", long=False, cut=False, cues=[Cue("00:00:01", "A paper boat"), Cue("00:00:04", "一只纸船")]
        ),
        "many": made_up(["a paper boat", "一只纸船", "rain on glass", "雨打玻璃"]),
        "one": made_up(["a paper boat"]),
    }


def made_up(texts: list[str]) -> Embeddings:
    found = [[math.sin(at * (1 + number // 2)) + number / 9 for at in range(32)] for number in range(len(texts))]
    task = Task(prompt=texts[0], values={"input": texts})
    return embeddings(Asset(task=task, inside={"vectors": vectors.about(found)}))


urlpatterns: list[URLPattern] = [path("", style, name="style")]
