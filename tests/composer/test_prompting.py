"""The prompt's box: a pattern is asked about and drawn, a literal text goes as it is typed; what is shown is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.library.kept import FIXED
from studio.library.models import Preset, Prompt, PromptVersion
from studio.library.patterns import redraw
from studio.library.prompts import saving
from studio.tasks import lifecycle
from studio.tasks.cells import nonce_of_cell
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import VALUES, make_connection, make_task
from tests.library.making import make_preset, make_prompt, make_word_list, newest

SignIn = Callable[[User], Client]
URL = "/compose/runway.generate-text/"
HTMX = {"HX-Request": "true"}
PATTERN = "a {red|blue} {{animal|cat}}, __lens__"


@pytest.fixture(autouse=True)
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def page(signed_in: SignIn, alice: User, team: Team) -> Client:
    make_word_list(team, alice, name="lens", lines=["24 mm", "85 mm"])
    return signed_in(alice)


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def fields(page: Client, url: str = URL, **typed: str) -> dict[str, Any]:
    """The fields of the page at this address with a prompt typed, as the server shows them then."""
    first = dict(posted(page.get(url).content.decode()).items()) | {"v:model": "gen3"}
    again = page.post(f"{URL}preview/", first | {name.replace("__", ":"): text for name, text in typed.items()})
    return dict(posted(again.content.decode()).items())


def shown(page: Client, post: dict[str, Any]) -> str:
    """The prompt in the body that the preview shows."""
    return str(body_of(page, post)["prompt"])


def body_of(page: Client, post: dict[str, Any]) -> Any:
    text = posted(page.post(f"{URL}preview/", post | {"do": "edit"}).content.decode())["json"]
    return json.loads(str(text))


def ran(page: Client, team: Team, post: dict[str, Any]) -> Task:
    answer = page.post(f"{URL}run/", post, headers=HTMX)
    assert answer.status_code == 200, html(answer)
    with scope(team):
        return Task.objects.latest("id")


LITERAL = [
    "a plain boat",
    '{"prompt": "a cat", "n": {"a": [1, 2]}}',
    r"\frac{a}{b} \{x\} __init__ {} }{",
    "def f(): return {1: 2}",
    "a {red|blue",
    "猫" * 500 + "🐈‍⬛ {",
]


@pytest.mark.parametrize("text", LITERAL)
def test_a_literal_text_goes_as_it_is_typed(page: Client, team: Team, text: str) -> None:
    post = fields(page, v__prompt=text)
    assert post["v:prompt"] == text
    assert shown(page, post) == text
    task = ran(page, team, post)
    assert json.loads(task.body_text)["prompt"] == text
    assert task.pattern == {}
    assert fields(page, f"{URL}?from={task.pk}")["v:prompt"] == text


def test_a_pattern_is_drawn_and_the_task_keeps_what_it_was_drawn_from(page: Client, team: Team) -> None:
    post = fields(page, v__prompt=PATTERN, **{"p__v__animal": "dog"})
    assert shown(page, post) == "a red dog, 24 mm"
    task = ran(page, team, post)
    assert (task.values["prompt"], task.prompt) == ("a red dog, 24 mm", "a red dog, 24 mm")
    assert json.loads(task.body_text)["prompt"] == "a red dog, 24 mm"
    assert task.pattern == {
        "texts": [["prompt", PATTERN]],
        "values": {"animal": "dog"},
        "picks": [0, ["lens", "24 mm"]],
    }
    assert redraw(PATTERN, task.pattern) == "a red dog, 24 mm"
    record = html(page.get(f"/tasks/{task.pk}/"))
    for words in (PATTERN, "Drawn from a pattern", "{red|blue}", "__lens__"):
        assert words in record


def test_the_page_says_how_many_there_are_and_that_one_is_sent(page: Client) -> None:
    post = fields(page, v__prompt=PATTERN)
    told = html(page.post(f"{URL}preview/", post))
    for words in ("4 combinations", "Sends one of 4 texts", "a red cat, 24 mm", 'placeholder="cat"'):
        assert words in told
    assert "24 mm, 85 mm" not in told
    listed = html(page.post(f"{URL}preview/", post | {"p:show": "yes"}))
    for words in ("a red cat, 24 mm", "a red cat, 85 mm", "a blue cat, 24 mm", "a blue cat, 85 mm"):
        assert words in listed


def test_a_word_that_must_be_given_is_asked_for(page: Client, team: Team) -> None:
    post = fields(page, v__prompt="a {{animal}}{!|?}")
    told = page.post(f"{URL}run/", post)
    assert told.status_code == 422
    assert "Fill in “animal”." in html(told)
    assert shown(page, post) == "a {{animal}}!"
    with scope(team):
        assert not Task.objects.exists()
    assert ran(page, team, post | {"p:v:animal": "{x|y} fox"}).values["prompt"] == "a {x|y} fox!"


def test_texts_without_a_tick_are_left_out(page: Client, team: Team) -> None:
    post = fields(page, v__prompt="{a|b|c|d}", p__show="yes")
    assert post["p:listed"] == "4"
    del post["p:in"]
    assert "Choose at least one of the texts" in html(page.post(f"{URL}run/", post))
    post["p:in"] = ["2", "3"]
    assert shown(page, post) == "c"
    answer = page.post(f"{URL}preview/", post)
    assert "Sends one of 2 texts" in html(answer)
    hidden = page.post(f"{URL}preview/", post | {"p:show": ""})
    again = dict(posted(hidden.content.decode()).items())
    assert again["p:left"] == "0,1"
    assert shown(page, again) == "c", "what is left out stays so when the list is closed"
    assert shown(page, again | {"v:prompt": "{e|f|g}"}) == "e", "and says nothing about another text"
    assert ran(page, team, again).values["prompt"] == "c"


def test_some_at_random_follow_from_their_seed(page: Client, team: Team) -> None:
    post = fields(page, v__prompt="{a|b|c|d}{1|2|3|4}") | {"p:how": "random", "p:n": "3", "p:seed": "7"}
    first = shown(page, post)
    assert shown(page, post) == first
    told = html(page.post(f"{URL}preview/", post | {"p:show": "yes"}))
    assert told.count('name="p:in"') == 3
    task = ran(page, team, post)
    assert (task.values["prompt"], task.pattern["seed"]) == (first, 7)
    assert "seed 7" in html(page.get(f"/tasks/{task.pk}/"))
    assert len({shown(page, post | {"p:seed": str(seed)}) for seed in range(12)}) > 3
    for wrong in ({"p:n": "0"}, {"p:n": "1001"}, {"p:n": "x"}, {"p:seed": "x"}):
        assert page.post(f"{URL}run/", post | wrong).status_code == 422


def test_switched_off_it_goes_as_it_is_typed(page: Client, team: Team) -> None:
    post = fields(page, v__prompt="a {red|blue} cat")
    off = dict(posted(page.post(f"{URL}preview/", post | {"do": "pattern:off"}).content.decode()).items())
    assert off["p:off"] == "yes"
    assert shown(page, off) == "a {red|blue} cat"
    task = ran(page, team, off)
    assert (json.loads(task.body_text)["prompt"], task.pattern) == ("a {red|blue} cat", {})
    back = fields(page, f"{URL}?from={task.pk}")
    assert (back["v:prompt"], shown(page, back)) == ("a {red|blue} cat", "a {red|blue} cat")
    on = page.post(f"{URL}preview/", back | {"do": "pattern:on"})
    assert shown(page, dict(posted(on.content.decode()).items())) == "a red cat"


def test_a_literal_prompt_stays_literal_in_a_preset_and_in_another_system(page: Client, team: Team) -> None:
    post = fields(page, v__prompt="a {red|blue} cat") | {"p:off": "yes"}
    asked = posted(page.post(f"{URL}keep/", post).content.decode())
    page.post("/library/save/", asked.dict() | {"name": "Braces", "into": "preset"})
    with scope(team):
        preset = Preset.objects.get()
    again = fields(page, f"{URL}?preset={newest(preset).pk}")
    assert shown(page, again) == "a {red|blue} cat"
    ported = page.post("/compose/runway.generate-image/from/runway.generate-text/", post)
    there = posted(ported.content.decode())
    text = page.post("/compose/runway.generate-image/preview/", there.dict() | {"do": "edit"})
    assert "a {red|blue} cat" in posted(text.content.decode())["json"]


def test_a_pattern_goes_along_to_another_system(page: Client) -> None:
    post = fields(page, v__prompt="a {red|blue} {{animal}}", **{"p__v__animal": "fox"})
    image = posted(page.post("/compose/runway.generate-image/from/runway.generate-text/", post).content.decode())
    assert (image["v:prompt"], image["p:v:animal"]) == ("a {red|blue} {{animal}}", "fox")
    chat = page.post("/compose/openai.chat/from/runway.generate-text/", post)
    there = dict(posted(chat.content.decode()).items())
    assert "a {red|blue} {{animal}}" in str(there)
    assert there["p:v:animal"] == "fox"
    back = posted(page.post(f"{URL}from/openai.chat/", there).content.decode()).dict()
    assert (back["v:prompt"], shown(page, back)) == ("a {red|blue} {{animal}}", "a red fox")


def test_a_task_opens_with_its_pattern_and_draws_the_same(page: Client, team: Team, alice: User) -> None:
    post = fields(page, v__prompt=PATTERN) | {"p:how": "random", "p:n": "1", "p:seed": "11", "p:v:animal": "owl"}
    task = ran(page, team, post)
    back = fields(page, f"{URL}?from={task.pk}")
    assert (back["v:prompt"], back["p:v:animal"], back["p:how"]) == (PATTERN, "owl", "kept")
    assert shown(page, back) == task.values["prompt"]
    assert "Sends one of" not in html(page.post(f"{URL}preview/", back))
    assert shown(page, back | {"p:v:animal": "bat"}) == task.values["prompt"].replace("owl", "bat")
    assert shown(page, back | {"p:how": "all"}) == "a red owl, 24 mm"
    assert shown(page, back | {"v:prompt": "{x|y}"}) == "x", "another text is drawn anew"
    copy = lifecycle.again(task, alice, "nonce")
    assert copy.pattern == task.pattern


def test_an_older_task_with_braces_is_no_pattern(page: Client, team: Team, alice: User) -> None:
    with scope(team):
        task = make_task(team, alice, values=VALUES | {"prompt": "a {red|blue} cat __lens__"})
    back = fields(page, f"{URL}?from={task.pk}")
    assert back["v:prompt"] == shown(page, back) == "a {red|blue} cat __lens__"


def test_json_is_meant_as_it_is_typed(page: Client) -> None:
    post = fields(page, v__prompt=PATTERN)
    edited = posted(page.post(f"{URL}preview/", post | {"do": "edit"}).content.decode()).dict()
    body = json.loads(str(edited["json"]))
    taken = page.post(f"{URL}import/", edited | {"json": json.dumps(body | {"seed": 7})})
    assert posted(taken.content.decode())["v:prompt"] == PATTERN, "whoever changes another key keeps the pattern"
    taken = page.post(f"{URL}import/", edited | {"json": json.dumps(body | {"prompt": "a {x|y}"})})
    after = posted(taken.content.decode()).dict()
    assert after["v:prompt"] == shown(page, after) == "a {x|y}"


def test_what_a_preset_holds_fast_is_read_as_the_preset_means_it(
    page: Client, team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    values = VALUES | {"prompt": "{a|b} {{animal}}"}
    preset = make_preset(team, alice, values=values, holds={"prompt": FIXED})
    writer = signed_in(bob)
    post = fields(writer, f"{URL}?preset={newest(preset).pk}")
    assert "v:prompt" not in post
    forged = post | {"p:v:animal": "fox", "p:off": "yes", "v:prompt": "mine"}
    assert shown(writer, forged) == "a fox"
    assert ran(writer, team, forged).values["prompt"] == "a fox"


def test_a_browser_brings_no_words_into_what_a_preset_holds_fast(
    page: Client, team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    """What an earlier task drew comes from the browser: of a fixed text only lines that the team's lists have."""
    make_word_list(team, alice, "light", ["dim", "bright"])
    preset = make_preset(team, alice, values=VALUES | {"prompt": "a __light__ {car|van}"}, holds={"prompt": FIXED})
    writer = signed_in(bob)
    post = fields(writer, f"{URL}?preset={newest(preset).pk}") | {"p:how": "kept"}
    kept = {"values": {}, "picks": [["light", "bright"], 1]}
    assert shown(writer, post | {"p:kept": json.dumps(kept)}) == "a bright van"
    forged = post | {"p:kept": json.dumps(kept | {"picks": [["light", "anything at all"], 1]})}
    assert shown(writer, forged) == ran(writer, team, forged).values["prompt"] == "a dim car"


