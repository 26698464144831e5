"""The page on which a batch is planned, and what Run makes of the plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from studio import catalog
from studio.batches.feeding import begin
from studio.batches.models import Batch, Cell, CellState
from studio.ledger.models import Unit
from studio.library import patterns
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.batches.planner import AXES, PLAN, RUN, post, the_batch
from tests.factories import VALUES, make_connection, make_task
from tests.ledger.saying import say
from tests.library.making import make_preset, newest
from tests.tasks.stage import OPERATION

pytestmark = pytest.mark.usefixtures("everywhere", "db")


def form_of(cell: Cell) -> dict[str, Any]:
    """The values of its form."""
    return cell.form(catalog.get(cell.batch.operation))[0]


def test_the_plan_opens_with_all_that_stood_in_the_form_and_gives_it_back(visitor: Client) -> None:
    page = post(visitor, PLAN, extra='{"mine": "<kept>"}').content.decode()
    assert 'name="v:prompt" value="a boat in the fog, 雾"' in page
    assert "&quot;&lt;kept&gt;&quot;" in page
    assert f'formaction="{reverse("composer:preview", args=[OPERATION])}"' in page
    assert "data-restores" in visitor.get(PLAN).content.decode(), "by its address it is what the browser keeps"


def test_fields_stand_in_the_list_as_the_form_writes_them(visitor: Client) -> None:
    page = post(visitor, PLAN).content.decode()
    for at, shown in {"prompt": "Prompt", "style": "Style", "ratio": "Aspect ratio (ratio)"}.items():
        assert f'<option value="{at}">{shown}</option>' in page


def test_a_form_that_cannot_be_read_is_mended_first(visitor: Client) -> None:
    page = post(visitor, PLAN, **{"v:options.seconds": "five"})
    assert page.status_code == 422
    assert "five" in page.content.decode()


def test_counting_says_how_many_cells_which_are_left_out_and_why(visitor: Client) -> None:
    told = post(visitor, PLAN, htmx=True, **AXES).content.decode()
    assert "<b>4 cells</b>" in told
    assert told.count('class="minigrid__out"') == 2
    assert "Duration must be 5 or 10, not 7." in told
    assert "The price is not known" in told
    assert not Task.objects.exists()
    assert not Batch.objects.exists()


def test_the_texts_of_a_pattern_stand_as_what_differs_and_the_cells_by_their_names(visitor: Client) -> None:
    pattern = {"v:prompt": "a boat on {quiet|rough} water", "axis-field": "", "axis-text": ""}
    page = post(visitor, PLAN, **pattern).content.decode()
    assert "Its pattern makes 2 texts, a cell for each." in page
    assert re.findall("<li>(a boat on [^<]*)</li>", page) == ["a boat on quiet water", "a boat on rough water"]
    by_length = {"axis-field": "options.seconds", "axis-text": "5, 10"}
    told = post(visitor, PLAN, htmx=True, **pattern | by_length).content.decode()
    assert re.findall("<li>(a boat on [^<]*)</li>", told)[1] == "a boat on quiet water · 10"
    whole = {"axis-field": "prompt", "axis-text": "one, two, three, four, five, six, seven"}
    told = post(visitor, PLAN, htmx=True, **pattern | whole).content.decode()
    assert "Its pattern makes" not in told
    assert re.findall("<li>([a-z]+)</li>", told) == ["one", "two", "three", "four", "five"]
    assert "and 2 more" in told


def test_run_says_where_and_for_how_much(visitor: Client, team: Team) -> None:
    plan = {"axis-field": "options.seconds", "axis-text": "5, 10"}
    connection = Connection.objects.get()
    assert f"<span>Run 2 cells on {connection}</span>" in post(visitor, PLAN, **plan).content.decode()
    say(team, price=60)
    assert (
        f"<span>Run 2 cells on {connection} · about 120 points</span>" in post(visitor, PLAN, **plan).content.decode()
    )
    Connection.objects.update(is_sandbox=True, base_url=settings.SANDBOX_URL)
    assert (
        f"<span>Run 2 cells on {connection} · a rehearsal, free</span>" in post(visitor, PLAN, **plan).content.decode()
    )


def test_axes_are_added_and_removed_and_what_was_typed_stays(visitor: Client) -> None:
    page = post(visitor, PLAN, htmx=True, do="add", csv="ratio\n1:1", **AXES).content.decode()
    assert page.count('name="axis-field"') == 3
    assert "ratio\n1:1</textarea>" in page
    page = post(visitor, PLAN, htmx=True, do="remove:0", **AXES).content.decode()
    assert page.count('name="axis-field"') == 1
    assert "5, 10, 7</textarea>" in page


def test_a_variable_of_the_prompt_is_an_axis_and_its_tasks_remember_the_pattern(visitor: Client) -> None:
    words = {"v:prompt": "a {{animal}} in the fog", "axis-field": "{{animal}}", "axis-text": "fox, owl, fox"}
    assert "<option selected>{{animal}}</option>" in post(visitor, PLAN, **words).content.decode()
    assert "{{animal}}: write at least" in post(visitor, RUN, **words | {"axis-text": ", ,"}).content.decode()
    assert post(visitor, RUN, **words).status_code == 302
    tasks = list(Task.objects.order_by("id"))
    assert [task.prompt for task in tasks] == ["a fox in the fog", "a owl in the fog"]
    assert [task.pattern["texts"] for task in tasks] == [[["prompt", "a {{animal}} in the fog"]]] * 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "Nothing differs yet"),
        ({"axis-field": "model", "axis-text": "gen2", "csv": "colour\nred"}, "is no field"),
        ({"axis-field": ["model", "model"], "axis-text": ["gen2", "gen3"]}, "has an axis already"),
        ({"axis-field": "", "axis-text": "gen2"}, "Choose the field"),
        ({"axis-field": "callback_url", "axis-text": "a, b"}, "Choose the field"),
        ({"axis-field": "options.seconds", "axis-text": "1-4"}, "leave every cell out"),
        ({"repeat": "many"}, "Write a number"),
        ({"repeat": "600", "axis-field": "model", "axis-text": "gen2, gen3"}, "1,200 cells"),
    ],
)
def test_what_cannot_run_says_why_and_loses_nothing(visitor: Client, more: dict[str, Any], says: str) -> None:
    page = post(visitor, RUN, **more)
    assert page.status_code == 422
    assert says in page.content.decode()
    for text in [more.get("csv", ""), *([more["axis-text"]] if isinstance(more.get("axis-text"), str) else [])]:
        assert text in page.content.decode()
    assert not Batch.objects.exists()


def test_a_batch_runs_on_no_other_connection_than_the_chosen_one(visitor: Client, team: Team) -> None:
    chosen = make_connection(team, name="Zed")
    number = str(chosen.pk)
    chosen.delete()
    page = post(visitor, RUN, **AXES, connection=number)
    assert page.status_code == 422
    assert "The connection that was chosen is gone." in page.content.decode()
    assert not Batch.objects.exists()


def test_running_lays_the_cells_once_and_begins_the_first_of_them(visitor: Client, bob: User) -> None:
    batch = the_batch(visitor)
    assert the_batch(visitor) == batch  # a second click
    cells = list(Cell.objects.filter(batch=batch))
    assert [cell.state for cell in cells] == ["begun", "begun", "excluded", "begun", "begun", "excluded"]
    assert (batch.name, batch.person) == ("a boat in the fog, 雾", bob)
    tasks = list(Task.objects.order_by("id"))
    assert [task.prompt for task in tasks] == ["a boat in the fog, 雾"] * 2 + ["a boat in the rain, 雾"] * 2
    body = catalog.loads(tasks[1].body_text)
    assert body["options"]["seconds"] == 10
    page = visitor.get(reverse("batches:batch", args=[batch.pk])).content.decode()
    compare = reverse("batches:compare", args=[batch.pk])
    assert (
        f'<th scope="row"><a class="batch-heading" href="{compare}?cell=2&amp;cell=5" title="Side by side">10</a>'
        in page
    )
    assert (
        f'<th scope="col"><a class="batch-heading" href="{compare}?cell=4&amp;cell=5" title="Side by side">rain</a>'
        in page
    )
    there = visitor.get(reverse("tasks:detail", args=[tasks[1].pk])).content.decode()
    assert f'<a href="{reverse("batches:batch", args=[batch.pk])}">a boat in the fog, 雾</a> · cell 2' in there
    assert f"task-{tasks[0].pk} from:document" in page


def test_the_texts_of_a_pattern_are_an_axis_and_each_task_can_be_drawn_again(visitor: Client) -> None:
    written = {"v:prompt": "a {red|blue} {{animal}} in fog", "p:v:animal": "fox"}
    page = post(visitor, PLAN, htmx=True, **AXES, **written).content.decode()
    assert "2 × 2 × 3" in page
    batch = the_batch(visitor, **written)
    cells = list(Cell.objects.filter(batch=batch))
    assert len(cells) == 12
    assert {form_of(cell)["prompt"] for cell in cells} == {
        f"a {colour} fox in {weather}" for colour in ("red", "blue") for weather in ("fog", "rain")
    }
    only = the_batch(visitor, **written, **{"axis-field": "options.seconds", "axis-text": "5, 10"})
    tasks = [cell.task for cell in Cell.objects.filter(batch=only).exclude(task=None).select_related("task")]
    assert tasks
    for task in tasks:
        assert task
        tree = patterns.parse(patterns.texts_of(task.pattern)["prompt"])
        assert patterns.draw(tree, patterns.Choices.from_json(task.pattern)) == task.prompt


def test_a_cell_in_which_is_searched_and_replaced_keeps_what_draws_its_text(visitor: Client) -> None:
    written = {"v:prompt": "a {red|blue} {{animal}} in fog", "p:v:animal": "fox", "p:how": "random", "p:n": "2"}
    axes = {"axis-field": "search-and-replace", "axis-text": "fog, rain", "p:seed": "7"}
    batch = the_batch(visitor, **written, **axes)
    for cell in Cell.objects.filter(batch=batch, state=CellState.WAITING):
        begin(cell)
    tasks = Task.objects.order_by("id")
    assert sorted(task.prompt for task in tasks) == [
        "a blue fox in fog", "a blue fox in rain", "a red fox in fog", "a red fox in rain"
    ]  # fmt: skip
    for task in tasks:
        weather = "rain" if "rain" in task.prompt else "fog"
        [template] = patterns.texts_of(task.pattern).values()
        assert template == f"a {{red|blue}} {{{{animal}}}} in {weather}"
        assert patterns.redraw(template, task.pattern) == task.prompt
        assert (task.pattern["values"], task.pattern["seed"]) == ({"animal": "fox"}, 7)
        again = visitor.get(reverse("composer:compose", args=[OPERATION]), {"from": task.pk}).content.decode()
        assert f"a {{red|blue}} {{{{animal}}}} in {weather}</textarea>" in again


def test_patterns_of_two_texts_are_one_axis_and_share_a_rows_words(visitor: Client) -> None:
    plan = reverse("batches:plan", args=["kling.text2video"])
    written = {"v:prompt": "a {red|blue} {{animal}}", "v:negative_prompt": "{blur|noise}, {{animal}}"}
    rows = {"csv": "animal\nfox\nowl", "axis-field": "", "axis-text": ""}
    page = post(visitor, plan, htmx=True, **written, **rows).content.decode()
    assert "4 × 2" in page
    run = reverse("batches:run", args=["kling.text2video"])
    batch = the_batch(visitor, run, **written, **rows)
    texts = [(form_of(cell)["prompt"], form_of(cell)["negative_prompt"]) for cell in Cell.objects.filter(batch=batch)]
    assert len(texts) == 8
    assert batch.axes[0]["labels"][:2] == [
        "a red {{animal}} · blur, {{animal}}",
        "a red {{animal}} · noise, {{animal}}",
    ]
    assert texts[:3] == [("a red fox", "blur, fox"), ("a red owl", "blur, owl"), ("a red fox", "noise, fox")]
    negative = {"axis-field": "negative_prompt", "axis-text": "dark, bright"}
    batch = the_batch(visitor, run, **written, **negative, **{"p:v:animal": "cat"})
    brought = [form_of(cell) for cell in Cell.objects.filter(batch=batch)]
    assert [(each["prompt"], each["negative_prompt"]) for each in brought[:2]] == [
        ("a red cat", "dark"),
        ("a red cat", "bright"),
    ]


def test_a_pattern_alone_makes_a_batch_and_too_many_texts_are_a_sentence(visitor: Client) -> None:
    batch = the_batch(visitor, **{"v:prompt": "{a|b|c} boat", "axis-field": "", "axis-text": ""})
    assert [form_of(cell)["prompt"] for cell in Cell.objects.filter(batch=batch)] == ["a boat", "b boat", "c boat"]
    many = post(visitor, RUN, **{"v:prompt": "{0|1|2|3|4|5|6|7|8|9}" * 6})
    assert many.status_code == 422
    assert "1,000,000" in many.content.decode()


def test_a_prompt_that_goes_as_it_is_typed_goes_so_in_a_batch(visitor: Client) -> None:
    batch = the_batch(visitor, **{"v:prompt": "{a|b} fog", "p:off": "yes"})
    assert {form_of(cell)["prompt"] for cell in Cell.objects.filter(batch=batch)} == {"{a|b} fog", "{a|b} rain"}


def test_a_preset_that_holds_a_field_fast_holds_it_in_every_cell(visitor: Client, team: Team, bob: User) -> None:
    held = make_preset(team, bob, values=VALUES, holds={"model": "fixed"}, visibility="team")
    given = {"preset": str(newest(held).pk), "axis-field": ["model"], "axis-text": ["gen2, gen3"]}
    assert "Choose the field" in post(visitor, RUN, **given).content.decode()
    given |= {"axis-field": ["options"], "axis-text": ['{"seconds": 5}']}
    batch = the_batch(visitor, **(given | {"axis-field": ["options.seconds"], "axis-text": ["5, 10"]}))
    assert batch.version == newest(held)
    assert {catalog.loads(task.body_text)["model"] for task in Task.objects.all()} == {"gen3"}


def test_the_variables_of_a_fixed_prompt_are_asked_for_in_a_batch(visitor: Client, team: Team, bob: User) -> None:
    values = VALUES | {"prompt": "a {{animal}} in {{place|a park}} fog"}
    held = make_preset(team, bob, values=values, holds={"prompt": "fixed"}, visibility="team")
    given = {"preset": str(newest(held).pk), "axis-field": "{{animal}}", "axis-text": "cat, dog", "v:prompt": "no"}
    batch = the_batch(visitor, **given)
    texts = [form_of(cell)["prompt"] for cell in Cell.objects.filter(batch=batch)]
    assert texts == ["a cat in a park fog", "a dog in a park fog"]
    rows = {"csv": "animal,place\nfox,a wood\nowl,a barn", "axis-field": "", "axis-text": ""}
    batch = the_batch(visitor, **(given | rows | {"nonce": "rows"}))
    texts = [form_of(cell)["prompt"] for cell in Cell.objects.filter(batch=batch)]
    assert texts == ["a fox in a wood fog", "a owl in a barn fog"]
    assert "“prompt”" in post(visitor, RUN, **(given | rows | {"csv": "prompt\nno"})).content.decode()


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel", "retry"])
def test_only_whoever_began_it_and_owners_go_on_with_a_batch_or_stop_it(
    visitor: Client, verb: str, signed_in: Callable[[User], Client], team: Team, alice: User, bob: User
) -> None:
    """What goes on is begun in that person's name and paid for with their money."""
    batch = the_batch(visitor, repeat="3")
    Batch.objects.update(person=alice)
    url = reverse(f"batches:{verb}", args=[batch.pk])
    assert visitor.post(url).status_code == 403
    page = visitor.get(reverse("batches:batch", args=[batch.pk])).content.decode()
    assert url not in page
    assert signed_in(alice).post(url).status_code == 302
    Batch.objects.update(person=bob)
    assert signed_in(alice).post(url).status_code == 302, "an owner"


