"""The Import page: a table first, then a draft; nothing is sent, and no secret goes further than the box."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from studio import catalog
from studio.composer.imports.pasted import MOST
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import make_connection

COMMAND = """curl https://g.example/mj-fast/mj/submit/imagine -H 'Authorization: Bearer sk-very-secret' \\
  -d '{"prompt": "雨 \\"x\\"", "seed": 9007199254740993, "password": "sk-very-secret"}'"""


@pytest.fixture
def page(team: Team, alice: User, signed_in: Callable[[User], Client]) -> Client:
    make_connection(team, name="Sandbox")
    return signed_in(alice)


def test_what_was_pasted_opens_as_a_draft_and_nothing_is_sent(page: Client, team: Team) -> None:
    shown = page.post("/import/", {"text": COMMAND}).content.decode()
    table, _, rest = shown.partition("</table>")
    opening = table[table.index("read-title") :]
    assert "sk-very" not in opening + rest
    assert opening.count("secret dropped") == 3, "two rows and the summary"
    form = posted(opening)
    assert (form["v:speed"], catalog.loads(str(form["json"]))) == (
        "mj-fast",
        {"prompt": '雨 "x"', "seed": 9007199254740993},
    )
    draft = page.post("/import/midjourney.imagine/", form.dict()).content.decode()
    again = posted(draft)
    assert (again["v:speed"], again["v:prompt"], again["port"]) == ("mj-fast", '雨 "x"', "import")
    assert "9007199254740993" in draft
    assert "midjourney.imagine:port:import" in draft, "the draft that was there stays"
    assert page.get("/import/midjourney.imagine/").status_code == 200
    with scope(team):
        assert not Task.objects.exists()


def test_another_candidate_can_be_taken(page: Client) -> None:
    text = '{"prompt": "x", "model": "gen3"}'
    first = page.post("/import/", {"text": text})
    others = [operation.slug for operation, *_ in first.context["others"]]
    second = page.post("/import/", {"text": text, "operation": others[0]})
    assert second.context["operation"].slug == others[0] != first.context["operation"].slug
    assert str(posted(second.content.decode())["text"]).replace("\r\n", "\n") == text


def test_a_pipe_that_nobody_can_read_is_a_row_and_stays_in_the_box(page: Client) -> None:
    text = "jq -n '{prompt: 1}' | curl https://g.example/runway/v1/pro/generate -d @-"
    answer = page.post("/import/", {"text": text})
    assert answer.context["operation"].slug == "runway.generate-text"
    assert [(each.row.verdict, each.row.value) for each in answer.context["rows"]] == [("left", "jq -n '{prompt: 1}'")]
    assert posted(answer.content.decode())["text"] == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello", "neither a curl command nor JSON"),
        ('{"a": }', "Line 1, column 7"),
        ("curl https://g.example/runway/v1/pro/generate -d '{\"a\":1,}'", "data: Line 1, column 8"),
        ("x" * (MOST + 1), "longer than 2 MB"),
        ("curl https://g.example/runway/tasks/1", "makes nothing"),
        ('{"nothing like it": 1}', "No operation takes such a call"),
    ],
)
def test_what_cannot_be_taken_says_why_and_stays(page: Client, text: str, says: str) -> None:
    answer = page.post("/import/", {"text": text})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert posted(answer.content.decode())["text"] == text


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            "curl https://g.example/runway/v1/pro/generate -d @body.json",
            "The body is in this file.",
        ),
        ("curl https://g.example/sd/v2beta/stable-image/generate/core -F 'prompt=<cat.txt'", "takes no file here"),
        ("curl https://g.example/v1/images/edits -F 'prompt=a' -F 'image=@fox.png'", "Choose it in the form."),
    ],
)
def test_what_to_do_with_a_file_of_the_persons_own_can_be_done(page: Client, command: str, says: str) -> None:
    notes = ["The body is in this file.", "takes no file here", "Choose it in the form."]
    html = page.post("/import/", {"text": command}).content.decode()
    assert [each for each in notes if each in html] == [says]
