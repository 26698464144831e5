"""From the form into the library and back; what is fixed is fixed for everybody, whatever their browser posts."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from studio import catalog
from studio.library import documents, uses
from studio.library.kept import FIXED, FREE
from studio.library.models import Named, Preset, PresetVersion, Use, new_key
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import VALUES, make_attempt, make_connection, make_task
from tests.library.making import make_preset, newest

SignIn = Callable[[User], Client]
URL = "/compose/runway.generate-text/"
HOLDS = {"model": FIXED, "ratio": FIXED, "style": FIXED, "prompt": FREE}


@pytest.fixture(autouse=True)
def connection(team: Team) -> Connection:
    return make_connection(team, name="Sandbox")


@pytest.fixture
def preset(team: Team, alice: User) -> Preset:
    values = {"prompt": "a boat", "model": "gen3", "ratio": "16:9", "options.seconds": 10}
    return make_preset(team, alice, values=values, holds=HOLDS)


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def opened(client: Client, preset: Preset, how: str = "preset") -> tuple[str, dict[str, Any]]:
    shown = client.get(f"{URL}?{how}={newest(preset).pk}")
    return html(shown), dict(posted(shown.content.decode()).items())


def test_a_preset_opens_filled_with_what_is_fixed_locked(bob: User, signed_in: SignIn, preset: Preset) -> None:
    shown, fields = opened(signed_in(bob), preset)
    assert fields["v:options.seconds"] == "10"
    assert fields["v:prompt"] == "", "what is free is left to the person"
    assert not {"v:model", "v:ratio", "v:style"} & fields.keys()
    assert shown.count('class="locked"') == 2, "style is not there while it has no value and does not apply"
    assert "Boats" in shown


FORGED = [
    {"v:model": "gen2", "v:ratio": "1:1", "v:style": "noir"},
    {"j:model": '"gen2"', "j:ratio": "[1]", "j:style": '"noir"'},
    {"extra": '{"style": "noir", "model": "gen2"}'},
    {"fate:model": "omit", "fate:ratio": "omit"},
    {"json": '{"prompt": "mine", "model": "gen2", "ratio": "1:1", "style": "noir"}', "json-was": "{}"},
    {"v:model": "__other__", "o:model": "gen9", "o:ratio": "9:9"},
]


@pytest.mark.parametrize("forged", FORGED)
def test_fixed_fields_are_enforced_at_preview_and_at_the_run(
    team: Team, bob: User, dana: User, signed_in: SignIn, preset: Preset, forged: dict[str, str]
) -> None:
    member = signed_in(bob)
    fields = opened(member, preset)[1] | {"v:prompt": "mine"} | forged
    for client in (member, signed_in(dana)) if "json" not in forged else ():
        shown = posted(client.post(f"{URL}preview/", fields | {"do": "edit"}).content.decode())
        body = catalog.loads(str(shown["json"]))
        assert (body["model"], body["ratio"], body.get("style")) == ("gen3", "16:9", None)
    member.post(f"{URL}run/", fields)
    with scope(team):
        body = catalog.loads(Task.objects.get().body_text)
    assert (body["model"], body["ratio"], body["prompt"]) == ("gen3", "16:9", "mine")
    assert "style" not in body


def test_json_that_a_preset_overrules_is_told_while_it_is_typed_and_when_it_is_taken(
    bob: User, signed_in: SignIn, preset: Preset
) -> None:
    client = signed_in(bob)
    fields = opened(client, preset)[1] | {"v:prompt": "mine", "json-was": "{}"}
    told, asked = "left out: Model, Aspect ratio.", {"HX-Request": "true"}
    for body, is_told in (
        ('{"prompt": "x", "model": "gen2", "ratio": "1:1"}', True),
        ('{"prompt": "x", "model": "gen3", "ratio": "16:9"}', False),
    ):
        for there in ("preview", "import"):
            answer = client.post(f"{URL}{there}/", fields | {"json": body}, headers=asked)
            assert (told in html(answer)) is is_told
        kept = {"overruled": posted(answer.content.decode()).getlist("overruled")}
        again = client.post(f"{URL}preview/", fields | kept, headers=asked)
        assert (told in html(again)) is is_told, "the form is asked about again at once"


def test_a_task_remembers_its_version_and_its_page_says_so(
    team: Team, bob: User, dana: User, signed_in: SignIn, preset: Preset
) -> None:
    client = signed_in(bob)
    fields = opened(client, preset)[1] | {"v:prompt": "mine"}
    there = client.post(f"{URL}run/", fields)["Location"]
    client.post(f"{URL}run/", fields)
    with scope(team):
        assert Use.objects.get().version == newest(preset)
    assert "Boats" in html(signed_in(dana).get(there))
    assert "1 time" in html(client.get(f"/library/{preset.pk}/"))


def test_a_run_that_cannot_be_leaves_no_trace(team: Team, bob: User, signed_in: SignIn, preset: Preset) -> None:
    client = signed_in(bob)
    assert client.post(f"{URL}run/", opened(client, preset)[1]).status_code == 422
    with scope(team):
        assert not Use.objects.exists()


def test_running_a_task_again_counts_for_the_preset_once_and_one_without_stays_without(
    team: Team, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    client, values = signed_in(bob), {"prompt": "a boat", "model": "gen3", "options.seconds": 10}
    with scope(team):
        task, other = (make_task(team, bob, values=values, extras=catalog.pack({})) for _ in range(2))
        Use.objects.create(team=team, preset=preset, version=newest(preset), task=task)
    for _ in range(2):
        assert client.post(f"/tasks/{task.pk}/again/", {"nonce": "one"}).status_code == 302
    client.post(f"/tasks/{other.pk}/again/", {"nonce": "two"})
    with scope(team):
        copies = Task.objects.exclude(parent=None)
        assert {copy.parent for copy in copies} == {task, other}
        assert [(use.task.parent, use.version) for use in Use.objects.order_by("id")] == [
            (None, newest(preset)),
            (task, newest(preset)),
        ]


def keep(client: Client, fields: dict[str, Any], **more: str) -> Any:
    asked = client.post(f"{URL}keep/", fields)
    assert asked.status_code == 200
    return client.post("/library/save/", dict(to_save(asked).items()) | more)


def to_save(answer: Any) -> QueryDict:
    """The first of the page's two forms; the other leads back, with fields of the same names."""
    return posted(answer.content.decode().partition('<form id="back"')[0])


