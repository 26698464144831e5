"""The search page and the palette: what is found, by whom, and what is told where nothing is."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from studio import catalog
from studio.batches.models import Batch
from studio.finding.filling import fill
from studio.finding.places import places
from studio.library import saving, sharing
from studio.library.kept import Kept
from studio.library.models import Visibility
from studio.library.prompts import saving as prompt_saving
from studio.tasks import lifecycle
from studio.tasks.cells import nonce_of_cell
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Membership, Team, User
from studio.teams.scope import across_teams, scope
from tests.factories import VALUES, make_asset, make_attempt, make_connection, make_task
from tests.library.making import make_preset, make_prompt

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def html(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("<mark>", "").replace("</mark>", "")


def found(client: Client, q: str, **more: str) -> str:
    return html(client.get("/search/", {"q": q} | more, headers={"HX-Request": "true"}))


def offered(client: Client, q: str = "") -> str:
    return html(client.get("/search/palette/", {"q": q}))


def tasks(team: Team, person: User, *prompts: str, **more: Any) -> list[Task]:
    """Tasks of the past: the search learns of them when it is filled."""
    connection = make_connection(team)
    with across_teams():
        made = [make_task(team, person, connection, prompt=prompt, **more) for prompt in prompts]
    fill()
    return made


def test_one_search_finds_prompts_presets_tasks_and_results(team: Team, alice: User, signed_in: SignIn) -> None:
    make_prompt(team, alice, name="Harbour", text="a paper boat at dawn")
    make_preset(team, alice, name="Calm water", values=VALUES | {"prompt": "a paper boat"})
    (task,) = tasks(team, alice, "one paper boat more", state=State.SUCCEEDED)
    with across_teams():
        make_asset(task, kind="image", keeping="kept", sha256="0" * 64, file="boat.png", media_type="image/png")
    shown = found(signed_in(alice), "paper boat")
    for words in ("Harbour", "Calm water", "one paper boat more", f"/tasks/{task.pk}/"):
        assert words in shown
    assert [f'id="found-{name}"' in shown for name in ("prompts", "presets", "tasks", "results")] == [True] * 4
    assert 'id="found-tasks"' not in found(signed_in(alice), "paper boat", **{"in": "prompts"})


def test_two_characters_of_chinese_are_enough(team: Team, alice: User, signed_in: SignIn) -> None:
    make_prompt(team, alice, name="港口", text="黎明时分的纸船")
    tasks(team, alice, "湖面上的纸船", "湖面上的猫")
    shown = found(signed_in(alice), "纸船")
    assert "黎明时分的纸船" in shown
    assert "湖面上的纸船" in shown
    assert "湖面上的猫" not in shown


def test_what_was_asked_for_is_marked(team: Team, alice: User, signed_in: SignIn) -> None:
    make_prompt(team, alice, name="Harbour", text="Paper <b>BOATS</b> & 纸船")
    answer = signed_in(alice).get("/search/", {"q": "boat 纸船"}).content.decode()
    assert "Paper &lt;b&gt;<mark>BOAT</mark>S&lt;/b&gt; &amp; <mark>纸船</mark>" in answer


def test_a_task_is_found_from_the_moment_it_begins(team: Team, alice: User, signed_in: SignIn) -> None:
    with scope(team):
        connection = make_connection(team)
    given: dict[str, Any] = {
        "operation": catalog.get("runway.generate-text"),
        "values": VALUES,
        "extras": {},
        "nonce": "n",
    }
    task = lifecycle.begin(team=team, person=alice, connection=connection, **given)
    assert f"/tasks/{task.pk}/" in found(signed_in(alice), "boat")
    assert f"/tasks/{task.pk}/" in found(signed_in(alice), "runway pap")


def test_a_prompt_is_found_by_what_it_says_now(team: Team, alice: User, signed_in: SignIn) -> None:
    prompt, client = make_prompt(team, alice, name="Animal", text="a red fox"), signed_in(alice)
    with scope(team):
        prompt_saving.add_version(prompt, alice, "a grey wolf", "", 1)
    assert "Animal" in found(client, "wolf")
    assert "Animal" not in found(client, "fox")
    client.post(f"/prompts/{prompt.pk}/about/", {"name": "Beast", "tags": "forest"})
    assert "Beast" in found(client, "forest")
    assert "Beast" in found(client, "beast")
    assert "Beast" not in found(client, "animal")


def test_a_preset_is_found_by_what_it_is_now(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, client = make_preset(team, alice, name="Foxes", values=VALUES | {"prompt": "a red fox"}), signed_in(alice)
    with scope(team):
        saving.add_version(preset, alice, Kept(VALUES | {"prompt": "a grey wolf"}), "", 1)
    assert "Foxes" in found(client, "wolf")
    assert "Foxes" not in found(client, "red")
    client.post(f"/library/{preset.pk}/about/", {"name": "Packs", "description": "howling"})
    assert "Packs" in found(client, "howl")
    assert 'id="found-presets"' not in found(client, "foxes")


def test_what_is_archived_is_not_found(team: Team, alice: User, signed_in: SignIn) -> None:
    preset, prompt, client = make_preset(team, alice), make_prompt(team, alice), signed_in(alice)
    client.post(f"/library/{preset.pk}/archive/", {"archived": "yes"})
    client.post(f"/prompts/{prompt.pk}/archive/", {"archived": "yes"})
    assert "Nothing holds “boats”" in found(client, "boats")


@pytest.mark.parametrize("ask", [found, offered])
def test_nobody_finds_what_is_not_for_them(
    team: Team, alice: User, bob: User, dana: User, charlie: User, signed_in: SignIn, ask: Callable[[Client, str], str]
) -> None:
    make_preset(team, alice, name="Boats for me", visibility=Visibility.ME)
    make_prompt(team, alice, name="Boats of mine", visibility=Visibility.ME)
    chosen = make_preset(team, alice, name="Boats for Bob")
    with scope(team):
        sharing.set_audience(chosen, Visibility.CHOSEN, [bob.pk], [], alice)
    tasks(team, alice, "boats of the team")
    tasks(team, alice, "boats nobody else sees", private=True)
    said = ("Boats for me", "Boats of mine", "Boats for Bob", "boats of the team", "boats nobody else sees")

    def seen(person: User) -> list[str]:
        shown = ask(signed_in(person), "boats")
        return [words for words in said if words in shown]

    assert seen(alice) == list(said)
    assert seen(bob) == ["Boats for Bob", "boats of the team"]
    assert seen(dana) == ["boats of the team"]
    assert seen(charlie) == []


def test_results_that_somebody_keeps_to_themselves_are_found_by_them_alone(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    (task,) = tasks(team, alice, "boats", private=True)
    with across_teams():
        make_asset(task, kind="image", keeping="kept", sha256="0" * 64, file="boat.png", media_type="image/png")
    assert 'id="found-results"' in found(signed_in(alice), "boats")
    assert 'id="found-results"' not in found(signed_in(bob), "boats")
    assert f"/tasks/{task.pk}/" not in offered(signed_in(bob), str(task.pk))


def test_what_is_hidden_does_not_end_a_page(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    make_prompt(team, alice, name="The oldest", text="boat")
    for number in range(40):
        make_prompt(team, alice, name=f"Hidden {number}", text="boat", visibility=Visibility.ME)
    shown = found(signed_in(bob), "boat")
    assert "The oldest" in shown
    assert "Hidden" not in shown


def test_a_group_is_read_to_its_end_page_by_page(team: Team, alice: User, signed_in: SignIn) -> None:
    made, client = tasks(team, alice, *(f"boat {number}" for number in range(60))), signed_in(alice)
    address, seen, pages = "/search/?q=boat&in=tasks", [], 0
    while address and pages < 9:
        answer = client.get(address)
        seen += [row.pk for part in answer.context["asked"].found for row in part.rows]
        more = [part.more for part in answer.context["asked"].found if part.more]
        address, pages = (f"/search/{more[0]}" if more else ""), pages + 1
    assert (seen, pages) == ([task.pk for task in reversed(made)], 3)


@pytest.mark.parametrize(
    "more",
    [{"in": "nothing"}, {"before": "x"}, {"before": "9" * 30}, {"before": "0"}, {"in": "results", "before": "1"}],
)
def test_an_odd_address_is_read_kindly(alice: User, signed_in: SignIn, more: dict[str, str]) -> None:
    assert 'id="found"' in found(signed_in(alice), "boat\0 ' \" * ( OR", **more)


def test_without_words_the_page_says_what_can_be_found(alice: User, signed_in: SignIn) -> None:
    assert "What are you looking for?" in html(signed_in(alice).get("/search/"))
    assert "What are you looking for?" in found(signed_in(alice), "***")


def test_operations_are_found_by_their_words_in_both_languages(team: Team, alice: User, signed_in: SignIn) -> None:
    with scope(team):
        make_connection(team)
    for words in ("runway text", "文生视频"):
        assert "/compose/runway.generate-text/" in found(signed_in(alice), words)
        assert "/compose/runway.generate-text/" in offered(signed_in(alice), words)


def test_the_palette_begins_with_what_was_used_last_and_every_page(team: Team, alice: User, signed_in: SignIn) -> None:
    tasks(team, alice, "boat")
    shown = offered(signed_in(alice))
    assert shown.index("/compose/runway.generate-text/") < shown.index('href="/tasks/"')
    assert all(f'href="{address}"' in shown for address in ("/results/", "/library/", "/team/", "/team/money/"))


def test_the_palette_leads_to_pages_by_their_names_in_both_languages(alice: User, signed_in: SignIn) -> None:
    assert 'href="/tasks/"' in offered(signed_in(alice), "任务")
    assert offered(signed_in(alice), "spend").index("/team/spending/") < offered(signed_in(alice), "spend").index(
        "/search/"
    )
    assert "/library/" not in offered(signed_in(alice), "spend")


def test_every_page_that_the_bar_the_tabs_or_the_menu_leads_to_is_found_by_its_name(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    membership = Membership.objects.get(team=team, user=alice)
    shown = "".join(html(signed_in(alice).get(address)) for address in ("/team/", "/library/"))
    menus = re.findall(r'<nav class="(?:rooms|tabs)".*?</nav>|<p class="menu__title">.*?</form>', shown, re.DOTALL)
    links = re.findall(r'<a [^>]*href="([^"?]*)[^>]*>(?:<svg.*?</svg>)?([^<>]+)</a>', "".join(menus))
    named = {text.strip(): address for address, text in links}
    assert {"Compose", "Library", "Reference", "Profile", "API tokens", "Audit", "Webhook", "Word lists"} <= set(named)
    for text, address in named.items():
        leads = "/compose/" if address == "/" else address  # the start is the form that was used last
        assert leads in [place.url for place in places(membership, text)], text
    for words, view in (("api docs", "api:docs"), ("notices", "notices:list"), ("webhook", "notices:webhook")):
        assert places(membership, words)[0].view == view


def test_pages_for_owners_are_offered_to_owners(dana: User, signed_in: SignIn) -> None:
    shown = offered(signed_in(dana))
    assert "/team/money/" not in shown
    assert "/team/spending/" in shown


def test_a_number_leads_to_its_task_in_ones_own_team(team: Team, alice: User, charlie: User, signed_in: SignIn) -> None:
    (task,) = tasks(team, alice, "boat")
    for words in (str(task.pk), f"#{task.pk}"):
        assert f'href="/tasks/{task.pk}/"' in offered(signed_in(alice), words)
        assert f'href="/tasks/{task.pk}/"' not in offered(signed_in(charlie), words)
    assert "/search/" in offered(signed_in(alice), "9" * 15)


def test_a_batch_is_one_row_of_the_palette_and_all_its_cells_are_on_the_page(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    tasks(team, alice, "an old boat")
    for number in range(1, 40):
        tasks(team, alice, f"boat number {number}", nonce=nonce_of_cell("batch-1", number, 0))
    rows = offered(signed_in(alice), "boat")
    assert ("boat number 39" in rows, "boat number 38" in rows, "an old boat" in rows) == (True, False, True)
    assert "boat number 38" in found(signed_in(alice), "boat", **{"in": "tasks"})


def test_the_last_line_of_the_palette_searches_everything(alice: User, signed_in: SignIn) -> None:
    assert "/search/?q=nothing+like+%26+this" in offered(signed_in(alice), "nothing like & this")


def test_every_page_has_the_search_in_its_bar_and_strangers_have_none(alice: User, signed_in: SignIn) -> None:
    assert "data-palette-open" in html(signed_in(alice).get("/tasks/"))
    assert "palette" not in html(Client().get("/accounts/login/"))


@pytest.mark.parametrize("zh", [False, True])
def test_a_task_is_found_by_its_number_and_by_the_gateways_id(
    team: Team, alice: User, bob: User, signed_in: SignIn, zh: bool
) -> None:
    (task, hidden) = tasks(team, alice, "a red fox", "a grey wolf")
    with across_teams():
        make_attempt(task, gateway_id="0f9c-77aa-41bd")
        make_attempt(hidden, gateway_id="0f9c-77aa-41be")
        Task.objects.filter(pk=hidden.pk).update(private=True)
    client = signed_in(bob)
    for said in (f"{task.pk}", f"#{task.pk}", f"{'任务' if zh else 'Task'} {task.pk}", "0f9c-77aa-41bd"):
        for shown in (found(client, said), offered(client, said), html(client.get("/tasks/", {"q": said}))):
            assert f"/tasks/{task.pk}/" in shown, said
    for said in (f"task {hidden.pk}", "0f9c-77aa-41be"):
        for shown in (found(client, said), offered(client, said), html(client.get("/tasks/", {"q": said}))):
            assert f"/tasks/{hidden.pk}/" not in shown, said


def test_a_batch_is_found_by_its_name(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    with scope(team):
        given = {"team": team, "person": alice, "connection": make_connection(team), "size": 1}
        given |= {"operation": "runway.generate-text", "axes": []}
        lemon, mine = (
            Batch.objects.create(**given, name=f"Lemon {what}", nonce=what, private=what == "pie")
            for what in ("house", "pie")
        )
    fill()
    client = signed_in(bob)
    for shown in (found(client, "lemon"), offered(client, "lemon"), html(client.get("/batches/", {"q": "lemon"}))):
        assert f"/batches/{lemon.pk}/" in shown
        assert f"/batches/{mine.pk}/" not in shown
    assert "No batch is called “melon”" in html(client.get("/batches/", {"q": "melon"}))
