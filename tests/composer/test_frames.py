"""A body of frames on the pages: a form that addresses them by type, the list line by line, import, run, reference."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.composer.code import KEY, TALKS, language
from studio.composer.samples import call, languages
from studio.files.filling import replaced
from studio.sandbox.app import make_app
from studio.sandbox.server import Server
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.code.nasty import NASTY
from tests.composer.posting import posted
from tests.factories import make_connection

SignIn = Callable[[User], Client]
URL = "/compose/openai.realtime/"
HTMX = {"HX-Request": "true"}
REALTIME = catalog.get("openai.realtime")
SAID = 'v:"conversation.item.create".item.content'
VOICE = 'v:"session.update".session.voice'
PASTED = (
    '[{"session":{"voice":"sage","turn_detection":null},"event_id":"e1","type":"session.update"},'
    '{"type":"session.update","session":{"voice":"ash"}},{"type":"input_audio_buffer.clear"},'
    '{"type":"conversation.item.create","item":{"type":"message","role":"user","content":'
    '[{"type":"input_text","text":"你好"}]}},{"type":"response.create"}]'
)


@pytest.fixture
def page(signed_in: SignIn, alice: User, team: Team) -> Client:
    make_connection(team, name="Sandbox")
    return signed_in(alice)


def html(answer: Any) -> str:
    return str(answer.content.decode())


def fill(page: Client, **typed: str) -> dict[str, Any]:
    return dict(posted(html(page.get(URL))).items()) | typed


def only_task(team: Team) -> Task:
    with scope(team):
        return Task.objects.get()


def test_a_fresh_form_asks_for_what_is_said_and_has_no_box_for_a_bare_frame(page: Client) -> None:
    form = posted(html(page.get(URL)))
    assert form["v:model"] == "gpt-4o-realtime-preview-2024-10-01"
    assert form[SAID] == ""
    assert form['j:"response.create"'] == "{}"
    shown = html(page.get(URL))
    assert "What you say" in shown
    carried = re.search(r'<[^>]*name="j:&quot;response.create&quot;"[^>]*>', shown)
    assert carried
    assert 'type="hidden"' in carried[0] or "hidden" in carried[0], "it is sent, but there is nothing to type"


def test_what_is_typed_stands_in_its_frame_and_each_line_says_why(page: Client) -> None:
    fields = fill(page, **{SAID: "Say hello.\n你好", VOICE: "sage"})
    shown = html(page.post(URL + "preview/", fields, headers=HTMX))
    body = re.search(r'id="body-text"[^>]*>([^<]*)<', shown)
    assert body
    assert catalog.loads(unescape(body[1])) == [
        {"type": "session.update", "session": {"voice": "sage"}},
        {
            "type": "conversation.item.create",
            "item": {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "Say hello.\n你好"}],
            },
        },
        {"type": "response.create"},
    ]
    assert "Sent frame by frame over a web socket, once it is open." in shown
    assert "It says what the frame is." in shown
    assert "websocat" in shown


def test_it_runs_with_the_exact_list(page: Client, team: Team) -> None:
    answer = page.post(URL + "run/", fill(page, **{SAID: "Say hello."}))
    assert answer.status_code == 302, html(answer)
    task = only_task(team)
    assert task.body_text == (
        '[{"type":"conversation.item.create","item":{"type":"message","role":"user","content":'
        '[{"type":"input_text","text":"Say hello."}]}},{"type":"response.create"}]'
    )
    assert task.prompt == "Say hello."
    shown = html(page.get(f"/tasks/{task.pk}/"))
    assert "response.create" in shown
    again = posted(html(page.get(f"{URL}?from={task.pk}")))
    assert again[SAID] == "Say hello."


def test_nothing_said_is_not_sent(page: Client, team: Team) -> None:
    shown = html(page.post(URL + "run/", fill(page)))
    assert "Fill in What you say." in shown
    with scope(team):
        assert not Task.objects.exists()


def test_a_pasted_list_opens_as_a_draft_and_leaves_unchanged(page: Client, team: Team) -> None:
    form = posted(html(page.post("/import/", {"text": PASTED})))
    assert catalog.dumps(catalog.loads(str(form["json"]))) == PASTED
    opened = html(page.post("/import/openai.realtime/", form.dict()))
    draft = posted(opened)
    assert (draft[VOICE], draft[SAID]) == ("sage", "你好")
    assert draft["v:model"] == REALTIME.start()["model"], "no list of frames says it"
    assert "One more “session.update”." in opened
    assert page.post(URL + "run/", dict(draft.items())).status_code == 302
    assert only_task(team).body_text == PASTED


def test_a_draft_keeps_the_places_of_frames_that_are_not_the_forms(page: Client, team: Team) -> None:
    form = posted(html(page.post("/import/", {"text": PASTED})))
    draft = posted(html(page.post("/import/openai.realtime/", form.dict())))
    page.post(URL + "run/", dict(draft.items()) | {VOICE: "coral"})
    assert only_task(team).body_text == PASTED.replace('"sage"', '"coral"')


@pytest.mark.parametrize("text", ['{"type": "response.create"}', "7"])
def test_an_object_is_no_list_of_frames(page: Client, text: str) -> None:
    fields = fill(page, **{SAID: "x"}) | {"json": text, "json-was": ""}
    assert "This body is a list of frames" in html(page.post(URL + "run/", fields))


def test_a_list_is_no_body_of_another_operation(page: Client) -> None:
    url = "/compose/runway.generate-text/"
    fields = dict(posted(html(page.get(url))).items()) | {"json": "[]", "json-was": ""}
    assert "A body is one JSON object" in html(page.post(url + "run/", fields))


def test_its_reference_tells_frames_events_and_how_it_is_called(page: Client) -> None:
    shown = html(page.get("/reference/openai.realtime/"))
    for words in (
        "Frames over a web socket; the answer comes as events",
        "response.create",
        "websocat",
        "An error beside an answer that goes on",
        "Session settings",
    ):
        assert words in shown, words
    assert "<option" in shown
    assert "Objective-C" not in shown


def test_a_language_without_a_sample_shows_the_first_one_and_stays_chosen(page: Client) -> None:
    page.cookies["code"] = "java"
    assert "websocat" in html(page.get("/reference/openai.realtime/"))
    assert "java.net" in html(page.get("/reference/openai.chat/"))


def test_a_file_in_a_frame_is_looked_for_at_its_fields() -> None:
    seen: list[object] = []
    create = {"type": "response.create"}
    body = [{"type": "session.update", "session": {"voice": catalog.files.refer("0" * 32)}}, create]

    def put(field: object, _: str) -> str:
        seen.append(field)
        return "there"

    made = replaced(REALTIME, body, put)
    assert made == [{"type": "session.update", "session": {"voice": "there"}}, create]
    assert seen == [None], "no field of it takes a file"


# The samples, run


def nasty() -> list[Any]:
    frames = [{"type": "session.update", "session": {"instructions": each}} for each in NASTY]
    return [*frames, *REALTIME.example[1:]]


def test_the_frames_of_the_shell_are_lines_as_they_are_sent(tmp_path: Path) -> None:
    program = tmp_path / "websocat"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > args\ncat > given\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    text = language("shell", TALKS).write(call(REALTIME, None, {"model": "gpt-4o-realtime-preview"}, nasty()))
    around = {"PATH": f"{tmp_path}:{os.environ['PATH']}", KEY: "sk-x"}
    subprocess.run(["bash", "-c", text], cwd=tmp_path, env=around, check=True)
    given = (tmp_path / "given").read_text().split("\n")
    assert given == [*map(catalog.dumps, nasty()), ""]
    args = (tmp_path / "args").read_text().splitlines()
    assert "wss://gateway.example.com/v1/realtime?model=gpt-4o-realtime-preview" in args
    assert {"OpenAI-Beta: realtime=v1", "Authorization: Bearer sk-x"} <= set(args)


def test_the_sample_in_python_holds_the_conversation(tmp_path: Path) -> None:
    app = make_app()
    with Server(app, "127.0.0.1", 0) as server:
        connection = Connection(name="Sandbox", base_url=server.url)
        text = language("python", TALKS).write(call(REALTIME, connection, {"model": "gpt-realtime"}, nasty()))
        around = {**os.environ, KEY: "sk-rows"}
        told = subprocess.run([sys.executable, "-c", text], env=around, check=True, capture_output=True, text=True)
    assert '"type": "response.done"' in told.stdout
    assert told.stdout.count('"type": "session.updated"') == len(NASTY)
    assert len(app.world.ledger()["posts"]) == 1


def test_the_key_is_in_no_sample() -> None:
    connection = Connection(name="G", base_url="https://g.example")
    connection.set_key("sk-very-secret")
    request = call(REALTIME, connection, {}, REALTIME.example)
    assert [each.name for each in languages(REALTIME)] == ["shell", "python"]
    assert not [each.name for each in TALKS if "sk-very" in each.write(request)]