def test_a_form_is_saved_as_a_preset(team: Team, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items())
    fields |= {"v:prompt": "雨", "v:options.motion_vector.y": "0.3999999999999999", "extra": '{"seed": 7}'}
    answer = keep(client, fields, **{"name": "Rain", "hold:model": "fixed", "hold:prompt": "free"})
    with scope(team):
        preset = Preset.objects.get()
        kept = PresetVersion.objects.get().kept
    assert answer["Location"] == f"/library/{preset.pk}/"
    assert (preset.name, preset.author, preset.operation) == ("Rain", bob, "runway.generate-text")
    assert kept.holds == {"model": FIXED, "prompt": FREE}
    assert "prompt" not in kept.values
    assert catalog.dumps(kept.values["options.motion_vector.y"]) == "0.3999999999999999"
    assert dict(kept.extras) == {"seed": 7}
    assert "callback_url" not in kept.values


def test_a_preset_keeps_the_order_of_keys_and_takes_another_one_as_a_change(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items())
    bodies = [
        '{"prompt":"a","options":{"seconds":10},"model":"gen3","ratio":"16:9"}',
        '{"ratio":"16:9","prompt":"a","options":{"seconds":10},"model":"gen3"}',
    ]
    keep(client, fields | {"json": bodies[0]}, name="In order")
    with scope(team):
        preset = Preset.objects.get()
    fields = opened(client, preset, "changes")[1]
    for more in ({}, {"json": bodies[1]}):
        keep(client, fields | more, into="version")
    with scope(team):
        versions = PresetVersion.objects.order_by("number")
        assert [catalog.dumps(catalog.loads(each.body_text)) for each in versions] == bodies
        assert [each.kept.body(catalog.get(preset.operation)) for each in versions] == [v.body_text for v in versions]
        told = documents.written([(preset, versions[0])])
    [item] = documents.read(told)
    assert item.kept.body(catalog.get(preset.operation)) == versions[0].body_text


def test_what_a_page_that_was_gone_back_to_says_otherwise_is_another_preset(
    team: Team, bob: User, signed_in: SignIn
) -> None:
    client = signed_in(bob)
    asked = client.post(f"{URL}keep/", dict(posted(client.get(URL).content.decode()).items()))
    fields = dict(to_save(asked).items()) | {"name": "Rain"}
    for more in ({}, {"name": "Snow"}, {"hold:model": "fixed"}, {"name": "Snow"}):
        client.post("/library/save/", fields | more)
    with scope(team):
        made = [(row.name, newest(row).kept.holds) for row in Preset.objects.order_by("pk")]
    assert made == [("Rain", {}), ("Snow", {}), ("Rain", {"model": FIXED})]


def test_whom_it_is_for_is_chosen_before_it_is_saved(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items()) | {"v:prompt": "雨"}
    asked = client.post(f"{URL}keep/", fields).content.decode()
    assert f'name="reader" value="{alice.pk}"' in asked
    chosen = {"name": " ", "visibility": "chosen", "reader": str(alice.pk)}
    again = to_save(keep(client, fields, **chosen)).dict()
    assert (again["visibility"], again["reader"]) == ("chosen", str(alice.pk)), "kept while a name is missing"
    told = client.post("/library/save/", again | {"name": "Rain"}, follow=True)
    assert "Nobody is chosen yet" not in html(told)
    with scope(team):
        assert Named.objects.get().person == alice
    told = client.post("/library/save/", {**again, "name": "Fog", "key": new_key(), "reader": ""}, follow=True)
    assert "Nobody is chosen yet: only you see it." in html(told)