def test_only_what_changed_is_swapped(page: Client) -> None:
    post = fields(page, v__prompt="a plain boat")
    assert "pattern-" not in html(page.post(f"{URL}preview/", post, headers=HTMX))
    came = html(page.post(f"{URL}preview/", post | {"v:prompt": "a {x|y}"}, headers=HTMX))
    for part in ("pattern-ask", "pattern-told", "pattern-list"):
        assert f'id="{part}"' in came
    post = fields(page, v__prompt="a {x|y}")
    came = html(page.post(f"{URL}preview/", post | {"v:prompt": "a {x|y|z}"}, headers=HTMX))
    assert 'id="pattern-ask"' not in came
    assert "3 combinations" in came
    came = html(page.post(f"{URL}preview/", post | {"v:prompt": "gone"}, headers=HTMX))
    assert 'id="pattern-ask"' in came
    assert "combinations" not in came


def test_a_million_combinations_cost_as_few(page: Client, team: Team) -> None:
    text = "{0|1|2|3|4|5|6|7|8|9}" * 8 + " {a|b}" * 1500
    post = fields(page, v__prompt=text[:9900], p__show="yes")
    told = html(page.post(f"{URL}preview/", post))
    assert "more than 1,000,000,000,000,000 combinations" in told
    assert told.count('name="p:in"') == 100
    assert shown(page, post).startswith("00000000 a a")


