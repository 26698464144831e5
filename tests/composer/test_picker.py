"""The page on which an operation is picked: found by words and filters, with what the team knows of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from studio import catalog
from studio.composer.picker import facts, percent
from studio.tasks.figures import Figures
from studio.tasks.time_words import spelled_time
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection, make_task
from tests.library.making import make_preset

URL = "/compose/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def gateway(team: Team) -> Connection:
    return make_connection(team)


@pytest.fixture
def page(gateway: Connection, alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def ask(page: Client, **query: str) -> str:
    return page.get(URL, query, headers=HTMX).content.decode()


def shelved(html: str) -> dict[str, list[str]]:
    """The operations by the shelf they stand on."""
    found = re.findall(r'<section aria-label="([^"]+)">(.*?)</section>', html, re.DOTALL)
    return {title: re.findall(r'href="/compose/([\w.-]+)/"', inside) for title, inside in found}


def chips(html: str, name: str) -> dict[str, int]:
    nav = re.search(rf'<nav[^>]*aria-label="{name}">(.*?)</nav>', html, re.DOTALL)
    found = re.findall(r'>([^<>]+) <span class="chip__count">(\d+)<', nav[1]) if nav else []
    return {label: int(count) for label, count in found}


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("text to video", "runway.generate-text"),
        ("文生视频", "runway.generate-text"),
        ("video TEXT runway", "runway.generate-text"),
        ("可灵 图片", "kling.image-generate"),
        ("photo kling", "kling.image-generate"),
        ("film 可灵", "kling.text2video"),
        ("ＫＬＩＮＧ", "kling.text2video"),
        ("/kling/v1/images", "kling.image-generate"),
    ],
)
def test_an_operation_is_found_by_any_of_its_words(page: Client, query: str, slug: str) -> None:
    found = [each for shelf in shelved(ask(page, q=query)).values() for each in shelf]
    assert slug in found
    assert len(found) < len(catalog.operations())


def test_what_is_off_or_only_asks_is_not_offered(page: Client) -> None:
    found = {each for shelf in shelved(ask(page)).values() for each in shelf}
    assert found == {each.slug for each in catalog.operations() if each.offered}


def test_filters_tell_how_many_they_would_leave(page: Client) -> None:
    offered = [each for each in catalog.operations() if each.offered]
    videos = [each for each in offered if each.makes == "video"]
    html = ask(page, kind="video")
    assert {each for shelf in shelved(html).values() for each in shelf} == {each.slug for each in videos}
    assert chips(html, "By system")["Kling"] == sum(each.system == "kling" for each in videos)
    assert chips(html, "By what it makes")["All kinds"] == len(offered)
    both = ask(page, kind="image", system="kling", q="picture")
    assert shelved(both) == {"Kling": ["kling.image-generate"]}
    assert 'name="kind" value="image" form="picker-search"' in both, "searching on keeps the filters"
    assert ask(page, kind="nonsense", system="nobody") == ask(page)


def test_no_match_shows_the_way_on(page: Client) -> None:
    html = ask(page, q="runway zebra")
    assert "Nothing here has all of these words." in html
    assert "These have some of the words:" in html
    assert set(shelved(html)) == {"Runway"}
    narrow = ask(page, q="文生视频", kind="image", system="runway")
    assert f'href="{URL}?q=%E6%96%87%E7%94%9F%E8%A7%86%E9%A2%91"' in narrow, "the same words without the filters"
    assert "These have some" not in ask(page, q="zebra")


def test_what_was_used_last_stands_first_on_the_page_as_it_opens(
    page: Client, team: Team, alice: User, bob: User, gateway: Connection
) -> None:
    with across_teams():
        make_task(team, alice, gateway, operation="kling.text2video")
        make_task(team, bob, gateway, operation="kling.image-generate")
        make_task(team, alice, gateway, operation="runway.generate-text")
        make_task(team, alice, gateway, operation="runway.dropped-long-ago")
    lately = shelved(ask(page))["Used last"]
    assert lately == ["runway.generate-text", "kling.text2video", "kling.image-generate"]
    assert "Used last" not in shelved(ask(page, q="video"))


def test_whoever_has_used_nothing_is_shown_what_is_good_to_start_with(
    page: Client, team: Team, alice: User, gateway: Connection
) -> None:
    html = ask(page)
    first = next(iter(shelved(html)))
    assert first == "Good to start with"
    starters = shelved(html)[first]
    assert [catalog.get(slug).makes for slug in starters] == ["video", "video", "image", "audio", "text"]
    assert "presets in the library" not in html
    for name in ("Boats", "Waves"):
        make_preset(team, alice, name=name)
    assert "Or begin with one of 2 presets in the library" in ask(page)
    assert first not in shelved(ask(page, kind="video"))
    with across_teams():
        make_task(team, alice, gateway, operation="kling.text2video")
    assert first not in shelved(ask(page))


def test_systems_of_films_come_first_and_what_makes_no_media_stands_last_on_its_shelf(page: Client) -> None:
    shelves = shelved(ask(page))
    kinds = [catalog.get(slugs[0]).makes for title, slugs in shelves.items() if title != "Good to start with"]
    assert kinds == sorted(kinds, key=["video", "image", "audio", "text", "file"].index)
    makes = [catalog.get(slug).makes for slug in shelves["Midjourney"]]
    assert makes == sorted(makes, key="text".__eq__)
    assert shelves["Suno"][-1] == "suno.upload"


def test_a_card_tells_what_the_team_knows(page: Client, team: Team, alice: User, gateway: Connection) -> None:
    now = timezone.now()
    with across_teams():
        for state in ["succeeded"] * 15 + ["failed", "unknown"]:
            begun = now - timedelta(minutes=3)
            make_task(team, alice, gateway, operation="kling.text2video", state=state, sent_at=begun, finished_at=now)
    html = unescape(ask(page, q="kling text video"))
    for words in ("about 3 min", "94 % of 16", "1 answer lost"):
        assert words in html
    asked = page.get(URL).content.decode()
    assert asked.count("94 % of 16") == 2, "on its shelf and among those used last"


def told(slug: str, known: Figures) -> list[str]:
    return [fact.words for fact in facts(catalog.get(slug), known)]


def test_a_time_of_ones_own_stands_for_the_catalogs() -> None:
    assert told("runway.generate-text", Figures()) == ["5 min to 27 min"]
    assert told("runway.generate-text", Figures({"succeeded": 1}, [61.0])) == ["about 61 s", "100 % of 1"]
    assert told("kling.text2video", Figures()) == [], "what nobody knows is not told"


@pytest.mark.parametrize(("rate", "shown"), [(0.0, 0), (0.001, 1), (0.5, 50), (0.999, 99), (1.0, 100)])
def test_all_is_only_all_and_none_only_none(rate: float, shown: int) -> None:
    assert percent(rate) == shown


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")])
def test_a_length_of_time_in_few_words(seconds: float, words: str) -> None:
    assert spelled_time(seconds) == words


def test_the_page_asks_no_more_for_more_operations(
    page: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    page.get(URL)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        page.get(URL)
