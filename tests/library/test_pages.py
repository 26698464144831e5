"""The list and the page of a preset: who sees what, who may change it, and that a thousand rows cost as few."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio import catalog
from studio.library import saving
from studio.library.kept import FIXED, Kept
from studio.library.models import Label, Named, Preset, PresetVersion, Star, Use
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Role, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import VALUES, make_asset, make_connection, make_member, make_task
from tests.library.making import make_preset, newest

SignIn = Callable[[User], Client]


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def use(preset: Preset, task: Task) -> None:
    with across_teams():
        Use.objects.create(team=preset.team, preset=preset, version=newest(preset), task=task)


def test_a_fresh_library_says_what_a_preset_is(alice: User, signed_in: SignIn) -> None:
    assert "No presets yet" in html(signed_in(alice).get("/library/"))


def test_the_list_is_searched_and_narrowed(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    image = catalog.get("runway.generate-image")
    make_preset(team, alice, name="Paper boats", description="雨中的船")
    make_preset(team, bob, name="Foxes", operation=image, values={})
    client = signed_in(alice)

    def names(**query: str) -> list[str]:
        shown = html(client.get("/library/", query))
        return [name for name in ("Paper boats", "Foxes") if name in shown]

    assert names() == ["Paper boats", "Foxes"]
    assert names(q="boats") == ["Paper boats"]
    assert names(q="雨中") == ["Paper boats"]
    assert names(what="runway.generate-image") == ["Foxes"]
    assert names(what="kling") == []
    assert names(q="runway") == ["Paper boats", "Foxes"], "an operation's words find its presets"
    assert names(shelf="mine") == ["Paper boats"]
    assert "Show all presets" in html(client.get("/library/", {"q": "nothing"}))
    assert client.get("/library/", {"before": "nonsense~x", "what": "\0"}).status_code == 200


def test_each_name_stands_behind_the_icon_of_what_is_made(team: Team, alice: User, signed_in: SignIn) -> None:
    for slug in ("runway.generate-text", "midjourney.imagine", "openai.chat"):
        make_preset(team, alice, operation=catalog.get(slug), key=slug)
    with scope(team):
        Preset.objects.filter(operation="openai.chat").update(operation="nobody.knows")
    icons = re.findall(r'library-row__makes"><svg.*?#(\w+)"', html(signed_in(alice).get("/library/")))
    assert icons == ["file", "image", "video"]


def test_a_star_is_a_persons_own(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    preset = make_preset(team, alice)
    client = signed_in(bob)
    for _ in range(2):
        client.post(f"/library/{preset.pk}/star/", {"star": "on"}, headers={"HX-Request": "true"})
    with scope(team):
        assert Star.objects.get().person == bob
    assert "Boats" in html(client.get("/library/?shelf=starred"))
    assert "Boats" not in html(signed_in(alice).get("/library/?shelf=starred"))
    client.post(f"/library/{preset.pk}/star/", {"star": "off"})
    assert "Boats" not in html(client.get("/library/?shelf=starred"))


@pytest.mark.parametrize(("visibility", "who"), [("me", ""), ("chosen", "bob"), ("team", "bob erik dana")])
def test_a_preset_is_seen_by_whom_it_is_for(
    team: Team, alice: User, bob: User, dana: User, signed_in: SignIn, visibility: str, who: str
) -> None:
    erik = make_member(team, "erik")
    preset = make_preset(team, alice, visibility=visibility)
    with scope(team):
        Named.objects.create(team=team, preset=preset, person=bob)
        task = make_task(team, alice)
    use(preset, task)
    for person in (alice, bob, dana, erik):
        client, sees = signed_in(person), person == alice or person.first_name.lower() in who.split()
        assert ("Boats" in html(client.get("/library/"))) == sees
        assert (client.get(f"/library/{preset.pk}/").status_code == 200) == sees
        opened = client.get(f"/compose/runway.generate-text/?preset={newest(preset).pk}")
        assert (opened.status_code == 200) == sees


def test_only_author_owners_and_whom_they_name_change_it(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    erik, frida, gus = (make_member(team, name) for name in ("erik", "frida", "gus"))
    dana = make_member(team, "hanna", Role.VIEWER)
    preset = make_preset(team, bob)
    with scope(team):
        Named.objects.create(team=team, preset=preset, person=erik, may_edit=True)
        Named.objects.create(team=team, preset=preset, person=frida)
        Named.objects.create(team=team, preset=preset, person=dana, may_edit=True)
    for person, may in ((alice, True), (bob, True), (erik, True), (frida, False), (gus, False), (dana, False)):
        client = signed_in(person)
        answer = client.post(f"/library/{preset.pk}/about/", {"name": f"By {person}", "description": ""})
        assert (answer.status_code == 302) == may, person
        assert ("Rename" in html(client.get(f"/library/{preset.pk}/"))) == may
        assert (
            client.post(f"/library/{preset.pk}/label/", {"name": "x", "version": "1"}).status_code == answer.status_code
        )
    with scope(team):
        assert Preset.objects.get().name == "By Erik"


def test_a_name_given_meanwhile_stays_where_only_the_description_was_changed(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    preset, client = make_preset(team, alice, name="Boats"), signed_in(alice)
    opened = {"was-name": "Boats", "was-description": ""}
    client.post(f"/library/{preset.pk}/about/", opened | {"name": "Paper boats", "description": ""})
    client.post(f"/library/{preset.pk}/about/", opened | {"name": "Boats", "description": "in\r\nfog"})
    preset.refresh_from_db()
    assert (preset.name, preset.description) == ("Paper boats", "in\r\nfog")


def test_an_archived_preset_leaves_the_list_and_comes_back(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice), signed_in(alice)
    client.post(f"/library/{preset.pk}/archive/", {"archived": "yes"})
    client.get("/library/")  # the sentence about it
    assert "Boats" not in html(client.get("/library/"))
    assert "Boats" in html(client.get("/library/?shelf=archived"))
    client.post(f"/library/{preset.pk}/archive/", {"archived": "no"})
    assert "Boats" in html(client.get("/library/"))


def test_a_copy_is_ones_own(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    preset = make_preset(team, alice, holds={"model": FIXED})
    signed_in(bob).post(f"/library/{preset.pk}/fork/", {"key": "a" * 32})
    signed_in(bob).post(f"/library/{preset.pk}/fork/", {"key": "a" * 32})
    with scope(team):
        copy = Preset.objects.exclude(pk=preset.pk).get()
    assert (copy.author, newest(copy).kept) == (bob, newest(preset).kept)


def test_a_copy_of_what_was_saved_meanwhile_is_another_one(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    preset, client = make_preset(team, alice), signed_in(bob)
    client.post(f"/library/{preset.pk}/fork/", {"key": "a" * 32})
    with scope(team):
        saving.add_version(preset, alice, Kept(VALUES | {"prompt": "two boats"}), "", 1)
    answer = client.post(f"/library/{preset.pk}/fork/", {"key": "a" * 32}, follow=True)
    assert newest(answer.context["preset"]).kept.values["prompt"] == "two boats"


def test_two_versions_are_compared_key_by_key(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice), signed_in(alice)
    with scope(team):
        values = {at: value for at, value in VALUES.items() if at != "ratio"} | {"model": "gen2"}
        saving.add_version(preset, alice, Kept(values, {"seed": 7}, {}, {"model": FIXED}), "gen2", 1)
    shown = html(client.get(f"/library/{preset.pk}/?from=1&to=2"))
    assert "<del>gen3</del>" in shown
    assert "<ins>gen2</ins>" in shown
    assert "<del>16:9</del>" in shown
    assert "<ins>7</ins>" in shown
    assert "a paper boat</del>" not in shown
    assert "Both hold the same" in html(client.get(f"/library/{preset.pk}/?from=1&to=1"))
    assert client.get(f"/library/{preset.pk}/?from=1&to=9").status_code == 404


def test_old_versions_are_pages_away(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice), signed_in(alice)
    first = newest(preset)
    rows = [
        PresetVersion(
            team=team, preset=preset, number=number, values_text=first.values_text, author=alice, body_text="{}"
        )
        for number in range(2, 122)
    ]
    with scope(team):
        PresetVersion.objects.bulk_create(rows)
        Preset.objects.update(newest=121)
    shown = html(client.get(f"/library/{preset.pk}/"))
    assert shown.count('class="versions__one"') == 100
    [older] = re.findall(r'rel="next" href="([^"#]+)', shown)
    deep = html(client.get(f"/library/{preset.pk}/{older}"))
    assert deep.count('class="versions__one"') == 21
    assert '?version=1"' in deep


def test_a_version_is_restored_as_a_new_one_unless_somebody_was_quicker(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    preset, client = make_preset(team, alice, holds={"model": FIXED}), signed_in(alice)
    with scope(team):
        saving.add_version(preset, alice, Kept(VALUES | {"prompt": "second"}), "", 1)
    restore = f"/library/{preset.pk}/restore/1/"
    assert restore in html(client.get(f"/library/{preset.pk}/?version=1"))
    assert restore not in html(client.get(f"/library/{preset.pk}/"))
    assert signed_in(bob).post(restore, {"base": "2"}).status_code == 403
    client.post(restore, {"base": "2"})
    with scope(team):
        first, _second, third = PresetVersion.objects.order_by("number")
        assert (third.kept, third.note) == (first.kept, "Version 1 again")
    assert "nothing was restored" in html(client.post(f"/library/{preset.pk}/restore/2/", {"base": "2"}, follow=True))


def test_a_label_is_put_at_a_version(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice), signed_in(alice)
    client.post(f"/library/{preset.pk}/label/", {"name": "production", "version": "1"})
    client.post(f"/library/{preset.pk}/label/", {"name": "draft", "version": "nine"})
    with scope(team):
        assert [label.name for label in Label.objects.all()] == ["production"]


def test_its_page_tells_how_it_did(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    preset = make_preset(team, alice)
    connection = make_connection(team)
    for state in (State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.RUNNING):
        with scope(team):
            task = make_task(team, bob, connection, state=state)
            if state == State.SUCCEEDED:
                make_asset(task, kind="image", keeping="kept", sha256="0" * 64, file="a.png")
        use(preset, task)
    shown = html(signed_in(alice).get(f"/library/{preset.pk}/"))
    assert "4 times" in shown
    assert "67 % succeeded" in shown
    assert shown.count('class="strip__one"') == 2
    assert "Bob" in shown


def test_it_says_when_the_catalog_builds_another_body(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice), signed_in(alice)
    assert "another body" not in html(client.get(f"/library/{preset.pk}/"))
    with scope(team):
        text = newest(preset).body_text.replace('"gen3"', '"gen1"')
        PresetVersion.objects.update(body_text=text)
    shown = html(client.get(f"/library/{preset.pk}/"))
    assert "It would build another body today" in shown
    assert "<del>gen1</del>" in shown
    assert "another body today" in html(client.get(f"/compose/runway.generate-text/?preset={newest(preset).pk}"))


def test_saving_it_again_accepts_the_other_body(team: Team, alice: User) -> None:
    preset = make_preset(team, alice)
    version = newest(preset)
    with scope(team):
        same = saving.add_version(preset, alice, version.kept, "no change", 1)
        assert (same.number, same.note) == (1, "")
        PresetVersion.objects.update(body_text=version.body_text.replace('"gen3"', '"gen1"'))
        accepted = saving.add_version(preset, alice, version.kept, "accepted", 1)
    assert (accepted.number, accepted.note, accepted.body_text) == (2, "accepted", version.body_text)


def test_a_preset_of_an_operation_that_is_gone_can_be_read(team: Team, alice: User, signed_in: SignIn) -> None:
    preset = make_preset(team, alice)
    with scope(team):
        Preset.objects.update(operation="runway.of-old")
    shown = html(signed_in(alice).get(f"/library/{preset.pk}/"))
    assert "no longer in the catalog" in shown
    assert "a paper boat" in shown
    assert signed_in(alice).post(f"/library/{preset.pk}/fork/").status_code == 404


def test_a_thousand_presets_are_paged_by_key_with_few_queries(
    team: Team, alice: User, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    with scope(team):
        rows = [
            Preset(
                team=team, author=alice, operation="runway.generate-text", name=f"n{i:04}.", newest=1, changed_at=now
            )
            for i in range(1000)
        ]
        Preset.objects.bulk_create(rows)
    client, where = signed_in(alice), "/library/"
    seen: list[str] = []
    while len(seen) < 150:
        with django_assert_max_num_queries(12):
            shown = html(client.get(where))
        seen += [row.name for row in reversed(rows) if row.name in shown]
        where = "/library/" + shown.partition('rel="next" href="')[2].partition('"')[0]
    assert seen == [row.name for row in rows[:-151:-1]]
    before = html(client.get("/library/" + shown.partition('rel="prev" href="')[2].partition('"')[0]))
    assert [row.name for row in reversed(rows) if row.name in before] == seen[50:100]
