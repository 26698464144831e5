"""The search of a team with a long history, against the same search when the team was young: words that everybody
uses, words that hardly anybody uses, two characters of Chinese, and what the palette asks with every letter."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection, models
from django.urls import reverse

from studio.finding import filling
from studio.management.bench import rows
from studio.management.bench.history import copy, newest, one_task, table, times
from studio.management.bench.inside import Visitor
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row
from studio.tasks.models import Task

RARE = "marmalade and a paper boat on the lake, 彩虹下的小纸船"
ONE_IN, ONE_IN_FEW = 500, 25  # tasks: in the large studio, and in the small one, where it fills a page too
# One prompt of so many other tasks; the first that fits.
PROMPTS = (
    (2, "a paper boat on the lake, low camera, 湖面上的一只小纸船"),
    (1, "a paper boat in the rain, slow motion, 雨中的街道"),
)
QUESTIONS = {
    "a word of every task": "boat",
    "two of them, begun": "pap bo",
    "a rare one": "marmalade",
    "纸船, of every second": "纸船",
    "彩虹, as rare": "彩虹",
    "nothing": "zeppelin",
}


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    """Prompts are told apart by the database, words are taken from them as after an upgrade."""
    programs.run()
    group = rows.group()
    visitor = Visitor(group.owner)
    original = one_task(group)
    grow(original, sizes.small - 1, ONE_IN_FEW)
    small = times(visitor, pages(), sizes.views)
    grow(original, sizes.large - sizes.small, ONE_IN)
    large = times(visitor, pages(), sizes.views)
    return table(f"search at {sizes.large:,} tasks, the floor at {sizes.small:,}: ", large, small)


def pages() -> dict[str, str]:
    search, palette = reverse("finding:search"), reverse("finding:palette")
    found = {what: f"{search}?q={quote(words)}" for what, words in QUESTIONS.items()}
    found["all tasks with a word"] = f"{search}?q=boat&in=tasks"
    found["palette, a word begun"] = f"{palette}?q=pape"
    found["palette, 纸船"] = f"{palette}?q={quote('纸船')}"
    return found


def grow(original: list[models.Model], count: int, rare: int) -> None:
    first, prompts = 1 + (newest(Task) or 0), ((rare, RARE), *PROMPTS)
    copy(original, count)
    cases = " ".join(f"WHEN id %% {each} = 0 THEN %s" for each, _prompt in prompts)
    with connection.cursor() as cursor:
        sql = f"UPDATE tasks_task SET prompt = CASE {cases} END WHERE id >= %s"  # noqa: S608
        cursor.execute(sql, [*(prompt for _each, prompt in prompts), first])
    filling.fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as it does by itself, a minute later
