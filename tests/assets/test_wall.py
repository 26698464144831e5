from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from studio.assets.facts import facts
from studio.assets.models import Asset, Keeping
from studio.tasks.models import Task
from studio.teams.models import Team, User
from tests.factories import make_asset, make_connection, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SignIn = Callable[[User], Client]


def kept(task: Task, **more: object) -> Asset:
    given: dict[str, object] = {
        "keeping": Keeping.KEPT,
        "sha256": "ab" * 32,
        "file": "1/1/1-ab.mp4",
        "media_type": "video/mp4",
        "kept_at": timezone.now(),
        "size": 1_500_000,
    }
    return make_asset(task, **(given | more))


def media(*assets: Asset) -> str:
    return render_to_string("assets/_media.html", {"assets": list(assets)})


def test_the_wall_shows_what_was_made_by_whom(team: Team, alice: User, signed_in: SignIn) -> None:
    task = make_task(team, alice, prompt="a paper boat")
    kept(task)
    poster = kept(task, number=2, kind="image", role="poster", file="1/1/2-ab.jpg", media_type="image/jpeg")
    page = signed_in(alice).get("/results/").content.decode()
    assert page.count('class="tile"') == 1
    assert "a paper boat" in page
    assert "Alice" in page
    assert poster.url in page


def test_the_wall_is_the_team_s_own(team: Team, alice: User, charlie: User, signed_in: SignIn) -> None:
    kept(make_task(team, alice, prompt="canary"))
    page = signed_in(charlie).get("/results/").content.decode()
    assert "canary" not in page
    assert "No results yet" in page


def test_the_wall_is_filtered_by_kind(team: Team, alice: User, signed_in: SignIn) -> None:
    kept(make_task(team, alice, prompt="moving"))
    browser = signed_in(alice)
    assert "moving" in browser.get("/results/?kind=video").content.decode()
    assert "Nothing of this kind" in browser.get("/results/?kind=audio").content.decode()
    assert "moving" in browser.get("/results/?kind=rubbish&before=rubbish&after=%C2%B2").content.decode()


