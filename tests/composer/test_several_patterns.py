"""Several texts of one form are patterns together: they share words, are counted as one, and are drawn again as one."""

from __future__ import annotations

import json
from html import unescape
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.composer.texts import spots, turned
from studio.library import patterns
from studio.library.kept import FIXED
from studio.library.templatetags.patterns import drawn_from
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection, make_task
from tests.library.making import make_preset, newest

KLING, CHAT = "kling.text2video", "openai.chat"
BOTH = {"v:prompt": "a {red|blue} {{animal}}", "v:negative_prompt": "{blur|noise}, {{animal|dog}}"}


@pytest.fixture(autouse=True)
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def page(signed_in: Any, alice: User) -> Client:
    client: Client = signed_in(alice)
    return client


def fields(page: Client, operation: str, query: str = "", **typed: str) -> dict[str, Any]:
    first = dict(posted(page.get(f"/compose/{operation}/{query}").content.decode()).items())
    again = page.post(f"/compose/{operation}/preview/", first | typed)
    return dict(posted(again.content.decode()).items())


def body(page: Client, operation: str, post: dict[str, Any]) -> Any:
    edited = page.post(f"/compose/{operation}/preview/", post | {"do": "edit"})
    return json.loads(str(posted(edited.content.decode())["json"]))


def told(page: Client, operation: str, post: dict[str, Any]) -> str:
    return unescape(page.post(f"/compose/{operation}/preview/", post).content.decode())


def ran(page: Client, team: Team, operation: str, post: dict[str, Any]) -> Task:
    answer = page.post(f"/compose/{operation}/run/", post, headers={"HX-Request": "true"})
    assert answer.status_code == 200, unescape(answer.content.decode())
    with scope(team):
        return Task.objects.latest("id")


def test_two_texts_are_drawn_together(page: Client, team: Team) -> None:
    post = fields(page, KLING, **BOTH)
    assert "4 combinations" in told(page, KLING, post)
    assert "Fill in “animal”." not in told(page, KLING, post), "the other text says a default"
    drawn = body(page, KLING, post | {"p:v:animal": "fox"})
    assert (drawn["prompt"], drawn["negative_prompt"]) == ("a red fox", "blur, fox")
    listed = told(page, KLING, post | {"p:v:animal": "fox", "p:show": "yes"})
    for words in ("a red fox · blur, fox", "a blue fox · noise, fox"):
        assert words in listed
    left = fields(page, KLING, **BOTH, **{"p:v:animal": "fox", "p:show": "yes"}) | {"p:in": ["3"]}
    assert body(page, KLING, left)["negative_prompt"] == "noise, fox"


def test_a_task_keeps_each_template_and_opens_with_it(page: Client, team: Team) -> None:
    post = fields(page, KLING, **BOTH) | {"p:how": "random", "p:n": "1", "p:seed": "3", "p:v:animal": "owl"}
    task = ran(page, team, KLING, post)
    assert patterns.texts_of(task.pattern) == {"prompt": BOTH["v:prompt"], "negative_prompt": BOTH["v:negative_prompt"]}
    assert task.pattern["seed"] == 3
    assert patterns.draw(*patterns.again(patterns.texts_of(task.pattern).values(), task.pattern)).split("\0") == [
        task.values["prompt"],
        task.values["negative_prompt"],
    ]
    back = fields(page, KLING, f"?from={task.pk}")
    assert {at: back[at] for at in BOTH} == BOTH
    again = body(page, KLING, back)
    assert (again["prompt"], again["negative_prompt"]) == (task.values["prompt"], task.values["negative_prompt"])
    record = unescape(page.get(f"/tasks/{task.pk}/").content.decode())
    for words in (*BOTH.values(), "<code>negative_prompt</code>", "{blur|noise}", "seed 3"):
        assert words in record


def test_one_text_alone_is_kept_alone(page: Client, team: Team) -> None:
    task = ran(page, team, KLING, fields(page, KLING, **{"v:prompt": "a boat", "v:negative_prompt": "{blur|noise}"}))
    assert patterns.texts_of(task.pattern) == {"negative_prompt": "{blur|noise}"}
    assert (task.prompt, task.values["negative_prompt"]) == ("a boat", "blur")


def test_all_go_as_they_are_typed_when_that_is_wanted(page: Client, team: Team) -> None:
    post = fields(page, KLING, **BOTH)
    off = page.post(f"/compose/{KLING}/preview/", post | {"do": "pattern:off"})
    task = ran(page, team, KLING, dict(posted(off.content.decode()).items()))
    assert (task.pattern, task.values["negative_prompt"]) == ({}, BOTH["v:negative_prompt"])
    back = fields(page, KLING, f"?from={task.pk}")
    assert body(page, KLING, back)["negative_prompt"] == BOTH["v:negative_prompt"]


