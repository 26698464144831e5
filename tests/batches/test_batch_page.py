"""The page of a batch, its cells side by side, and the list of batches."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.batches import feeding, standing
from studio.batches.feeding import feed
from studio.batches.models import Batch, Cell, CellStar, CellState
from studio.batches.shape import Shape
from studio.ledger.models import Unit
from studio.tasks.models import Task
from studio.tasks.states import State
from studio.teams.models import Connection, Team, User
from tests.batches.planner import finish, post, the_batch
from tests.ledger.saying import say
from tests.tasks.stage import OPERATION

pytestmark = pytest.mark.usefixtures("everywhere", "db")


def test_news_bring_only_the_cells_that_have_moved(visitor: Client) -> None:
    batch = the_batch(visitor, repeat="3")
    waiting = Cell.objects.filter(batch=batch, state=CellState.WAITING).values_list("number", flat=True)
    assert len(waiting) == 4
    url = reverse("batches:news", args=[batch.pk])
    assert "hx-swap-oob" not in visitor.get(url, {"waits": list(waiting)}).content.decode()
    page = visitor.get(reverse("batches:batch", args=[batch.pk])).content.decode()
    assert 'id="place-1">Next in line, starts in a moment<' in page
    assert f'id="place-{waiting[0]}">Ninth in line<' in page
    assert f'id="place-{waiting[3]}">12th in line<' in page
    Cell.objects.filter(batch=batch, number=waiting[0]).update(state=CellState.CANCELLED)
    news = visitor.get(url, {"waits": list(waiting)}).content.decode()
    assert news.count('hx-swap-oob="true"') == 1
    assert ", tasks-moved from:document" in news
    assert f'"{waiting[1]}": "Ninth in line"' in unescape(news)
    visitor.post(reverse("batches:pause", args=[batch.pk]))
    news = visitor.get(url, {"waits": list(waiting)}).content.decode()
    assert f'"{waiting[1]}": "Waiting"' in unescape(news)
    assert '"1": "Next in line, starts in a moment"' in unescape(news), "what was handed over goes on"
    visitor.post(reverse("batches:cancel", args=[batch.pk]))
    assert "tasks-moved" not in visitor.get(url).content.decode()


def test_the_page_says_what_waits_for_an_owner(
    visitor: Client, team: Team, sender: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in (feeding, standing):
        monkeypatch.setattr(where, "MOST_ASKED", 2)
    say(team, price=10, unit=Unit.SECOND, approved_from=100)
    batch = the_batch(visitor, **{"axis-field": ["options.seconds"], "axis-text": ["10, 5"], "repeat": "10"})
    told = unescape(visitor.get(reverse("batches:batch", args=[batch.pk])).content.decode())
    assert "2 tasks wait for an owner's approval" in told
    assert "the next ones ask when an owner has decided about some of these" in told
    assert "Wait for approval" in told
    assert 'id="place-3">An owner is asked before it starts<' in told
    assert 'id="place-11">Next in line' in told
    assert 'id="place-19">Ninth in line<' in told, "behind the eight that are in line, and nobody else"
    places = {"waits": ["3", "19"]}
    news = unescape(visitor.get(reverse("batches:news", args=[batch.pk]), places).content.decode())
    assert '"3": "An owner is asked before it starts"' in news
    assert 'id="cancel"' in news
    Task.objects.exclude(approval="asked").update(state=State.SUCCEEDED)
    Cell.objects.filter(state=CellState.WAITING).update(state=CellState.CANCELLED)
    news = unescape(visitor.get(reverse("batches:news", args=[batch.pk])).content.decode())
    assert ", tasks-moved from:document" in news, "it is not over while an owner may say yes"
    assert 'id="cancel"' in news


def test_a_cell_that_became_private_is_shown_as_such_in_place_of_the_whole(visitor: Client, alice: User) -> None:
    batch = the_batch(visitor)
    url = reverse("batches:cell", args=[batch.pk, 1])
    live = visitor.get(url, headers={"hx-request": "true"})
    assert "HX-Retarget" not in live
    assert "star" not in live.content.decode(), "what is pressed is never swapped with what is shown"
    first = Cell.objects.filter(batch=batch, number=1)
    Task.objects.filter(pk__in=first.values("task")).update(private=True, person=alice)
    hidden = visitor.get(url, headers={"hx-request": "true"})
    assert hidden["HX-Retarget"] == "#cell-1"
    assert "Private" in hidden.content.decode()
    assert "checkbox" not in hidden.content.decode()


def test_pause_resume_retry_and_cancel_are_asked_with_buttons(visitor: Client) -> None:
    batch = the_batch(visitor, repeat="3")
    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        visitor.post(reverse(f"batches:{verb}", args=[batch.pk]))
        batch.refresh_from_db()
        assert batch.state == state
    page = visitor.post(reverse("batches:retry", args=[batch.pk]), follow=True).content.decode()
    assert "No cell of this batch has failed." in page


def test_cells_stand_side_by_side_with_what_differs_below_them(visitor: Client) -> None:
    batch = the_batch(visitor)
    finish(batch)
    page = visitor.get(reverse("batches:compare", args=[batch.pk]), {"cell": [1, 4]}).content.decode()
    assert "a boat in the rain, 雾" in page
    assert "<dt>Prompt</dt><dd>a boat in the rain, 雾</dd>" in page
    assert "<dt>Duration</dt>" not in page  # the same in both
    assert page.count("<video") == 2
    assert page.index("<dt>Prompt</dt>") < page.index("<video"), "what differs stands above what was made"
    assert "data-playhead" in page
    assert visitor.get(reverse("batches:compare", args=[batch.pk]), {"cell": "1"}).status_code == 302


def test_a_star_goes_on_and_off(visitor: Client, bob: User) -> None:
    batch = the_batch(visitor)
    url = reverse("batches:star", args=[batch.pk, 2])
    assert 'aria-pressed="true"' in post(visitor, url, htmx=True, star="on").content.decode()
    post(visitor, url, htmx=True, star="on")
    assert CellStar.objects.get().person == bob
    post(visitor, url, htmx=True, star="off")
    assert not CellStar.objects.exists()


@pytest.mark.parametrize("sizes", [[3], [9], [2, 3], [3, 2], [2, 3, 4], [4, 1, 9], [2, 2, 2, 2]])
def test_every_cell_has_one_seat(sizes: list[int]) -> None:
    shape = Shape(sizes)
    total = shape.lines * shape.columns
    seats = [shape.seat(number) for number in range(1, total + 1)]
    assert len(set(seats)) == total
    assert [shape.number(*seat) for seat in seats] == list(range(1, total + 1))
    assert shape.columns <= max(6, shape.rows)


def queries(visitor: Client, url: str) -> int:
    with CaptureQueriesContext(database) as seen:
        assert visitor.get(url).status_code == 200
    return len(seen)


def test_no_page_makes_queries_in_proportion_to_its_cells(visitor: Client) -> None:
    small = the_batch(visitor, repeat="3")
    finish(small)
    given = {"axis-field": ["options.motion_vector.x", "model"], "axis-text": ["-9.9-9.9(0.2)", "gen2, gen3"]}
    large = the_batch(visitor, **given, nonce="large")
    finish(large)
    for name in ("batches:batch", "batches:news", "batches:list"):
        few, many = ([] if name == "batches:list" else [batch.pk] for batch in (small, large))
        assert queries(visitor, reverse(name, args=many)) <= queries(visitor, reverse(name, args=few)) + 1
    for batch in (small, large):
        cells = Cell.objects.filter(batch=batch)
        CellStar.objects.bulk_create(CellStar(team=batch.team, cell=cell, person=batch.person) for cell in cells)
    one, all_of_them = (reverse("batches:batch", args=[batch.pk]) + "?starred" for batch in (small, large))
    assert queries(visitor, all_of_them) <= queries(visitor, one) + 1
    last = visitor.get(f"{all_of_them}&line=150").content.decode()
    assert last.count('class="batch-list__one"') == 50
    assert 'href="?starred&amp;line=0"' in last
    page = visitor.get(reverse("batches:batch", args=[large.pk])).content.decode()
    assert page.count('class="batch-cell"') == 200
    assert len(page) < 400_000


def test_the_list_pages_by_key(visitor: Client, bob: User, sender: Connection, team: Team) -> None:
    assert "No batches yet" in visitor.get(reverse("batches:list")).content.decode()
    given = {"team": team, "person": bob, "connection": sender, "operation": OPERATION, "size": 0}
    Batch.objects.bulk_create(Batch(**given, name=f"grid {n}", nonce=str(n)) for n in range(60))
    page = visitor.get(reverse("batches:list")).content.decode()
    assert page.count('batches-row"') == 50
    last = Batch.objects.order_by("-id")[49].pk
    assert f"?before={last}" in page
    assert visitor.get(reverse("batches:list"), {"before": last}).content.decode().count('batches-row"') == 10


def test_whoever_reads_a_batch_reads_it_in_their_own_language(visitor: Client) -> None:
    batch = the_batch(visitor)
    Cell.objects.filter(batch=batch, number=1).update(
        changed={"prompt": ""}, state=CellState.WAITING, task=None, tries=1
    )
    Task.objects.update(state=State.SUCCEEDED)
    feed()
    words = [("Prompt · “fog”", "Duration", "Duration must be 5 or 10, not 7.", "Fill in Prompt."),
             ("提示词 · “fog”", "时长", "时长只能是 5 或 10，不能是 7。", "提示词必须填写。")]  # fmt: skip
    for language, (mine, others) in {"en": words, "zh-hans": words[::-1]}.items():
        visitor.cookies["django_language"] = language
        page = visitor.get(reverse("batches:batch", args=[batch.pk])).content.decode()
        assert [each for each in mine if each not in page] == []
        assert [each for each in others if each in page] == []
