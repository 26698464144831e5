"""One key stroke in the composer: the server's time for the preview, and what of it is the body alone."""

from __future__ import annotations

import time

from django.urls import reverse

from studio import catalog
from studio.composer import forms
from studio.composer.drafts import Draft
from studio.composer.prompting import prompted
from studio.composer.units import units
from studio.library.prompts.word_lists import lists_for
from studio.management.bench import rows
from studio.management.bench.inside import Answer, Visitor
from studio.management.bench.programs import Programs
from studio.management.bench.sizes import Sizes
from studio.management.bench.table import Row, Target, against, median, percentile
from studio.teams.scope import across_teams

WARM = 20


def measure(programs: Programs, sizes: Sizes) -> list[Row]:
    programs.run()
    group = rows.group()
    visitor = Visitor(group.owner)
    url = reverse("composer:preview", args=[rows.SUBJECT])
    with across_teams():
        form = posted(group.connection.pk)
    for _ in range(WARM):
        visitor.post(url, form), visitor.get("/bench/nothing/")
    middle, slow, cpu = [], [], []
    for _ in range(sizes.rounds):
        strokes, floor = one_round(visitor, url, form, sizes.strokes)
        middle.append((median(milliseconds(strokes)), median(milliseconds(floor))))
        slow.append((percentile(milliseconds(strokes), 99), percentile(milliseconds(floor), 99)))
        cpu.append((median([each.cpu * 1000 for each in strokes]), median([each.cpu * 1000 for each in floor])))
    return [
        against("preview of a key stroke, server time, p50", middle, "ms", Target(2)),
        against("  p99", slow, "ms", Target(10)),
        against("  of it the processor's, p50", cpu, "ms", None),
        body(sizes),
    ]


def one_round(visitor: Visitor, url: str, form: list[tuple[str, str]], count: int) -> tuple[list[Answer], list[Answer]]:
    """The answers to key strokes, and those of an empty view between them."""
    strokes, floor = [], []
    for number in range(count):
        prompt = "a paper boat on a lake at dawn, " * 2 + "and on" * (number % 20) + str(number)
        typed = [(name, prompt if is_prompt(name) else value) for name, value in form]
        strokes.append(visitor.post(url, typed))
        floor.append(visitor.get("/bench/nothing/"))
    return strokes, floor


def milliseconds(answers: list[Answer]) -> list[float]:
    return [answer.seconds * 1000 for answer in answers]


def is_prompt(name: str) -> bool:
    field = rows.subject().field(name.removeprefix(forms.VALUE))
    return bool(field and field.role == "prompt")


def posted(connection: int) -> list[tuple[str, str]]:
    """What a browser posts of the form that a person opened with the documents' example."""
    draft = Draft.of_example(rows.subject())
    form = [("connection", str(connection)), ("nonce", "n" * 22), ("asked", ""), ("extra", ""), ("order", "[]")]
    if beneath := prompted(draft, lists_for):
        form += [("p:saved", ""), ("p:shape", beneath.shape)]
    for unit in units(draft, draft.build({})):
        form.append((forms.SHAPE + unit.key, unit.shape))
        form += [(row.name, row.text) for row in unit.rows]
        form += [(forms.OTHER_VALUE + row.at, row.other) for row in unit.rows if row.other is not None]
    return form


def body(sizes: Sizes) -> Row:
    """The catalog's part of it: values to body, reasons and problems; its floor is writing the same body as JSON."""
    operation, given, rounds = rows.subject(), rows.values(), []
    text = operation.body(given).body

    def per_call(count: int, build: bool) -> float:
        began = time.perf_counter()
        for _ in range(count):
            operation.body(given) if build else catalog.dumps(text)
        return (time.perf_counter() - began) / count * 1000

    for _ in range(sizes.rounds):
        rounds.append((per_call(sizes.strokes, True), per_call(sizes.strokes, False)))
    return against("  of it the body: rules, reasons, problems", rounds, "ms", None)
