"""The pages of prompts and word lists, as a person of the team meets them."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studio.library.models import Prompt, PromptLabel, PromptStar, PromptTag, PromptVersion, WordList, new_key
from studio.library.prompts import saving
from studio.library.prompts.listing import tags_of
from studio.teams.models import Team, User
from studio.teams.scope import scope
from tests.factories import make_member
from tests.library.making import make_prompt, make_word_list

SignIn = Callable[[User], Client]


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_a_fresh_team_is_told_what_a_prompt_is(alice: User, signed_in: SignIn) -> None:
    assert "No prompts yet" in html(signed_in(alice).get("/prompts/"))
    assert "No word lists yet" in html(signed_in(alice).get("/prompts/lists/"))


def test_a_prompt_is_begun_and_comes_back_when_something_is_wrong(team: Team, alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    wrong = client.post("/prompts/new/", {"name": "", "text": "  a {red|green} boat\r\n", "tags": "film"})
    assert wrong.status_code == 422
    assert "Give it a name" in html(wrong)
    assert "  a {red|green} boat" in html(wrong)
    assert "2 combinations" in html(wrong)
    given = {"name": " Boats ", "text": "  a {red|green} boat\r\n", "tags": "film， night,film,", "note": "first"}
    answer = client.post("/prompts/new/", given | {"visibility": "team", "key": "k"}, follow=True)
    assert "Saved as “Boats”" in html(answer)
    client.post("/prompts/new/", given | {"visibility": "team", "key": "k"})
    with scope(team):
        row = Prompt.objects.get()
        assert (row.name, row.text) == ("Boats", "  a {red|green} boat\n")
        assert sorted(tag.name for tag in PromptTag.objects.all()) == ["film", "night"]
        assert PromptVersion.objects.get().note == "first"


def test_what_a_page_that_was_gone_back_to_says_otherwise_is_another_prompt(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    client, given = signed_in(alice), {"name": "Boats", "text": "a boat", "visibility": "team", "key": "k"}
    for more in ({}, {"text": "two boats"}, {"name": "Fleet"}, {"tags": "sea"}, {"text": "two boats"}):
        client.post("/prompts/new/", given | more)
    with scope(team):
        made = [(row.name, row.text) for row in Prompt.objects.order_by("pk")]
    assert made == [("Boats", "a boat"), ("Boats", "two boats"), ("Fleet", "a boat"), ("Boats", "a boat")]


def test_two_people_write_at_once(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    prompt = make_prompt(team, alice, text="a red cat sits")
    address = f"/prompts/{prompt.pk}/write/"
    signed_in(alice).post(address, {"text": "a blue cat sits", "base": "1"})
    client = signed_in(bob)
    told = client.post(address, {"text": "a red cat sleeps", "note": "naps", "base": "1"})
    assert told.status_code == 409
    page = html(told)
    assert "Alice saved version 2 while you were writing" in page
    assert "a red cat sleeps" in page
    assert "naps" in page
    assert "blue</del>" in page
    assert "sleeps</ins>" in page
    with scope(team):
        assert PromptVersion.objects.count() == 2
    client.post(address, {"text": "a red cat sleeps", "note": "naps", "base": "2"})
    with scope(team):
        assert [each.text for each in PromptVersion.objects.all()] == [
            "a red cat sleeps",
            "a blue cat sits",
            "a red cat sits",
        ]


def test_a_version_is_restored_as_a_new_one_unless_somebody_was_quicker(
    team: Team, alice: User, signed_in: SignIn
) -> None:
    prompt, client = make_prompt(team, alice, text="first"), signed_in(alice)
    with scope(team):
        saving.add_version(prompt, alice, "second", "", 1)
    client.post(f"/prompts/{prompt.pk}/restore/1/", {"base": "2"})
    with scope(team):
        newest = PromptVersion.objects.get(number=3)
        assert (newest.text, newest.note) == ("first", "Version 1 again")
    late = client.post(f"/prompts/{prompt.pk}/restore/2/", {"base": "2"}, follow=True)
    assert "nothing was restored" in html(late)
    with scope(team):
        assert PromptVersion.objects.count() == 3


def test_any_two_versions_are_compared(team: Team, alice: User, signed_in: SignIn) -> None:
    prompt = make_prompt(team, alice, text="一只红猫")
    with scope(team):
        saving.add_version(prompt, alice, "一只蓝猫", "", 1)
    page = html(signed_in(alice).get(f"/prompts/{prompt.pk}/?from=1&to=2"))
    assert "红</del>" in page
    assert "蓝</ins>" in page
    assert signed_in(alice).get(f"/prompts/{prompt.pk}/?from=1&to=9").status_code == 404
    assert signed_in(alice).get(f"/prompts/{prompt.pk}/?version={'9' * 30}").status_code == 404


def test_a_prompt_begins_with_its_tags_or_not_at_all(team: Team, alice: User, signed_in: SignIn) -> None:
    def dies(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "INSERT" in sql and "library_prompttag" in sql:
            raise KeyboardInterrupt
        return execute(sql, *rest)

    given = {
        "name": "Boats",
        "text": "a paper boat",
        "tags": "film",
        "note": "",
        "visibility": "team",
        "key": new_key(),
    }
    with connection.execute_wrapper(dies), pytest.raises(KeyboardInterrupt):
        signed_in(alice).post("/prompts/new/", given)
    with scope(team):
        assert not Prompt.objects.exists()
        signed_in(alice).post("/prompts/new/", given)
        assert [tag.name for tag in PromptTag.objects.filter(prompt=Prompt.objects.get())] == ["film"]


def test_the_thirty_tags_of_most_prompts_are_offered(team: Team, alice: User) -> None:
    prompts = [make_prompt(team, alice, name=f"Boats {number}") for number in range(3)]
    with scope(team):
        for prompt, names in zip(prompts, (range(29), range(28, 31), [30]), strict=True):
            PromptTag.objects.bulk_create(PromptTag(team=team, prompt=prompt, name=f"t{name:02}") for name in names)
        offered = [tag.name for tag in tags_of(alice)]
    assert offered == ["t28", "t30", *(f"t{name:02}" for name in range(28))]


def test_the_list_is_searched_and_narrowed(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    boats, foxes = make_prompt(team, alice), make_prompt(team, bob, name="Foxes", text="雨中的狐狸")
    with scope(team):
        saving.put_tags(foxes, ["night"])
        PromptStar.objects.create(team=team, prompt=boats, person=alice)
    client = signed_in(alice)

    def names(**query: str) -> list[str]:
        shown = html(client.get("/prompts/", query))
        return [name for name in ("Boats", "Foxes") if f">{name}</a>" in shown]

    assert names() == ["Boats", "Foxes"]
    assert names(q="paper") == ["Boats"]
    assert names(q="狐狸") == ["Foxes"]
    assert names(q="nigh") == ["Foxes"]
    assert names(tag="night") == ["Foxes"]
    assert names(shelf="mine") == ["Boats"]
    assert names(shelf="starred") == ["Boats"]
    assert names(shelf="archived") == []
    assert "Show all prompts" in html(client.get("/prompts/", {"q": "nothing"}))
    assert client.get("/prompts/", {"before": "nonsense~x", "tag": "\0"}).status_code == 200


def test_only_me_is_only_me(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    prompt = make_prompt(team, bob, visibility="me")
    assert "Boats" in html(signed_in(bob).get("/prompts/"))
    for address in ("/prompts/", "/prompts/choose/"):
        assert "Boats" not in html(signed_in(alice).get(address))
    for address in (f"/prompts/{prompt.pk}/", f"/prompts/{prompt.pk}/text/", f"/prompts/{prompt.pk}/write/"):
        assert signed_in(alice).get(address).status_code == 404


def test_its_author_and_owners_say_for_whom_it_is(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    prompt = make_prompt(team, bob)
    erik = make_member(team, "erik")
    for person, may in ((erik, False), (alice, True), (bob, True)):
        client = signed_in(person)
        client.post(f"/prompts/{prompt.pk}/about/", {"name": f"By {person}", "tags": "a", "visibility": "me"})
        with scope(team):
            row = Prompt.objects.get()
            assert (row.name, row.visibility == "me") == (f"By {person}", may)
            Prompt.objects.update(visibility="team")
        answer = client.post(f"/prompts/{prompt.pk}/archive/", {"archived": "yes"})
        assert (answer.status_code == 302) == may
    assert "By Bob" in html(signed_in(erik).get("/prompts/?shelf=archived"))


def test_a_wrong_name_is_told_and_the_typed_one_stays(team: Team, alice: User, signed_in: SignIn) -> None:
    prompt, client = make_prompt(team, alice), signed_in(alice)
    told = client.post(f"/prompts/{prompt.pk}/about/", {"name": "", "tags": ",".join(map(str, range(20)))})
    assert told.status_code == 422
    assert "Give it a name" in html(told)
    assert "Keep to 12 tags" in html(told)
    client.post(f"/prompts/{prompt.pk}/label/", {"name": "production", "version": "1"})
    client.post(f"/prompts/{prompt.pk}/label/", {"name": "x", "version": "99999999999999"})
    with scope(team):
        assert [label.name for label in PromptLabel.objects.all()] == ["production"]


def test_what_a_text_says_as_a_pattern_is_shown(team: Team, alice: User, signed_in: SignIn) -> None:
    make_word_list(team, alice)
    prompt = make_prompt(team, alice, text="{{who|a cat|Which one?}} in __colour__ {hat|coat} by __lens__")
    page = html(signed_in(alice).get(f"/prompts/{prompt.pk}/"))
    for words in ("4 combinations", "Which one?", "a cat", "__colour__", "/prompts/lists/new/?name=lens"):
        assert words in page
    broken = make_prompt(team, alice, text="a {red|green")
    assert "Line 1, column 3" in html(signed_in(alice).get(f"/prompts/{broken.pk}/"))


def test_the_list_of_word_lists_leaves_their_texts_where_they_are(team: Team, alice: User, signed_in: SignIn) -> None:
    make_word_list(team, alice, "long", [f"line {number}" for number in range(1500)])
    make_word_list(team, alice, "short", ["红", "mauve"])
    answer = signed_in(alice).get("/prompts/lists/")
    assert [row.get_deferred_fields() for row in answer.context["rows"]] == [{"text"}, {"text"}]
    page = html(answer)
    assert '<td class="number">1,500</td>' in page
    assert '<td class="number">2</td>' in page
    assert "红\nmauve" in page
    assert len(page) < 20_000


def test_a_word_list_is_made_changed_and_deleted(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    for name, lines, words in [
        ("two words", "a", "Use letters"),
        ("", "a", "Give it the name"),
        ("x", " \n ", "at least one"),
    ]:
        wrong = client.post("/prompts/lists/new/", {"name": name, "text": lines})
        assert wrong.status_code == 422
        assert words in html(wrong)
    client.post("/prompts/lists/new/", {"name": "__colour__", "text": " red \r\n\r\nteal\r\nred\r\n"})
    with scope(team):
        row = WordList.objects.get()
        assert (row.name, row.lines) == ("colour", ("red", "teal"))
    assert "There is a list of this name" in html(client.post("/prompts/lists/new/", {"name": "colour", "text": "x"}))
    assert "<code>__colour__</code>" in html(client.get("/prompts/lists/"))
    signed_in(alice).post(f"/prompts/lists/{row.pk}/save/", {"text": "red\nteal\nrust", "edition": "1"})
    late = client.post(f"/prompts/lists/{row.pk}/save/", {"text": "red\nplum", "edition": "1"})
    assert late.status_code == 409
    assert "Alice changed this list" in html(late)
    assert "rust" in html(late)
    client.post(f"/prompts/lists/{row.pk}/save/", {"text": "red\nplum", "edition": "2"})
    with scope(team):
        assert WordList.objects.get().lines == ("red", "plum")
    assert signed_in(make_member(team, "erik")).post(f"/prompts/lists/{row.pk}/delete/").status_code == 403
    client.post(f"/prompts/lists/{row.pk}/delete/")
    with scope(team):
        assert not WordList.objects.exists()


@pytest.mark.parametrize("address", ["/prompts/", "/prompts/?q=boat&tag=film", "/prompts/choose/", "/prompts/1/"])
def test_a_thousand_rows_cost_as_few(team: Team, alice: User, signed_in: SignIn, address: str) -> None:
    client, found = signed_in(alice), []
    first = make_prompt(team, alice, text="a boat")
    address = address.replace("/1/", f"/{first.pk}/")
    for count in (10, 1000):
        with scope(team):
            given = {"team": team, "author": alice}
            rows = [Prompt(**given, name=f"boat {n}", text="word " * 900, newest=1) for n in range(count)]
            rows = Prompt.objects.bulk_create(rows)
            PromptTag.objects.bulk_create(PromptTag(team=team, prompt=row, name="film") for row in rows)
            start = PromptVersion.objects.filter(prompt=first).count() + 1
            PromptVersion.objects.bulk_create(
                PromptVersion(**given, prompt=first, number=start + n, text="x" * 900) for n in range(count)
            )
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        found.append(len(queries))
        assert answer.status_code == 200
        assert len(answer.content) < 150_000
    assert found[0] == found[1]


def test_the_list_pages_by_key(team: Team, alice: User, signed_in: SignIn) -> None:
    with scope(team):
        moment = timezone.now()
        for number in range(120):
            Prompt.objects.create(team=team, author=alice, name=f"n{number:03}", text="x", newest=1, changed_at=moment)
    client, seen, address = signed_in(alice), list[str](), "/prompts/"
    while address:
        answer = client.get(address)
        seen += [line.prompt.name for line in answer.context["lines"]]
        address = f"/prompts/{answer.context['older']}" if answer.context["older"] else ""
    assert seen == [f"n{number:03}" for number in range(119, -1, -1)]


def test_whoever_saves_a_moment_later_takes_back_only_what_they_changed(
    team: Team, alice: User, bob: User, signed_in: SignIn
) -> None:
    prompt = make_prompt(team, alice, name="Boats")
    with scope(team):
        saving.put_tags(prompt, ["campaign", "product"])
    url = f"/prompts/{prompt.pk}/about/"
    opened = {"was-name": "Boats", "was-tags": "campaign, product", "was-visibility": "team"}
    first, second = signed_in(alice), signed_in(bob)
    first.post(url, opened | {"name": "Paper boats", "tags": "campaign, product, ours", "visibility": "team"})
    second.post(url, opened | {"name": "Boats", "tags": "product, mine", "visibility": "team"})
    with scope(team):
        assert Prompt.objects.get().name == "Paper boats"
        assert sorted(PromptTag.objects.values_list("name", flat=True)) == ["mine", "ours", "product"]
    page = html(second.get(f"/prompts/{prompt.pk}/"))
    assert 'name="was-name" value="Paper boats"' in page
    assert 'name="was-tags" value="' in page