def test_a_saved_prompt_is_opened_and_saved_again(page: Client, team: Team, alice: User) -> None:
    prompt = make_prompt(team, alice, name="Cats", text=PATTERN)
    with scope(team):
        version = PromptVersion.objects.get()
    lead = page.get(f"/prompts/use/{version.pk}/")
    operation = lead["Location"].split("/")[2]
    assert catalog.get(operation).field("prompt")
    post = fields(page, f"{URL}?prompt={version.pk}")
    assert (post["v:prompt"], post["p:saved"]) == (PATTERN, str(version.pk))
    offered = html(page.get("/prompts/choose/?q=cats"))
    assert f"/prompts/{prompt.pk}/text/" in offered
    assert page.get(f"/prompts/{prompt.pk}/text/").json() == {"text": PATTERN, "version": version.pk}
    asked = page.post(f"{URL}keep-prompt/", post | {"v:prompt": "a new {x|y}"})
    assert "Version 2 of “Cats”" in html(asked)
    answers = posted(asked.content.decode()).dict()
    assert (answers["text"], answers["into"], answers["base"]) == ("a new {x|y}", "version", "1")
    with scope(team):
        saving.add_version(Prompt.objects.get(), alice, "meanwhile", "", 1)
    assert page.post(f"/prompts/{prompt.pk}/write/", answers).status_code == 409
    page.post(f"/prompts/{prompt.pk}/write/", answers | {"into": "own", "name": "Dogs"})
    page.post(f"/prompts/{prompt.pk}/write/", answers | {"base": "2"})
    with scope(team):
        assert {row.name: row.text for row in Prompt.objects.all()} == {"Cats": "a new {x|y}", "Dogs": "a new {x|y}"}


