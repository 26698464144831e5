"""What stands in one form, opened in another operation: the choice, the table, and that nothing is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from studio.library.kept import FIXED
from studio.teams.access import PAGE_TEAM
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams
from tests.composer.posting import posted
from tests.factories import make_attempt, make_connection, make_task
from tests.library.making import make_preset, newest

SOURCE, TARGET = "runway.generate-text", "kling.text2video"
CHOOSE = reverse("composer:elsewhere", args=[SOURCE])
PORT = reverse("composer:port", args=[TARGET, SOURCE])


@pytest.fixture
def connection(team: Team) -> Connection:
    return make_connection(team)


@pytest.fixture
def browser_of_alice(connection: Connection, alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def filled(client: Client, **values: str) -> dict[str, str]:
    """What the form of the source posts with these values in it."""
    post = posted(client.get(reverse("composer:compose", args=[SOURCE])).content.decode())
    return {name: str(post[name]) for name in post} | {f"v:{at}": value for at, value in values.items()}


def rows(html: str) -> list[list[str]]:
    """The table's rows as texts."""
    found = re.findall(r'<tr class="carried__row">(.*?)</tr>', html, re.DOTALL)
    cells = [re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL) for row in found]
    return [[" ".join(unescape(re.sub(r"<.*?>", " ", cell)).split()) for cell in row] for row in cells]


def test_the_choice_lists_what_fits_best_first_and_carries_the_form(browser_of_alice: Client) -> None:
    html = browser_of_alice.post(CHOOSE, filled(browser_of_alice, prompt="A red boat")).content.decode()
    offered = re.findall(r'formaction="/compose/([\w.-]+)/from/runway.generate-text/"', html)
    assert offered.index(TARGET) < offered.index("suno.generate"), "another film takes more of it than a song"
    assert SOURCE not in offered
    assert "kling.query" not in offered
    assert posted(html)["v:prompt"] == "A red boat"
    assert "nonce" not in posted(html), "another form is another task"


def test_a_form_opens_filled_with_a_line_for_each_value(browser_of_alice: Client) -> None:
    post = filled(browser_of_alice, prompt="A red boat", **{"options.seconds": "5"}, ratio="9:16")
    html = browser_of_alice.post(PORT, post).content.decode()
    form = posted(html)
    assert (form["v:prompt"], form["v:duration"], form["v:aspect_ratio"]) == ("A red boat", "5", "9:16")
    table = rows(html)
    assert ["≈ converted", "Duration 5", 'Duration "5"', "The same, as it is written here."] in table
    assert ["✓ as it is", "Prompt A red boat", "Prompt", ""] in table
    assert not [row for row in table if "Style" in row[1]], "nobody chose it"
    assert "nobody had set it: " in html


def test_what_cannot_be_read_is_told_as_lost(browser_of_alice: Client) -> None:
    post = filled(browser_of_alice, prompt="x", **{"options.motion_vector.x": "far"})
    lost = [row for row in rows(browser_of_alice.post(PORT, post).content.decode()) if row[0] == "✕ lost"]
    assert [row[1] for row in lost] == ["Horizontal far"]


def test_both_drafts_stay_in_the_browser_as_they_were(browser_of_alice: Client) -> None:
    html = browser_of_alice.post(PORT, filled(browser_of_alice, prompt="x")).content.decode()
    own = re.search(r'data-draft="([^"]+)"', html)
    assert own is not None
    assert own[1].endswith(f":{TARGET}:port:{SOURCE}"), "neither the source's draft nor the target's own"
    assert "data-restores" not in html
    again = browser_of_alice.get(PORT).content.decode()
    assert own[0] in again
    assert "data-restores" in again


def test_the_preview_knows_where_the_form_came_from(browser_of_alice: Client) -> None:
    form = posted(browser_of_alice.post(PORT, filled(browser_of_alice, prompt="x")).content.decode())
    assert form["port"] == SOURCE
    preview = browser_of_alice.post(reverse("composer:preview", args=[TARGET]), form.dict()).content.decode()
    assert PORT in preview, "signing in again leads back here"
    assert posted(preview)["port"] == SOURCE


def test_a_body_edited_as_json_goes_over_and_a_broken_one_is_shown_first(browser_of_alice: Client) -> None:
    post = filled(browser_of_alice) | {"json": '{"prompt": "From JSON", "model": "gen3"}', "json-was": ""}
    assert posted(browser_of_alice.post(PORT, post).content.decode())["v:prompt"] == "From JSON"
    answer = browser_of_alice.post(CHOOSE, post | {"json": '{"prompt": '})
    assert answer.status_code == 422
    assert '{"prompt": ' in unescape(answer.content.decode())


def test_a_task_runs_elsewhere(browser_of_alice: Client, team: Team, alice: User, connection: Connection) -> None:
    with across_teams():
        task = make_task(team, alice, connection)
        make_attempt(task)
    page = browser_of_alice.get(reverse("tasks:detail", args=[task.pk])).content.decode()
    assert f"{CHOOSE}?from={task.pk}" in page
    html = browser_of_alice.get(CHOOSE, {"from": task.pk}).content.decode()
    assert f"{PORT}?from={task.pk}" in html
    form = posted(browser_of_alice.get(PORT, {"from": task.pk}).content.decode())
    assert (form["v:prompt"], form["v:duration"], form["from"]) == ("a paper boat", "5", str(task.pk))


def test_only_a_task_of_that_operation_and_team_opens(
    browser_of_alice: Client,
    team: Team,
    alice: User,
    connection: Connection,
    charlie: User,
    other_team: Team,
) -> None:
    with across_teams():
        other = make_task(team, alice, connection, operation=TARGET)
        foreign = make_task(other_team, charlie)
    for number in (other.pk, foreign.pk, "x"):
        assert browser_of_alice.get(CHOOSE, {"from": number}).status_code == 404
        assert browser_of_alice.get(PORT, {"from": number}).status_code == 404
    assert browser_of_alice.get(CHOOSE).headers["Location"] == reverse("composer:compose", args=[SOURCE])


def test_what_a_preset_holds_fast_is_carried_too(
    browser_of_alice: Client, team: Team, alice: User, charlie: User, signed_in: Callable[[User], Client]
) -> None:
    values = {"prompt": "a red boat", "ratio": "9:16", "model": "gen3", "options.seconds": 5}
    holds = dict.fromkeys(("prompt", "ratio", "options.seconds"), FIXED)
    preset = make_preset(team, alice, values=values, holds=holds)
    compose = reverse("composer:compose", args=[SOURCE])
    shown = posted(browser_of_alice.get(f"{compose}?preset={newest(preset).pk}").content.decode())
    assert "v:prompt" not in shown, "it has no control"
    chosen = posted(browser_of_alice.post(CHOOSE, dict(shown.items())).content.decode())
    html = browser_of_alice.post(PORT, dict(chosen.items())).content.decode()
    form = posted(html)
    assert (form["v:prompt"], form["v:duration"], form["v:aspect_ratio"]) == ("a red boat", "5", "9:16")
    assert "preset" not in form, "the other operation's form is of no preset"
    assert "still needed" not in html
    forged = {**dict(chosen.items()), "v:prompt": "another"}
    assert posted(browser_of_alice.post(PORT, forged).content.decode())["v:prompt"] == "a red boat"
    of_theirs = {name: value for name, value in chosen.items() if name != PAGE_TEAM}
    assert signed_in(charlie).post(PORT, of_theirs).status_code == 404