def test_a_twin_is_named_and_can_be_left_out(visitor: Client, team: Team, alice: User) -> None:
    the_batch(visitor)
    Task.objects.update(person=alice)
    told = post(visitor, PLAN, htmx=True, **AXES).content.decode()
    assert "4 of them were run before" in told
    assert "Alice ran exactly this" in told
    told = post(
        visitor, PLAN, htmx=True, **(AXES | {"axis-text": ["fog, snow", "5"], "skip-twins": "yes"})
    ).content.decode()
    assert "<b>1 cell</b>" in told
    Task.objects.update(state=State.FAILED)
    assert "before" not in post(visitor, PLAN, htmx=True, **AXES).content.decode()


def test_a_price_is_told_from_what_the_last_ones_cost(visitor: Client, team: Team, alice: User) -> None:
    make_task(team, alice, cost=100, state=State.SUCCEEDED)
    make_task(team, alice, cost=140, state=State.SUCCEEDED)
    assert "about 480 points" in post(visitor, PLAN, htmx=True, **AXES).content.decode()


def test_a_batch_is_held_against_the_budget_and_says_who_is_asked(visitor: Client, team: Team) -> None:
    say(team, price=10, budget=30, approved_from=5)
    page = post(visitor, PLAN, htmx=True, **AXES).content.decode()
    assert "about 40 points" in page
    assert "30 points for this month 30 are left" in page
    assert "waits for an owner" in page
    assert post(visitor, RUN, **AXES).status_code == 422
    assert not Batch.objects.exists()
    say(team, price=10, budget=40)
    the_batch(visitor)