def test_an_older_task_with_one_pattern_is_still_read(page: Client, team: Team, alice: User) -> None:
    """Then the negative prompt was no pattern, whatever stands in it."""
    pattern = {"at": "prompt", "text": "a {red|blue} cat", "values": {}, "picks": [1]}
    values = {"prompt": "a blue cat", "negative_prompt": "{x|y}"}
    with scope(team):
        task = make_task(team, alice, operation=KLING, values=values, prompt="a blue cat", pattern=pattern)
    back = fields(page, KLING, f"?from={task.pk}")
    assert back["v:prompt"] == "a {red|blue} cat"
    drawn = body(page, KLING, back)
    assert (drawn["prompt"], drawn["negative_prompt"]) == ("a blue cat", "{x|y}")
    kept = drawn_from(pattern)
    assert kept
    assert (kept.texts, kept.told[0].text) == ({"prompt": "a {red|blue} cat"}, "blue")
    past = page.get(f"/compose/{KLING}/prompts/").json()["prompts"]
    assert past == ["a {red|blue} cat"]


def test_messages_of_a_conversation_are_patterns(page: Client, team: Team) -> None:
    said = "[system]\nAnswer as {a poet|a cook}.\n\n[user]\nTell of {{what}}, {shortly|at length}."
    post = fields(page, CHAT, **{"v:messages": said, "p:v:what": "rain"})
    assert "4 combinations" in told(page, CHAT, post)
    assert 'name="p:saved"' not in told(page, CHAT, post), "what is saved as a prompt is one text"
    task = ran(page, team, CHAT, post)
    assert task.values["messages"] == [
        {"role": "system", "content": "Answer as a poet."},
        {"role": "user", "content": "Tell of rain, shortly."},
    ]
    assert list(patterns.texts_of(task.pattern)) == ["messages[0].content", "messages[1].content"]
    assert fields(page, CHAT, f"?from={task.pk}")["v:messages"].replace("\r\n", "\n") == said


def test_json_that_changes_one_text_leaves_the_pattern_of_the_other(page: Client) -> None:
    post = fields(page, KLING, **BOTH, **{"p:v:animal": "fox"})
    edited = posted(page.post(f"/compose/{KLING}/preview/", post | {"do": "edit"}).content.decode()).dict()
    changed = json.loads(str(edited["json"])) | {"negative_prompt": "{x|y}"}
    taken = page.post(f"/compose/{KLING}/import/", edited | {"json": json.dumps(changed)})
    after = posted(taken.content.decode()).dict()
    assert after["v:prompt"] == BOTH["v:prompt"]
    drawn = body(page, KLING, after)
    assert (drawn["prompt"], drawn["negative_prompt"]) == ("a red fox", "{x|y}")


def test_what_a_preset_holds_fast_is_drawn_beside_what_goes_as_it_is_typed(
    page: Client, team: Team, alice: User
) -> None:
    values = {"prompt": "{a|b} boat", "model_name": "kling-v1"}
    preset = make_preset(team, alice, operation=catalog.get(KLING), values=values, holds={"prompt": FIXED})
    post = fields(page, KLING, f"?preset={newest(preset).pk}", **{"v:negative_prompt": "{x|y}"})
    off = dict(posted(page.post(f"/compose/{KLING}/preview/", post | {"do": "pattern:off"}).content.decode()).items())
    drawn = body(page, KLING, off)
    assert (drawn["prompt"], drawn["negative_prompt"]) == ("a boat", "{x|y}")
    assert "2 combinations" in told(page, KLING, off)
    assert "Read it as a pattern" in told(page, KLING, off)


def test_a_text_that_is_no_pattern_is_told_by_its_name(page: Client) -> None:
    post = fields(page, KLING, **{"v:prompt": "{a|b}", "v:negative_prompt": "a {red|blue"})
    assert "Line 1, column 3" in told(page, KLING, post)
    assert body(page, KLING, post)["negative_prompt"] == "a {red|blue"


def test_texts_are_found_in_lists_and_changed_there_alone() -> None:
    operation = catalog.get(CHAT)
    parts = [{"type": "text", "text": "one"}, {"type": "image_url", "image_url": {"url": "https://a.example/b"}}]
    values: dict[str, Any] = {"messages": [{"role": "system", "content": "two"}, {"role": "user", "content": parts}]}
    assert [spot.path for spot in spots(operation, values)] == ["messages[0].content", "messages[1].content[0].text"]
    changed = turned(operation, values, lambda spot: spot.text.upper())
    assert changed["messages"][1]["content"][0]["text"] == "ONE"
    assert values["messages"][0]["content"] == "two"


def test_of_parts_of_several_kinds_the_words_alone_are_texts() -> None:
    operation = catalog.get("vidu.create")
    parts = [
        {"type": "text", "content": "a {red|blue} door"},
        {"type": "image", "content": "https://a.example/{b}.png"},
    ]
    assert [spot.path for spot in spots(operation, {"input.prompts": parts})] == ["input.prompts[0].content"]