def test_from_the_page_before_a_save_a_button_leads_back_to_the_form(bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items()) | {"v:prompt": "雨\nand snow"}
    asked = client.post(f"{URL}keep/", fields).content.decode()
    for page in (asked, keep(client, fields, name=" ").content.decode()):
        assert 'form="back"' in page
        back = posted(page[page.index('id="back"') :])
        assert 'action="/compose/runway.generate-text/preview/"' in page
        assert "雨\nand snow" in html(client.post(f"{URL}preview/", back))


def test_a_preset_needs_a_name_and_keeps_what_was_chosen(bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items())
    answer = keep(client, fields, **{"name": " ", "hold:model": "fixed"})
    assert answer.status_code == 422
    assert posted(answer.content.decode())["hold:model"] == "fixed"


def test_what_cannot_be_read_is_mended_first(bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    fields = dict(posted(client.get(URL).content.decode()).items()) | {"v:options.motion_vector.x": "left"}
    answer = client.post(f"{URL}keep/", fields)
    assert answer.status_code == 422
    assert "is not a number" in html(answer)


def test_a_task_is_saved_as_a_preset(team: Team, bob: User, signed_in: SignIn) -> None:
    with scope(team):
        task = make_task(team, bob)
        make_attempt(task)
    client = signed_in(bob)
    assert f"/compose/runway.generate-text/keep/?from={task.pk}" in html(client.get(f"/tasks/{task.pk}/"))
    asked = client.get(f"{URL}keep/?from={task.pk}")
    client.post("/library/save/", to_save(asked).dict())
    with scope(team):
        assert PresetVersion.objects.get().kept.values == task.values


def test_a_task_of_a_preset_is_offered_as_its_next_version(
    team: Team, alice: User, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    with scope(team):
        task = make_task(team, bob, values=VALUES | {"options.seconds": 5})
        uses.remember(PresetVersion.objects.get(), task.pk)
    asked = signed_in(alice).get(f"{URL}keep/?from={task.pk}").content.decode()
    assert "Version 2 of “Boats”" in asked
    fields = dict(posted(asked).items())
    assert (fields["hold:model"], fields["into"]) == (FIXED, "version")
    signed_in(alice).post("/library/save/", fields)
    preset.refresh_from_db()
    assert newest(preset).kept.values["options.seconds"] == 5
    assert "Version 2" not in html(signed_in(bob).get(f"{URL}keep/?from={task.pk}"))


def test_whoever_may_change_it_opens_what_is_fixed_and_saves_the_next_version(
    team: Team, alice: User, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    assert signed_in(bob).get(f"{URL}?changes={newest(preset).pk}").status_code == 404
    client = signed_in(alice)
    shown, fields = opened(client, preset, "changes")
    assert 'class="locked"' not in shown
    keep(client, fields | {"v:model": "gen2"}, note="gen2 is enough", into="version")
    with scope(team):
        second = PresetVersion.objects.get(number=2)
    assert (second.kept.values["model"], second.kept.holds, second.note) == ("gen2", HOLDS, "gen2 is enough")
    client.post(f"{URL}run/", fields | {"v:prompt": "a try"})
    with scope(team):
        assert not Use.objects.exists(), "a run while it is changed is not one of the preset"


def test_a_member_saves_what_they_made_of_it_as_their_own(
    team: Team, bob: User, signed_in: SignIn, preset: Preset
) -> None:
    client = signed_in(bob)
    keep(client, opened(client, preset)[1] | {"v:prompt": "mine"}, into="version", name="Bob's")
    with scope(team):
        assert Preset.objects.get(name="Bob's").author == bob
        assert PresetVersion.objects.filter(preset=preset).count() == 1


def test_who_saves_second_sees_the_difference_and_chooses(
    team: Team, alice: User, signed_in: SignIn, preset: Preset
) -> None:
    client = signed_in(alice)
    fields = opened(client, preset, "changes")[1]
    keep(client, fields | {"v:options.seconds": "5"}, into="version")
    told = keep(client, fields | {"v:options.seconds": "10", "v:ratio": "1:1"}, into="version", note="mine")
    assert told.status_code == 409
    assert "saved version 2 while you were here" in html(told)
    assert "<del>5</del>" in html(told)
    again = to_save(told).dict()
    assert again["note"] == "mine"
    client.post("/library/save/", again)
    with scope(team):
        assert PresetVersion.objects.filter(preset=preset).count() == 3


def test_a_preset_of_another_team_or_operation_opens_nowhere(
    team: Team, alice: User, charlie: User, signed_in: SignIn, preset: Preset
) -> None:
    version = newest(preset).pk
    assert signed_in(charlie).get(f"{URL}?preset={version}").status_code == 404
    client = signed_in(alice)
    assert client.get(f"/compose/runway.generate-image/?preset={version}").status_code == 404
    assert client.get(f"{URL}?preset=x").status_code == 404
