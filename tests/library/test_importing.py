"""From an export to another team's library, by the pages: a table first, and nothing saved before a person says so."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.library import saving
from studio.library.documents import FORMAT, MOST_PRESETS
from studio.library.kept import FIXED, Kept
from studio.library.models import Preset, PresetVersion
from studio.tasks.models import Task
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.composer.posting import posted
from tests.factories import VALUES
from tests.library.making import make_preset, newest

SignIn = Callable[[User], Client]
FIELDS = VALUES | {"image": f"studio-file:{'a' * 32}"}


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def text(team: Team, alice: User, signed_in: SignIn) -> str:
    """Two presets of Team A, as its list exports them."""
    make_preset(team, alice, name="Boats", description="For calm water.", values=FIELDS, holds={"model": FIXED})
    make_preset(team, alice, name="Foxes", values=VALUES | {"prompt": "a fox"})
    answer = signed_in(alice).get("/library/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="presets-2')
    return answer.content.decode()


def table(client: Client, text: str) -> tuple[str, dict[str, Any]]:
    shown = client.post("/import/", {"text": text})
    assert shown.status_code == 200
    return html(shown), dict(posted(shown.content.decode()).items())


def states(client: Client, text: str) -> list[str]:
    """What each preset of the document is here, in the order of the document."""
    rows = client.post("/import/", {"text": text}).context["rows"]
    return [each.row.state for each in sorted(rows, key=lambda each: each.row.number)]


def presets(team: Team) -> dict[str, Preset]:
    with scope(team):
        return {each.name: each for each in Preset.objects.all()}


def test_an_export_is_looked_at_and_then_imported(
    text: str, team: Team, other_team: Team, charlie: User, signed_in: SignIn
) -> None:
    client = signed_in(charlie)
    shown, fields = table(client, text)
    assert "2 new" in " ".join(shown.split())
    assert not presets(other_team), "nothing is saved by looking"
    answer = client.post("/library/import/", fields | {"visibility": "me"}, follow=True)
    assert "2 presets imported." in html(answer)
    made = presets(other_team)
    assert (made["Boats"].author, made["Boats"].visibility) == (charlie, "me")
    assert made["Boats"].key == presets(team)["Boats"].key
    kept = newest(made["Boats"]).kept
    assert (kept.values, kept.holds) == (VALUES, {"model": FIXED}), "the other team's file stays there"
    assert states(client, text) == ["same", "same"]
    client.post("/library/import/", fields)
    assert len(presets(other_team)) == 2, "a second click makes nothing"
    with scope(other_team):
        assert not Task.objects.exists()


def test_each_row_is_done_with_as_chosen(
    text: str, other_team: Team, charlie: User, signed_in: SignIn, team: Team
) -> None:
    client = signed_in(charlie)
    client.post("/library/import/", table(client, text)[1] | {"do:1": "skip"})
    document = catalog.loads(text)
    fox, boats = document["presets"]
    document["presets"] = [
        fox,
        boats | {"values": boats["values"] | {"model": "gen2"}, "name": "Ships", "note": "gen2 is enough"},
        boats | {"key": "b" * 32, "operation": "nobody.knows"},
        boats | {"key": "c" * 32, "name": ""},
    ]
    changed = catalog.dumps(document)
    assert states(client, changed) == ["same", "new", "unknown", "faulty"]
    client.post("/library/import/", table(client, text)[1])
    assert states(client, changed) == ["same", "conflict", "unknown", "faulty"]
    shown, fields = table(client, changed)
    assert "<del>gen3</del>" in shown
    assert "<ins>Ships</ins>" in shown
    assert fields["do:1"] == "skip", "nothing is put over what is there unasked"
    assert not {"do:2", "do:3"} & fields.keys()
    client.post("/library/import/", fields | {"do:0": "copy", "do:1": "version:1"})
    client.post("/library/import/", fields | {"do:0": "copy", "do:1": "version:1"})
    made = presets(other_team)
    with scope(other_team):
        assert sorted(Preset.objects.values_list("name", flat=True)) == ["Foxes", "Foxes", "Ships"]
        second = PresetVersion.objects.get(preset=made["Ships"], number=2)
        assert PresetVersion.objects.count() == 4
    assert (second.kept.values["model"], second.note) == ("gen2", "gen2 is enough")


def test_what_moved_since_the_table_is_looked_at_again(
    text: str, other_team: Team, charlie: User, signed_in: SignIn
) -> None:
    client = signed_in(charlie)
    client.post("/library/import/", table(client, text)[1])
    changed = text.replace('"gen3"', '"gen2"')
    fields = table(client, changed)[1] | {"do:0": "version:1", "do:1": "copy"}
    preset = presets(other_team)["Foxes"]
    with scope(other_team):
        saving.add_version(preset, charlie, Kept({"prompt": "another fox"}), "", 1)
    answer = client.post("/library/import/", fields)
    assert answer.status_code == 409
    assert "Changed here in the meantime" in html(answer)
    assert posted(answer.content.decode())["do:1"] == "copy", "what else was chosen is still chosen"
    assert len(presets(other_team)) == 2, "all of it or nothing"


def test_who_may_not_change_a_preset_imports_a_copy(
    text: str, team: Team, alice: User, bob: User, dana: User, signed_in: SignIn
) -> None:
    changed = text.replace('"gen3"', '"gen2"')
    member = signed_in(bob)
    shown, fields = table(member, changed)
    assert "Save as version" not in shown
    assert "Save as version 2" in table(signed_in(alice), changed)[0]
    assert member.post("/library/import/", fields | {"do:0": "version:1"}).status_code == 409
    member.post("/library/import/", fields | {"do:0": "copy", "do:1": "copy"})
    with scope(team):
        assert Preset.objects.filter(author=bob).count() == 2
    viewed = table(signed_in(dana), changed)[0]
    assert "Ask an owner to make you a member" in viewed
    assert "<select" not in viewed.partition('class="brought')[2]


def test_a_preset_that_one_does_not_see_is_not_told_of(
    text: str, team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    with scope(team):
        Preset.objects.update(visibility="me")
    client = signed_in(bob)
    assert states(client, text) == ["new", "new"]
    client.post("/library/import/", table(client, text)[1])
    with scope(team):
        assert Preset.objects.filter(author=bob).count() == 2
        assert Preset.objects.filter(author=alice).count() == 2


def test_what_is_exported_is_what_was_chosen_or_shown(
    text: str, team: Team, bob: User, other_team: Team, charlie: User, signed_in: SignIn
) -> None:
    made = presets(team)
    client = signed_in(bob)

    def names(query: str) -> list[str]:
        return [
            each["name"] for each in catalog.loads(client.get(f"/library/export/?{query}").content.decode())["presets"]
        ]

    assert names("") == ["Foxes", "Boats"]
    assert names("q=boats&what=&shelf=") == ["Boats"]
    assert names(f"q=&preset={made['Foxes'].pk}") == ["Foxes"]
    one = client.get(f"/library/export/?preset={made['Boats'].pk}")
    assert one["Content-Disposition"] == 'attachment; filename="boats.json"'
    assert "leaves out what is this team's own" in html(client.get(f"/library/{made['Boats'].pk}/"))
    stranger = signed_in(charlie).get(f"/library/export/?preset={made['Boats'].pk}", follow=True)
    assert "no preset to export" in html(stranger)
    assert client.get("/library/export/?preset=x&q=nothing").status_code == 302
    assert names(f"preset={'9' * 30}&q=boats") == ["Boats"], "what is no number of a preset counts for nothing"


def test_too_many_at_once_are_refused_in_words(team: Team, alice: User, signed_in: SignIn) -> None:
    with scope(team):
        given = {"team": team, "author": alice, "operation": "runway.generate-text", "newest": 1}
        made = Preset.objects.bulk_create(Preset(name=f"n{i}", **given) for i in range(MOST_PRESETS + 1))
        PresetVersion.objects.bulk_create(
            PresetVersion(team=team, preset=each, number=1, values_text="{}", author=alice, body_text="{}")
            for each in made
        )
    client = signed_in(alice)
    assert "500 presets at most" in html(client.get("/library/export/", follow=True))
    text = client.get("/library/export/?q=n1").content.decode()
    assert len(catalog.loads(text)["presets"]) == 111


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        (f'{{"format": "{FORMAT}", "version": 9, "presets": []}}', 422, "Update this studio"),
        (f'{{"format": "{FORMAT}", }}', 422, "Line 1, column 37"),
        (f'{{"format": "{FORMAT}", "x": "{"x" * 2_100_000}"}}', 422, "larger than 2 MB"),
        (f'{{"format": "{FORMAT}", "x": "{"x" * 10_000_000}"}}', 413, "send less at once"),
    ],
    ids=["newer", "broken", "large", "huge"],
)
def test_what_cannot_be_read_is_said_and_stays(
    alice: User, signed_in: SignIn, text: str, status: int, says: str
) -> None:
    answer = signed_in(alice).post("/import/", {"text": text})
    assert answer.status_code == status
    assert says in html(answer)
    assert status == 413 or posted(answer.content.decode())["text"] == text


def test_five_hundred_presets_come_in_with_few_queries(
    other_team: Team, charlie: User, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    entries = [
        {"name": f"n{i}", "operation": "runway.generate-text", "key": f"k{i}", "values": VALUES} for i in range(500)
    ]
    text = catalog.dumps({"format": FORMAT, "version": 1, "presets": entries})
    client = signed_in(charlie)
    with django_assert_max_num_queries(12):
        _shown, fields = table(client, text)
    client.post("/library/import/", fields)
    assert len(presets(other_team)) == 500
    with django_assert_max_num_queries(12):
        assert set(states(client, text)) == {"same"}


def test_a_forged_form_imports_nothing(other_team: Team, charlie: User, signed_in: SignIn) -> None:
    client = signed_in(charlie)
    for text in ("", "{", "[]", '{"format": "x"}'):
        assert client.post("/library/import/", {"text": text, "do:0": "import"})["Location"] == "/import/"
    assert not presets(other_team)