def test_each_cell_costs_what_its_own_seconds_cost(visitor: Client, team: Team) -> None:
    say(team, price=2, unit=Unit.SECOND, budget=59, approved_from=15)
    page = post(visitor, PLAN, htmx=True, **AXES).content.decode()
    assert "about 60 points" in page, "fog and rain, of 5 and of 10 seconds"
    assert "2 of them wait for an owner" in page
    assert "59 points for this month 59 are left" in page
    assert post(visitor, RUN, **AXES).status_code == 422
    say(team, budget=60)
    batch = the_batch(visitor)
    tasks = Task.objects.filter(pk__in=Cell.objects.filter(batch=batch).values("task")).order_by("id")
    assert [(int(task.price or 0), task.approval) for task in tasks] == [(10, ""), (20, "asked")] * 2


@pytest.mark.parametrize(
    "given",
    [
        {"axis-field": ["search-and-replace"], "axis-text": ["fog, ra\0in, snow"]},
        {"axis-field": ["prompt"], "axis-text": ["a f\0ox || an owl"]},
        {"axis-field": ["mo\0del"], "axis-text": ["gen2, gen\x003"]},
        {"v:prompt": "a {{animal}} in fog", "axis-field": ["{{animal}}"], "axis-text": ["f\0ox, owl"]},
        {"v:prompt": "a {{animal}} in fog", "csv": "ani\0mal\nf\0ox\nowl\n"},
        {"csv": "prompt,ra\0tio\nf\0ox,16:\09\n"},
        {"csv": "prompt\nfox\n", "batch-name": "a\0b", "repeat": "2\0"},
    ],
)
def test_a_nul_in_what_was_pasted_is_taken_away(visitor: Client, given: dict[str, Any]) -> None:
    plain = {
        name: [each.replace("\0", "") for each in value] if isinstance(value, list) else value.replace("\0", "")
        for name, value in given.items()
    }
    nothing = {"axis-field": "", "axis-text": ""}
    batch, same = (the_batch(visitor, **(nothing | each)) for each in (given, plain | {"nonce": "another"}))
    assert visitor.get(reverse("batches:batch", args=[batch.pk])).status_code == 200
    for_both = (list(Cell.objects.filter(batch=each).values_list("changed", "why")) for each in (batch, same))
    assert next(for_both) == next(for_both)
    assert (batch.name, batch.axes) == (same.name, same.axes)