def test_a_fresh_text_is_saved_as_a_prompt_and_a_literal_one_draws_itself(page: Client) -> None:
    post = fields(page, v__prompt="a {x|y}")
    asked = posted(page.post(f"{URL}keep-prompt/", post).content.decode())
    assert asked["text"] == "a {x|y}"
    asked = posted(page.post(f"{URL}keep-prompt/", post | {"p:off": "yes"}).content.decode())
    assert asked["text"] == r"a \{x|y\}"


def test_a_persons_last_prompts_are_their_own(page: Client, team: Team, alice: User, bob: User) -> None:
    with scope(team):
        for number, text in enumerate(["one", "two", "one"]):
            make_task(team, alice, prompt=text, nonce=f"n{number}")
        make_task(team, bob, prompt="his")
        make_task(team, alice, prompt="drawn", pattern={"texts": [["prompt", "{drawn|not}"]]})
        make_task(team, alice, operation="runway.generate-image", prompt="a picture")
    assert page.get(f"{URL}prompts/").json() == {"prompts": ["{drawn|not}", "one", "two", "a picture"]}


def test_a_batch_is_one_of_the_last_prompts_by_its_newest_cell(page: Client, team: Team, alice: User) -> None:
    with scope(team):
        make_task(team, alice, prompt="before")
        connection = make_connection(team)
        for batch, number in [(1, 1), (2, 1), *((1, number) for number in range(2, 260))]:
            nonce = nonce_of_cell(f"batch-{batch}", number, 0)
            make_task(team, alice, connection, prompt=f"cell {number} of {batch}", nonce=nonce)
    assert page.get(f"{URL}prompts/").json() == {"prompts": ["cell 259 of 1", "cell 1 of 2", "before"]}