def test_a_thousand_results_take_pages_and_few_queries(
    team: Team, alice: User, signed_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    connection = make_connection(team)
    tasks = [make_task(team, alice, connection) for _ in range(60)]
    for number in range(1, 18):
        rows = (
            Asset(team=team, task=t, number=number, kind="video", role="result", sha256="a", file="x.mp4")
            for t in tasks
        )
        made = Asset.objects.bulk_create(rows)
        Asset.objects.filter(pk__in=[a.pk for a in made]).update(keeping=Keeping.KEPT, kept_at=timezone.now())
    browser = signed_in(alice)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        first = browser.get("/results/?kind=video").content.decode()
    assert first.count('class="tile"') == 24
    newest = [asset.pk for asset in made[::-1]][:48]
    assert f"?kind=video&amp;before={newest[23]}" in first
    assert 'rel="prev"' not in first
    second = browser.get(f"/results/?kind=video&before={newest[23]}").content.decode()
    assert f"?kind=video&amp;after={newest[24]}" in second
    back = browser.get(f"/results/?kind=video&after={newest[24]}").content.decode()
    assert f"?kind=video&amp;before={newest[23]}" in back
    assert 'rel="prev"' not in back
    oldest = Asset.objects.order_by("pk")[12].pk
    last = browser.get(f"/results/?kind=video&before={oldest}").content.decode()
    assert last.count('class="tile"') == 12
    assert 'rel="next"' not in last


def test_a_kept_film_is_played_with_its_poster_and_its_facts(team: Team, alice: User) -> None:
    task = make_task(team, alice, values={"ratio": "16:9", "options.seconds": 10})
    soon = timezone.now() + timedelta(hours=21, minutes=5)
    clip = kept(task, width=1280, height=768, duration=5.0, source_expires_at=soon)
    poster = kept(task, number=2, kind="image", role="poster", file="1/1/2-ab.jpg", media_type="image/jpeg")
    html = media(clip, poster)
    assert f'poster="{poster.url}"' in html
    assert "playsinline" in html
    assert "5:3" in html
    assert "asked for 16:9" in html
    assert "asked for 10 s" in html
    assert "expires in 21\xa0hours" in html
    assert "?download" in html


def test_a_picture_says_what_was_asked_for(team: Team, alice: User) -> None:
    html = media(kept(make_task(team, alice, prompt='a "boat" <b>'), kind="image", media_type="image/png"))
    assert 'alt="a &quot;boat&quot; &lt;b&gt;"' in html
    assert "is not known" in html


def test_waiting_and_lost_results_say_so(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    waiting = make_asset(task, error="The file did not come in time.", next_try_at=timezone.now())
    lost = make_asset(task, number=2, keeping=Keeping.LOST, error="The result's link no longer works.")
    html = media(waiting, lost)
    assert "Fetching the file" in html
    assert "The file did not come in time." in html
    assert "could not be kept" in html
    assert "no longer works" in html


def test_no_script_and_no_style_stand_in_the_markup(team: Team, alice: User) -> None:
    html = media(kept(make_task(team, alice)))
    assert "<script" not in html
    assert "style=" not in html


@pytest.mark.parametrize(
    ("size", "asked", "delivered", "differs"),
    [
        ((1280, 720), "16:9", "16:9", False),
        ((1920, 1088), "1920x1080", "30:17", False),
        ((1280, 768), "16:9", "5:3", True),
        ((1344, 768), "", "7:4", False),
        ((1023, 577), "auto", "1.77:1", False),
        ((768, 1280), "0:0", "3:5", False),
    ],
)
def test_the_ratio_asked_for_is_held_against_the_one_delivered(
    team: Team, alice: User, size: tuple[int, int], asked: str, delivered: str, differs: bool
) -> None:
    task = make_task(team, alice, values={"ratio": asked} if asked else {})
    fact = facts(kept(task, width=size[0], height=size[1]))[1]
    assert (fact.delivered, fact.differs) == (delivered, differs)


def test_a_resolution_in_words_is_not_taken_for_the_ratio(team: Team, alice: User) -> None:
    task = make_task(team, alice, values={"resolution": "2k", "aspect_ratio": "3:2", "duration": "5"})
    ratio, length = facts(kept(task, width=1536, height=1024, duration=5.1, size=None))[1:]
    assert (ratio.asked, ratio.differs) == ("3:2", False)
    assert (length.asked, length.differs) == ("5 s", False)


def test_several_results_are_numbered_and_one_is_not(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    first, second = (kept(task, number=n, kind="image", file=f"1/1/{n}-ab.png", width=3, height=2) for n in (1, 2))
    assert "result__number" not in media(first)
    html = media(first, second)
    assert html.index('result__number">1<') < html.index('result__number">2<')


def test_a_song_has_the_picture_that_came_with_it(team: Team, alice: User) -> None:
    task = make_task(team, alice)
    songs = [kept(task, number=n, kind="audio", media_type="audio/mpeg", inside={"peaks": [50] * 9}) for n in (1, 2)]
    covers = [kept(task, number=n, kind="image", role="thumbnail", media_type="image/jpeg") for n in (3, 4)]
    html = media(*songs, *covers)
    assert html.index(covers[0].url) < html.index(songs[1].url) < html.index(covers[1].url)


def test_the_wall_is_narrowed_by_whose_which_and_what(team: Team, alice: User, bob: User, signed_in: SignIn) -> None:
    """All at once, as in the list of tasks; the kinds keep what was chosen, and the other way round."""
    kept(make_task(team, alice, prompt="a paper boat"))
    kept(make_task(team, bob, prompt="a paper kite", operation="kling.text2video"))
    browser = signed_in(alice)

    def shown(asked: str) -> tuple[bool, bool]:
        page = browser.get(f"/results/?{asked}").content.decode()
        return "a paper boat" in page, "a paper kite" in page

    assert shown("q=paper") == (True, True)
    assert shown("who=mine") == (True, False)
    assert shown("operation=kling.text2video") == (False, True)
    assert shown("q=boat&kind=video") == (True, False)
    page = browser.get("/results/?kind=audio&who=mine&q=paper").content.decode()
    assert "No result is like this" in page
    assert 'href="/results/?kind=video&amp;who=mine&amp;q=paper"' in page
    assert '<input type="hidden" name="kind" value="audio"' in page
