"""The same verbs for programs: presets found and run, tasks watched, results fetched, one shape for every refusal."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openapi_spec_validator import validate
from pytest_django import Settings

from studio import catalog
from studio.api import limits
from studio.api.docs import endpoints
from studio.api.door import document
from studio.api.models import Scope
from studio.assets.models import Keeping
from studio.ledger.models import Price, Threshold
from studio.library.kept import FIXED, FREE
from studio.library.models import Preset, Use
from studio.management.translations import asked_for
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Membership, Team, User
from studio.teams.scope import across_teams, scope
from tests.api.calling import Program, program
from tests.factories import make_asset, make_attempt, make_connection, make_task
from tests.library.making import make_preset
from tests.tasks.stage import Gateway, feed, let_pass, playing, work

HOLDS = {"model": FIXED, "style": FIXED, "prompt": FREE}


@pytest.fixture(autouse=True)
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def preset(team: Team, alice: User) -> Preset:
    return make_preset(team, alice, values={"model": "gen3", "ratio": "16:9", "options.seconds": 10}, holds=HOLDS)


@pytest.fixture
def bobs(team: Team, bob: User) -> Program:
    return program(team, bob)


def tasks_of(team: Team) -> list[Task]:
    with scope(team):
        return list(Task.objects.all())


def test_presets_are_listed_page_by_page_and_searched(team: Team, alice: User, bobs: Program) -> None:
    made = [make_preset(team, alice, name=f"Preset {number}") for number in range(53)]
    status, first = bobs.get("presets")
    assert status == 200
    assert len(first["presets"]) == 50
    _status, second = bobs.get(first["next"].partition("127.0.0.1:8000")[2])
    assert second["next"] is None
    numbers = [each["id"] for each in first["presets"] + second["presets"]]
    assert sorted(numbers) == sorted(each.pk for each in made)
    assert [each["name"] for each in bobs.get("presets?q=preset%2052")[1]["presets"]] == ["Preset 52"]
    assert bobs.get("presets?operation=suno")[1]["presets"] == []


def test_a_preset_says_what_it_holds_and_what_it_waits_for(team: Team, preset: Preset, bobs: Program) -> None:
    status, told = bobs.get(f"presets/{preset.pk}")
    assert status == 200
    fields = {each["at"]: each for each in told["fields"]}
    assert (fields["model"]["hold"], fields["model"]["value"]) == ("fixed", "gen3")
    assert (fields["prompt"]["hold"], fields["ratio"]["hold"]) == ("free", "suggested")
    assert fields["options.seconds"]["choices"] == [5, 10]
    assert "callback_url" not in fields
    other = make_preset(team, preset.author, values={"prompt": "a {{colour}} kite", "model": "gen3"})
    assert bobs.get(f"presets/{other.pk}")[1]["variables"][0]["name"] == "colour"


def test_a_preset_is_run_with_values(team: Team, bob: User, preset: Preset, bobs: Program) -> None:
    given = {"values": {"prompt": "雨 = rain", "options.seconds": 5}}
    status, told = bobs.post(f"presets/{preset.pk}/run", given)
    [task] = tasks_of(team)
    assert (status, told["id"], told["state"], told["waits_for"]) == (201, task.pk, "queued", None)
    assert told["url"].endswith(f"/tasks/{task.pk}/")
    assert task.person == bob
    body = catalog.loads(task.body_text)
    assert (body["prompt"], body["model"], body["options"]["seconds"]) == ("雨 = rain", "gen3", 5)
    with scope(team):
        assert Use.objects.get().preset == preset


@pytest.mark.parametrize("given", ['{"seconds":5}', '{"odd":[1],"motion_vector":{"y":1.0,"x":2},"seconds":5}', "{}"])
def test_an_object_given_as_a_whole_is_what_is_sent(team: Team, alice: User, bobs: Program, given: str) -> None:
    values = {"prompt": "a", "model": "gen3", "options.seconds": 10, "options.motion_vector.z": 3}
    preset = make_preset(team, alice, values=values, extras=catalog.Extras({"options": {"odd": 2, "more": 3}}))
    assert bobs.post(f"presets/{preset.pk}/run", f'{{"values":{{"options":{given}}}}}')[0] == 201
    [task] = tasks_of(team)
    assert f'"options":{given}' in task.body_text


def test_the_frames_of_a_preset_are_sent_in_their_order(team: Team, alice: User, bobs: Program) -> None:
    operation = catalog.get("openai.realtime")
    body = (
        '[{"type":"conversation.item.create","item":{"type":"message","role":"user",'
        '"content":[{"type":"input_text","text":"hi"}]}},'
        '{"type":"session.update","session":{"voice":"sage"}},{"type":"response.create"}]'
    )
    values, extras = operation.values(catalog.loads(body))
    values |= {at: value for at, value in operation.start().items() if operation.form.by_path[at].place != "body"}
    preset = make_preset(team, alice, operation=operation, values=values, extras=extras)
    status, told = bobs.post(f"presets/{preset.pk}/run", {})
    assert (status, tasks_of(team)[0].body_text) == (201, body), told


def test_null_takes_a_whole_object_away(team: Team, preset: Preset, bobs: Program) -> None:
    assert bobs.post(f"presets/{preset.pk}/run", {"values": {"prompt": "x", "options": None}})[0] == 201
    assert "options" not in catalog.loads(tasks_of(team)[0].body_text)


@pytest.mark.parametrize("given", [{"seconds": 5}, {}, None, {"seconds": {"n": 10}}, {"seconds": 10.0}])
def test_a_whole_object_does_not_undo_what_is_held_fast_in_it(
    team: Team, alice: User, bobs: Program, given: object
) -> None:
    values = {"prompt": "a", "model": "gen3", "options.seconds": 10}
    preset = make_preset(team, alice, values=values, holds={"options.seconds": FIXED})
    status, told = bobs.post(f"presets/{preset.pk}/run", {"values": {"options": given}})
    assert (status, list(told["error"]["fields"])) == (422, ["options.seconds"])
    kept = {"values": {"options": {"motion_vector": {"x": 1}, "seconds": 10}}}
    assert bobs.post(f"presets/{preset.pk}/run", kept)[0] == 201
    assert catalog.loads(tasks_of(team)[0].body_text)["options"] == kept["values"]["options"]


def test_variables_and_a_seed_choose_among_the_texts(team: Team, alice: User, bobs: Program) -> None:
    text = "a {{colour}} {kite|boat|fox|owl|hare}"
    preset = make_preset(team, alice, values={"prompt": text, "model": "gen3"})
    assert bobs.post(f"presets/{preset.pk}/run", {})[0] == 422
    given = {"variables": {"colour": "teal"}}
    assert bobs.post(f"presets/{preset.pk}/run", given)[1]["prompt"] == "a teal kite"
    status, told = bobs.post(f"presets/{preset.pk}/run", {"variables": {"colour": "teal", "color": "red"}})
    assert (status, list(told["error"]["fields"])) == (422, ["variables.color"]), "what nobody reads is not paid for"
    assert bobs.post(f"presets/{preset.pk}/run", given | {"sed": 7})[0] == 422
    own = {"values": {"prompt": "a {{beast}}"}, "variables": {"beast": "yak"}}
    assert bobs.post(f"presets/{preset.pk}/run", own)[1]["prompt"] == "a yak"
    drawn = {bobs.post(f"presets/{preset.pk}/run", given | {"seed": seed})[1]["prompt"] for seed in range(8)}
    assert len(drawn) > 1


def test_a_run_is_private_as_it_says_or_as_its_person_ran_it_last(
    team: Team, bob: User, preset: Preset, bobs: Program
) -> None:
    given: dict[str, Any] = {"values": {"prompt": "x"}}
    bobs.post(f"presets/{preset.pk}/run", given | {"private": True})
    bobs.post(f"presets/{preset.pk}/run", given)
    Membership.objects.filter(user=bob).update(keeps_private=[preset.operation])
    bobs.post(f"presets/{preset.pk}/run", given)
    bobs.post(f"presets/{preset.pk}/run", given | {"private": False})
    body = {"prompt": "a red kite", "model": "gen3"}
    bobs.post(f"operations/{preset.operation}/run?private=false", body)
    assert [task.private for task in reversed(tasks_of(team))] == [True, False, True, False, False]


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"values": {"prompt": "x", "model": "gen2"}}, "model", "fast"),
    ({"values": {"prompt": "x", "options.seconds": "five"}}, "options.seconds", "not a number"),
    ({"values": {"prompt": "x", "options.seconds": 7}}, "options.seconds", ""),
    ({"values": {"promt": "x"}}, "promt", "Did you mean prompt?"),
    ({"values": {"prompt": "x", "callback_url": "https://x.example"}}, "callback_url", "has no field"),
    ({"values": {}}, "prompt", ""),
    ({"values": {"prompt": "x"}, "connection": "Elsewhere"}, "connection", "There is no connection"),
    ({"values": "no"}, "values", "Write one JSON object"),
    ({"variables": {"animal": 1}}, "variables.animal", "Write a text."),
    ({"seed": "x"}, "seed", "Write a whole number."),
    ({"private": "q"}, "private", "Write true or false."),
    ({"valuse": {}}, "valuse", "There is no such key here."),
]


@pytest.mark.parametrize(("given", "at", "says"), REFUSED)
def test_what_cannot_run_says_which_field_and_why(
    team: Team, preset: Preset, bobs: Program, given: dict[str, Any], at: str, says: str
) -> None:
    status, told = bobs.post(f"presets/{preset.pk}/run", given)
    assert (status, tasks_of(team)) == (422, [])
    assert says in told["error"]["fields"][at]
    assert told["error"]["message"]


def test_a_sentence_names_its_field_once(preset: Preset, bobs: Program) -> None:
    _status, told = bobs.post(f"presets/{preset.pk}/run", {"values": {"promt": "x", "options.seconds": "five"}})
    first, second = told["error"]["message"].split("\n")
    assert first == "runway.generate-text has no field “promt”. Did you mean prompt?"
    assert second.startswith("options.seconds: ")


@pytest.mark.parametrize("body", ["[]", "null", "3", '"x"', ""])
def test_a_body_that_is_no_object_is_told_so_in_words_of_our_own(preset: Preset, bobs: Program, body: str) -> None:
    for path in (f"presets/{preset.pk}/run", "operations/suno.concat/run"):
        status, told = bobs.post(path, body)
        assert (status, told["error"]["code"]) == (422, "invalid")
        assert told["error"]["message"].startswith("The body has to be one JSON object: {…}.")
        assert told["error"]["fields"] == {"body": told["error"]["message"]}


def test_what_stands_wrong_in_an_address_is_told_in_words_of_our_own(bobs: Program) -> None:
    for query, at, says in (("before=x", "before", "Write a whole"), ("before=-1", "before", "does not fit here")):
        status, told = bobs.get(f"tasks?{query}")
        assert (status, list(told["error"]["fields"])) == (422, [at])
        assert says in told["error"]["message"]


def test_a_page_of_presets_that_begins_nowhere_is_not_the_first_one(preset: Preset, bobs: Program) -> None:
    for before in ("zzz", "http://127.0.0.1:8000/api/v1/presets?before=17", "17"):
        status, told = bobs.get(f"presets?{urlencode({'before': before})}")
        assert (status, told["error"]["code"]) == (422, "invalid")
        assert "the whole address in `next`" in told["error"]["message"]


def test_the_same_key_is_the_same_task_once(team: Team, preset: Preset, bobs: Program, alice: User) -> None:
    path, given = f"presets/{preset.pk}/run", {"values": {"prompt": "mine"}}
    first, again = (bobs.post(path, given, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["id"] == again[1]["id"]
    status, told = bobs.post(path, {"values": {"prompt": "other"}}, **{"Idempotency-Key": "k1"})
    assert (status, told["error"]["code"]) == (409, "key_used")
    assert program(team, alice).post(path, given, **{"Idempotency-Key": "k1"})[0] == 201, "keys are each person's own"
    assert bobs.post(path, given)[0] == 201
    assert len(tasks_of(team)) == 3


def test_what_an_owner_must_approve_is_accepted_and_waits(team: Team, preset: Preset, bobs: Program) -> None:
    with scope(team):
        Threshold.objects.create(team=team, points=1)
        Price.objects.create(team=team, operation=preset.operation, points=5)
    status, told = bobs.post(f"presets/{preset.pk}/run", {"values": {"prompt": "mine"}})
    assert (status, told["state"], told["waits_for"]) == (202, "held", "approval")


def test_an_operation_is_run_with_a_body_of_ones_own(team: Team, bobs: Program) -> None:
    assert "runway.generate-text" in {each["name"] for each in bobs.get("operations")[1]["operations"]}
    told = bobs.get("operations/runway.generate-text")[1]
    assert told["body"]["properties"]["prompt"]
    assert bobs.get("operations/no.such")[0] == 404
    vector = '"options": {"seconds": 5, "motion_vector": {"x": 0.3999999999999999}}'
    body = f'{{"prompt": "a {{boat|kite}}", "model": "gen3", {vector}}}'
    assert bobs.post("operations/runway.generate-text/run", body)[0] == 201
    [task] = tasks_of(team)
    assert '"a {boat|kite}"' in task.body_text
    assert "0.3999999999999999" in task.body_text
    assert bobs.post("operations/runway.generate-text/run", '{"prompt": ')[1]["error"]["code"] == "unreadable"


def test_tasks_are_listed_by_key_and_filtered(team: Team, alice: User, bob: User, bobs: Program) -> None:
    with scope(team):
        shared = make_connection(team)
        tasks = [make_task(team, alice, shared, prompt=f"boat {number}") for number in range(52)]
        own = make_task(team, bob, shared, state=State.FAILED, error="no luck")
    _status, first = bobs.get("tasks")
    assert [first["tasks"][0]["id"], first["tasks"][0]["error"]] == [own.pk, "no luck"]
    _status, second = bobs.get(first["next"].partition("127.0.0.1:8000")[2])
    assert [each["id"] for each in second["tasks"]] == [task.pk for task in tasks[2::-1]]
    assert second["next"] is None
    for query in ("mine=true", "state=failed"):
        assert [each["id"] for each in bobs.get(f"tasks?{query}")[1]["tasks"]] == [own.pk]
    assert [each["prompt"] for each in bobs.get("tasks?q=boat%2051")[1]["tasks"]] == ["boat 51"]
    assert bobs.get("tasks?state=happy")[0] == 422
    assert bobs.get(f"tasks?before={2**70}")[0] == 422


def test_lists_make_no_query_for_a_row(team: Team, alice: User, bobs: Program) -> None:
    def asked() -> list[int]:
        counts = []
        for path in ("tasks", "presets"):
            with CaptureQueriesContext(database) as queries:
                assert bobs.get(path)[0] == 200
            counts.append(len(queries))
        return counts

    with scope(team):
        shared = make_connection(team)
    for number in range(2):
        with scope(team):
            make_task(team, alice, shared)
        make_preset(team, alice, name=f"few {number}")
    bobs.get("tasks")
    before = asked()
    for number in range(20):
        with scope(team):
            make_task(team, alice, shared)
        make_preset(team, alice, name=f"many {number}")
    assert asked() == before
    assert max(before) <= 10


def test_a_task_is_watched_to_its_end_and_its_file_fetched(team: Team, preset: Preset, bobs: Program) -> None:
    gateway = Gateway()
    gateway.says(feed(progress="0.3"), feed(status="2"))
    told = bobs.post(f"presets/{preset.pk}/run", {"values": {"prompt": "mine"}})[1]
    path = told["api"].partition("127.0.0.1:8000")[2]
    seen: list[str] = []
    with playing(gateway), across_teams():
        while not told["settled"] and len(seen) < 9:
            work()
            seen.append(bobs.get(path)[1]["state"])
            let_pass(120)
            lifecycle.sweep()
            told = bobs.get(path)[1]
    assert gateway.bodies()[0]["prompt"] == "mine"
    assert (seen[0], told["state"], told["ended"]) == ("accepted", "failed", True)
    assert told["error"] == "the model gave up"
    status, refused = bobs.post(f"{path}/cancel")
    assert (status, refused["error"]["code"]) == (409, "not_now")


def test_results_are_fetched_whole_and_in_parts(team: Team, alice: User, bobs: Program) -> None:
    with scope(team):
        task = make_task(team, alice, state=State.SUCCEEDED)
        make_attempt(task, open=False)
        kept = {"keeping": Keeping.KEPT, "sha256": "0" * 64, "size": 5, "kind": "text", "media_type": "text/plain"}
        asset = make_asset(task, **kept)
        asset.file.save("hello.txt", ContentFile(b"hello"))
        make_asset(task, number=2)
    told = bobs.get(f"tasks/{task.pk}")[1]["results"]
    assert [(each["state"], each["url"] is None) for each in told] == [("kept", False), ("waiting", True)]
    path = told[0]["url"].partition("127.0.0.1:8000")[2]
    ticket = {"Authorization": f"Bearer {bobs.secret}"}
    whole: Any = Client().get(path, headers=ticket)
    part: Any = Client().get(path, headers=ticket | {"Range": "bytes=1-2"})
    assert b"".join(whole.streaming_content) == b"hello"
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"el")
    assert bobs.get(f"tasks/{task.pk}/results/2")[0] == 404


def test_what_can_be_got_can_be_asked_for_its_head(preset: Preset, bobs: Program) -> None:
    client = Client(headers={"Authorization": f"Bearer {bobs.secret}"})
    for path in ("tasks", "presets", f"presets/{preset.pk}", "operations", "watch"):
        answer = client.head(f"/api/v1/{path}")
        assert (answer.status_code, answer.content) == (200, b""), path
    assert client.head("/api/v1/tasks/17").status_code == 404
    refused = client.head(f"/api/v1/presets/{preset.pk}/run")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert client.delete("/api/v1/tasks")["Allow"] == "GET, HEAD"


def test_what_was_not_sent_is_cancelled(preset: Preset, bobs: Program) -> None:
    told = bobs.post(f"presets/{preset.pk}/run", {"values": {"prompt": "mine"}})[1]
    status, told = bobs.post(f"tasks/{told['id']}/cancel")
    assert (status, told["state"]) == (200, "cancelled")


def test_the_stream_is_opened_by_a_ticket_of_its_own(bobs: Program) -> None:
    status, told = bobs.get("watch")
    assert status == 200
    assert "/live/?token=" in told["url"]
    assert bobs.secret not in told["url"]


@pytest.fixture
def few_calls(monkeypatch: Any) -> None:
    """The limits as they are, but for their size: hundreds of calls are seconds of a processor."""
    assert (limits.WINDOW, limits.CALLS, limits.RUNS) == (60, 240, 60)
    monkeypatch.setattr(limits, "CALLS", 12)
    monkeypatch.setattr(limits, "RUNS", 3)


@pytest.mark.usefixtures("few_calls")
def test_too_many_calls_are_told_when_to_come_back(bobs: Program, preset: Preset, monkeypatch: Any) -> None:
    monkeypatch.setattr("time.time", lambda: 1_000_000_010.0)
    for _ in range(limits.RUNS):
        bobs.post(f"presets/{preset.pk}/run", {"values": {"no": 1}})
    status, told = bobs.post(f"presets/{preset.pk}/run", {"values": {"no": 1}})
    assert (status, told["error"]["code"], bobs.last["Retry-After"]) == (429, "too_many_calls", "10")
    assert bobs.get("operations/no")[0] == 404, "reading goes on"
    for _ in range(limits.CALLS):
        bobs.get("operations/no")
    assert bobs.get("operations/no")[0] == 429
    monkeypatch.setattr("time.time", lambda: 1_000_000_030.0)
    assert bobs.get("operations/no")[0] == 404


@pytest.mark.usefixtures("few_calls")
def test_calls_are_counted_by_person_and_team_not_by_token(
    team: Team, other_team: Team, alice: User, bob: User, bobs: Program, preset: Preset, monkeypatch: Any
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_000_000_010.0)
    second = program(team, bob)
    path, given = f"presets/{preset.pk}/run", {"values": {"no": 1}}
    for _ in range(limits.RUNS):
        bobs.post(path, given)
    assert second.post(path, given)[0] == 429
    assert program(team, alice).post(path, given)[0] == 422, "others are counted apart"
    for _ in range(limits.CALLS):
        bobs.get("operations/no")
    assert second.get("operations/no")[0] == 429
    Membership.objects.create(team=other_team, user=bob)
    assert program(other_team, bob).get("operations/no")[0] == 404, "in another team too"


def test_wrong_tokens_are_counted_by_address(bobs: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("time.time", lambda: 1_000_000_010.0)
    for number in range(60):
        wrong = Program(f"ps_{number}")
        assert wrong.get("tasks", **{"X-Forwarded-For": f"198.51.100.{number}"})[0] == 401
    status, told = wrong.get("tasks")
    assert (status, told["error"]["code"], wrong.last["Retry-After"]) == (429, "too_many_calls", "10")
    assert "wrong token" in told["error"]["message"]
    assert bobs.get("tasks")[0] == 200, "who is right is not shut out"
    elsewhere = Client(REMOTE_ADDR="203.0.113.9", headers={"Authorization": "Bearer ps_1"})
    assert elsewhere.get("/api/v1/tasks").status_code == 401
    monkeypatch.setattr("time.time", lambda: 1_000_000_030.0)
    assert wrong.get("tasks")[0] == 401


def test_nothing_below_the_api_is_a_page(bobs: Program, preset: Preset) -> None:
    for way, path, status in (
        ("GET", "/api/", 404),
        ("GET", "/api/v1/", 404),
        ("GET", "/api/v1/presets/", 404),
        ("POST", "/api/v2/presets", 404),
        ("GET", f"presets/{2**70}", 404),
        ("DELETE", "presets", 405),
        ("GET", f"presets/{preset.pk}/run", 405),
    ):
        answered, told = bobs.ask(way, path)
        assert (answered, set(told["error"])) == (status, {"code", "message", "fields"}), path
    assert bobs.last["Allow"] == "POST"
    large = json.dumps({"values": {"prompt": "x" * 3_000_000}})
    assert bobs.post(f"presets/{preset.pk}/run", large)[0] == 413


def test_the_document_is_valid_and_the_page_tells_all_of_it(db: None) -> None:
    answer = Client().get("/api/openapi.json")
    told = answer.json()
    validate(told)
    page = Client().get("/api/docs")
    assert page.status_code == 200
    text = page.content.decode()
    for path in told["paths"]:
        assert path in text
    assert "<script>" not in text
    assert Client().get("/api/docs/").status_code == 200


def test_the_document_says_which_answers_each_call_may_have(db: None, settings: Settings) -> None:
    told = Client().get("/api/openapi.json").json()
    assert told["servers"] == [{"url": settings.PUBLIC_URL}]
    refused = {"401", "403", "404", "422", "429", "500", "503"}
    statuses = {
        (way, path.removeprefix("/api/v1")): {*each["responses"]}
        for path, ways in told["paths"].items()
        for way, each in ways.items()
    }
    assert statuses["get", "/presets"] == {"200", *refused}
    assert statuses["post", "/tasks/{pk}/cancel"] == {"200", "409", *refused}
    for path in ("/presets/{pk}/run", "/operations/{name}/run"):
        assert statuses["post", path] == {"200", "201", "202", "400", "409", "413", *refused}
    result = told["paths"]["/api/v1/tasks/{pk}/results/{n}"]["get"]["responses"]
    assert {status: [*each.get("content", ())] for status, each in result.items() if status < "400"} == {
        "200": ["application/octet-stream"],
        "206": ["application/octet-stream"],
        "304": [],
    }
    assert "Retry-After" in result["503"]["headers"]


def test_the_page_is_in_the_readers_language_and_the_document_english_for_all(db: None) -> None:
    chinese, made = Client(headers={"Accept-Language": "zh-Hans"}), []
    for client in (chinese, Client()):
        document.cache_clear()
        made.append(client.get("/api/openapi.json").json())
    assert made[0] == made[1]
    told = list(endpoints(document()))
    texts = {text for each in told for text in (each.title, each.text)}
    texts |= {said.text for each in told for said in (*each.given, *each.body, *each.answer)} - {""}
    assert len(texts) > 50
    assert texts <= {each.text for each in asked_for(Path(__file__).parents[2])}, "each can be translated"
    page = unescape(chinese.get("/api/docs").content.decode())
    with translation.override("zh-hans"):
        assert all(translation.gettext(each.title) in page for each in told)


def test_a_read_only_token_reads(team: Team, alice: User, preset: Preset) -> None:
    reader = program(team, alice, Scope.READ)
    assert reader.get(f"presets/{preset.pk}")[0] == 200
    status, told = reader.post(f"presets/{preset.pk}/run", {"values": {"prompt": "x"}})
    assert (status, told["error"]["code"]) == (403, "read_only_token")
    cache.clear()


def test_a_private_task_is_there_for_its_persons_token_alone(
    team: Team, alice: User, bobs: Program, connection: Connection
) -> None:
    with scope(team):
        hidden = make_task(team, alice, connection, prompt="for my eyes", private=True, state=State.SUCCEEDED)
        asset = make_asset(hidden, keeping=Keeping.KEPT, media_type="text/plain", sha256="0" * 64)
        asset.file.save("1.txt", ContentFile(b"for my eyes"))
    for path in (f"tasks/{hidden.pk}", f"tasks/{hidden.pk}/results/1"):
        assert bobs.get(path)[0] == 404
    assert bobs.post(f"tasks/{hidden.pk}/cancel")[0] == 404
    assert bobs.get("tasks")[1]["tasks"] == []
    hers = program(team, alice)
    assert [each["id"] for each in hers.get("tasks")[1]["tasks"]] == [hidden.pk]
