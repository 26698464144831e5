"""Recipes in the studio: found in the picker, told step by step, run from choice to choice."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_asset, make_attempt, make_connection, make_task

SLUG = "suno.extend-to-whole-song"
ONE, TWO = "11110000-0000-4000-8000-000000000001", "11110000-0000-4000-8000-000000000002"
CLIPS = [
    {"id": id_, "status": "complete", "title": "Mine", "audio_url": f"https://c.d/{id_}.mp3", "metadata": more}
    for id_, more in ((ONE, {"duration": 80.5, "tags": "waltz"}), (TWO, {"duration": 61.0, "tags": "waltz"}))
]


@pytest.fixture
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def page(signed_in: Any, alice: User, connection: Connection) -> Client:
    client: Client = signed_in(alice)
    return client


def html(answer: Any) -> str:
    return str(answer.content.decode())


def finished(team: Team, alice: User, connection: Connection, step: int = 1, operation: str = "suno.generate") -> Task:
    report = catalog.get(operation).read({"clips": CLIPS}, "poll").plain()
    values, extras = catalog.get(operation).values(catalog.get(operation).example)
    told = {"values": values, "extras": catalog.pack(extras), "state": State.SUCCEEDED}
    told |= {"results": report["results"], "actions": report["actions"]}
    with scope(team):
        task = make_task(team, alice, connection, operation=operation, recipe=SLUG, step=step, **told)
        make_attempt(task)
        for number in range(1, len(task.results) + 1):
            make_asset(task, number=number)
    return task


def test_the_picker_has_a_shelf_of_recipes_and_finds_them_in_both_languages(page: Client) -> None:
    assert f"/recipes/{SLUG}/" in html(page.get("/compose/"))
    for words in ("whole song extend", "续写 完整", "场景6"):
        found = html(page.get("/compose/", {"q": words}))
        assert f"/recipes/{SLUG}/" in found
        assert "/recipes/suno.cover/" not in found
    assert "Nothing here has all of these words" in html(page.get("/compose/", {"q": "no such thing"}))


def test_a_recipe_tells_its_steps_and_where_it_starts(page: Client) -> None:
    told = html(page.get(f"/recipes/{SLUG}/"))
    for words in ("Extend to a whole song", "From the step before", "Clip to continue", "Go on from", "Start"):
        assert words in told
    assert f"/compose/suno.generate/?recipe={SLUG}&amp;step=1" in told
    assert page.get("/recipes/suno.nothing/").status_code == 404


def test_the_first_step_is_a_form_that_is_filled_and_its_task_remembers(page: Client, team: Team) -> None:
    url = f"/compose/suno.generate/?recipe={SLUG}&step=1"
    assert "step 1 of 3: Make the song" in html(page.get(url))
    form = posted(html(page.get(url)))
    assert page.post("/compose/suno.generate/run/", form).status_code == 302
    with scope(team):
        task = Task.objects.get()
    assert (task.recipe, task.step) == (SLUG, 1)
    assert catalog.loads(task.body_text) == catalog.recipe(SLUG).steps[0].body


@pytest.mark.parametrize(("recipe", "step"), [(SLUG, "3"), (SLUG, "9"), ("a.b", "1"), ("", "")])
def test_a_step_that_is_not_there_is_no_page(page: Client, recipe: str, step: str) -> None:
    assert page.get("/compose/suno.generate/", {"recipe": recipe, "step": step}).status_code == 404


def test_a_finished_step_offers_a_choice_and_never_takes_the_first(
    page: Client, team: Team, alice: User, connection: Connection
) -> None:
    task = finished(team, alice, connection)
    told = html(page.get(f"/tasks/{task.pk}/"))
    assert "Next: step 2 — Extend" in told
    assert "Choose what goes on. The form opens filled" in told
    for number in (1, 2):
        assert told.count(f"Extend · clip {number}<") == 1
        assert f"Cover · clip {number}<" in told
    url = f"/compose/suno.generate/?from={task.pk}&action=1&recipe={SLUG}&step=2"
    assert url.replace("&", "&amp;") in told
    form = posted(html(page.get(url)))
    page.post("/compose/suno.generate/run/", form)
    with scope(team):
        second = Task.objects.latest("id")
    assert (second.recipe, second.step, second.parent_id) == (SLUG, 2, task.pk)
    body = catalog.loads(second.body_text)
    assert (body["continue_clip_id"], body["continue_at"], body["task"]) == (TWO, 61.0, "extend")
    assert (body["title"], body["tags"], body["prompt"]) == ("Mine", "waltz", "[Outro]\n...")


def test_a_step_that_goes_on_with_nothing_can_be_filled_in_by_hand(
    page: Client, team: Team, alice: User, connection: Connection
) -> None:
    task = finished(team, alice, connection, step=2)  # no history, so no whole song is offered
    told = html(page.get(f"/tasks/{task.pk}/"))
    assert "Next: step 3 — Whole song" in told
    assert "fill it in by hand" in told


def test_the_last_step_says_that_it_is_done(page: Client, team: Team, alice: User, connection: Connection) -> None:
    task = finished(team, alice, connection, step=3, operation="suno.concat")
    assert "the recipe is done" in html(page.get(f"/tasks/{task.pk}/"))


def test_what_runs_again_or_is_edited_stays_in_its_recipe(
    page: Client, team: Team, alice: User, connection: Connection
) -> None:
    task = finished(team, alice, connection)
    page.post(f"/tasks/{task.pk}/again/", {"nonce": "n"})
    with scope(team):
        assert [(each.recipe, each.step) for each in Task.objects.all()] == [(SLUG, 1), (SLUG, 1)]
    told = html(page.get(f"/tasks/{task.pk}/"))
    edit = f"/compose/suno.generate/?from={task.pk}&amp;recipe={SLUG}&amp;step=1"
    assert edit in told
    assert "step 1 of 3" in html(page.get(edit.replace("&amp;", "&")))
