"""What the gateway made becomes a file of ours, once, whole, and whatever happens in between."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from studio import catalog
from studio.assets import jobs, keeping
from studio.assets.keeping import LOOKS, NO_ROOM, WAITS, keep, plan
from studio.assets.models import Asset, Keeping
from studio.files.measure import Measured
from studio.tasks.laying import content_of
from studio.tasks.models import Task
from studio.tasks.states import Kind, State
from studio.teams.models import Team, User
from tests.factories import make_task
from tests.files.samples import film, picture, slideshow, sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everywhere")]
FILM = film(64, 36, 24)
LINK = "https://cdn.example/video.mp4"


class Web:
    """The web as the keeping sees it: addresses and what they answer; counts who asked."""

    def __init__(self) -> None:
        self.pages: dict[str, httpx.Response | Callable[[], httpx.Response]] = {}
        self.asked: list[str] = []

    def __setitem__(self, url: str, page: bytes | int) -> None:
        self.pages[url] = lambda: httpx.Response(page) if isinstance(page, int) else httpx.Response(200, content=page)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        page = self.pages.get(str(request.url), lambda: httpx.Response(404))
        return page() if callable(page) else page


@pytest.fixture
def web(settings: Settings, tmp_path: Path) -> Web:
    found = Web()
    settings.GATEWAY_TRANSPORT = lambda: httpx.MockTransport(found.answer)
    settings.MEDIA_ROOT = tmp_path / "media"
    return found


def made(team: Team, person: User, *results: dict[str, Any]) -> Task:
    return make_task(team, person, state=State.SUCCEEDED, results=list(results))


def video(url: str = LINK) -> dict[str, Any]:
    return {"kind": "video", "url": url, "role": ""}


def later(task: Task) -> None:
    """The wait until the next try is over."""
    task.assets.update(next_try_at=timezone.now() - timedelta(seconds=1))


def files(settings: Settings) -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def test_a_result_is_kept_with_its_measures(team: Team, alice: User, web: Web) -> None:
    web[LINK] = FILM
    task = made(team, alice, video())
    keep(task.pk)
    asset = task.assets.get()
    assert asset.keeping == Keeping.KEPT
    assert (asset.media_type, asset.width, asset.height, asset.size) == ("video/mp4", 64, 36, len(FILM))
    assert asset.duration == pytest.approx(2, abs=0.1)
    assert asset.sha256 == hashlib.sha256(FILM).hexdigest()
    assert asset.file.read() == FILM
    event = task.events.get()
    assert (event.kind, event.data["asset"]) == (Kind.KEPT, asset.pk)


def test_keeping_again_changes_nothing(team: Team, alice: User, web: Web) -> None:
    web[LINK] = FILM
    task = made(team, alice, video())
    for _ in range(5):
        keep(task.pk)
    assert len(web.asked) == 1
    assert task.events.count() == 1


def test_a_result_that_comes_later_is_kept_too(team: Team, alice: User, web: Web) -> None:
    web[LINK] = FILM
    web["https://cdn.example/poster.jpg"] = picture("JPEG")
    task = made(team, alice, video())
    keep(task.pk)
    task.results = [*task.results, {"kind": "image", "url": "https://cdn.example/poster.jpg", "role": "poster"}]
    task.save()
    keep(task.pk)
    assert [(a.number, a.role, a.keeping) for a in task.assets.all()] == [(1, "result", "kept"), (2, "poster", "kept")]


def test_while_one_job_fetches_another_does_not(team: Team, alice: User, web: Web) -> None:
    task = made(team, alice, video())

    def meanwhile() -> httpx.Response:
        keep(task.pk)
        return httpx.Response(200, content=FILM)

    web.pages[LINK] = meanwhile
    keep(task.pk)
    assert len(web.asked) == 1
    assert task.events.count() == 1


def test_a_try_whose_job_died_is_made_again_after_its_lease(team: Team, alice: User, web: Web) -> None:
    web[LINK] = FILM
    task = made(team, alice, video())
    Asset.objects.create(
        team=team,
        task=task,
        number=1,
        kind="video",
        role="result",
        tries=1,
        next_try_at=timezone.now() + timedelta(minutes=2),
    )
    keep(task.pk)
    assert web.asked == []
    later(task)
    keep(task.pk)
    assert task.assets.get().keeping == Keeping.KEPT


def test_a_failed_try_waits_longer_each_time_and_is_lost_in_the_end(team: Team, alice: User, web: Web) -> None:
    web[LINK] = 500
    task = made(team, alice, video())
    waits = []
    for _ in WAITS:
        keep(task.pk)
        asset = task.assets.get()
        assert asset.keeping == Keeping.WAITING
        assert asset.error
        assert asset.next_try_at
        waits.append(asset.next_try_at - timezone.now())
        later(task)
    keep(task.pk)
    assert waits == sorted(waits)
    assert task.assets.get().keeping == Keeping.LOST
    assert [(e.kind, bool(e.text)) for e in task.events.all()] == [(Kind.LOST, True)]


def test_a_link_that_comes_back_to_life_is_kept(team: Team, alice: User, web: Web) -> None:
    web[LINK] = 403
    task = made(team, alice, video())
    keep(task.pk)
    web[LINK] = FILM
    later(task)
    keep(task.pk)
    asset = task.assets.get()
    assert (asset.keeping, asset.error) == (Keeping.KEPT, "")


@pytest.mark.parametrize("page", [b"<html>expired</html>", FILM[:500], b"#EXTM3U\nfile:///etc/passwd", b""])
def test_what_is_no_media_is_not_kept(team: Team, alice: User, web: Web, settings: Settings, page: bytes) -> None:
    web[LINK] = page
    task = made(team, alice, video())
    keep(task.pk)
    assert task.assets.get().keeping == Keeping.WAITING
    assert files(settings) == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/x.mp4", "file:///etc/passwd", "http://169.254.169.254/latest"])
def test_a_link_into_the_private_net_is_lost_at_once(team: Team, alice: User, settings: Settings, url: str) -> None:
    task = made(team, alice, video(url))
    keep(task.pk)
    asset = task.assets.get()
    assert (asset.keeping, asset.tries) == (Keeping.LOST, 1)
    assert asset.error


def test_a_folder_that_cannot_be_written_is_no_reason_to_lose_a_result(
    team: Team, alice: User, web: Web, settings: Settings
) -> None:
    web[LINK] = FILM
    root = Path(settings.MEDIA_ROOT)
    root.write_text("a file stands where the folder should be")
    task = made(team, alice, video())
    for _ in range(10):
        keep(task.pk)
        later(task)
    asset = task.assets.get()
    assert (asset.keeping, asset.tries, asset.error) == (Keeping.WAITING, 0, NO_ROOM)
    root.unlink()
    keep(task.pk)
    assert task.assets.get().keeping == Keeping.KEPT


def test_one_bad_result_does_not_keep_the_others(team: Team, alice: User, web: Web) -> None:
    web[LINK] = FILM
    task = made(team, alice, video("https://cdn.example/gone.mp4"), video(), {"kind": "video", "role": ""})
    keep(task.pk)
    assert [a.keeping for a in task.assets.all()] == ["waiting", "kept", "lost"]


@pytest.mark.parametrize(
    ("result", "media_type", "data"),
    [
        ({"kind": "text", "text": "一首诗"}, "text/plain", "一首诗".encode()),
        ({"kind": "text", "text": "<script>alert(1)</script>"}, "text/plain", b"<script>alert(1)</script>"),
        ({"kind": "image", "data": base64.b64encode(picture()).decode()}, "image/png", picture()),
        (
            {"kind": "image", "data": "data:image/png;base64," + base64.b64encode(picture()).decode()},
            "image/png",
            picture(),
        ),
        (
            {"kind": "image", "url": "data:image/png;base64," + base64.b64encode(picture()).decode()},
            "image/png",
            picture(),
        ),
        ({"kind": "text", "data": {"a": 1}}, "application/json", b'{"a": 1}'),
    ],
)
def test_a_result_inside_the_answer_is_kept_without_fetching(
    team: Team, alice: User, web: Web, result: dict[str, Any], media_type: str, data: bytes
) -> None:
    task = made(team, alice, result)
    keep(task.pk)
    asset = task.assets.get()
    assert (asset.keeping, asset.media_type, asset.file.read(), asset.source_url) == ("kept", media_type, data, "")
    assert web.asked == []


def test_the_life_of_the_gateway_s_link_is_known(team: Team, alice: User, web: Web) -> None:
    task = made(team, alice, video(f"{LINK}?Expires=1795521600"), video())
    keep(task.pk)
    assert [bool(a.source_expires_at) for a in task.assets.all()] == [True, False]


def test_no_unfinished_file_stays(team: Team, alice: User, web: Web, settings: Settings) -> None:
    web[LINK] = FILM
    keep(made(team, alice, video(), video("https://cdn.example/gone.mp4")).pk)
    assert len(files(settings)) == 1


def test_the_sweep_rings_for_what_is_due_and_for_lost_rings(team: Team, alice: User, web: Web) -> None:
    web[LINK] = 500
    tried, forgotten = made(team, alice, video()), made(team, alice, video())
    keep(tried.pk)
    assert jobs.ring_due() == 1
    later(tried)
    assert jobs.ring_due() == 1
    assert jobs.ring_due() == 0
    assert OrmQ.objects.count() == 2
    assert forgotten.assets.count() == 1


def test_a_task_that_is_gone_is_no_trouble(web: Web) -> None:
    keep(4711)


def test_a_json_result_is_kept_as_it_came(team: Team, alice: User, web: Web, settings: Settings) -> None:
    task = made(team, alice, {"kind": "file", "json": '[{"embedding":[1.0,0.5]}]', "role": ""})
    keep(task.pk)
    asset = task.assets.get()
    assert (asset.keeping, asset.kind, asset.media_type) == (Keeping.KEPT, "text", "application/json")
    assert Path(asset.file.path).read_text() == '[{"embedding":[1.0,0.5]}]'


def test_what_is_in_a_file_is_told_when_it_is_kept(team: Team, alice: User, web: Web) -> None:
    web[LINK] = sound(2)
    task = made(
        team, alice, {"kind": "audio", "url": LINK, "role": ""}, {"kind": "text", "text": "WEBVTT\n", "role": ""}
    )
    keep(task.pk)
    first, second = task.assets.all()
    assert len(first.inside["peaks"]) == 100
    assert second.inside == {"begins": "WEBVTT\n", "characters": 7}
    assert second.name.endswith(".vtt")


def test_a_file_whose_inside_kills_its_reader_is_kept_without_it(team: Team, alice: User, web: Web) -> None:
    web[LINK] = sound(2)
    task = made(team, alice, {"kind": "audio", "url": LINK, "role": ""})
    plan(task)
    task.assets.update(tries=LOOKS, unended=LOOKS)
    keep(task.pk)
    assert (task.assets.get().keeping, task.assets.get().inside) == (Keeping.KEPT, {})


def test_slides_bring_the_picture_that_stands_for_them(
    team: Team, alice: User, web: Web, signed_in: Callable[[User], Client]
) -> None:
    web[LINK] = slideshow({"docProps/thumbnail.jpeg": picture("JPEG", (300, 200))})
    task = made(team, alice, {"kind": "file", "url": LINK, "role": ""})
    keep(task.pk)
    asset = task.assets.get()
    assert asset.inside == {"pages": 0, "titles": [], "cover": True}
    answer = signed_in(alice).get(asset.cover_url)
    assert (answer.headers["Content-Type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("told", ["纸", "data:audio/mpeg;base64,纸", "a", "=" * 99])
def test_what_cannot_be_unpacked_is_lost_once(team: Team, alice: User, web: Web, told: str) -> None:
    task = made(team, alice, {"kind": "audio", "data": told})
    keep(task.pk)
    asset = task.assets.get()
    assert (asset.keeping, asset.error) == ("lost", "The result came inside the answer, but cannot be read.")
    no_sound = catalog.Result("audio", data="纸")
    assert content_of(no_sound) is None  # an answer with it is recorded all the same


def test_a_result_that_breaks_its_reader_comes_to_an_end(
    team: Team, alice: User, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be fetched again after each lease, for as long as the studio stands."""

    def broken(*_: object, **__: object) -> None:
        raise LookupError("a fault of the reader")

    monkeypatch.setattr("studio.assets.keeping.sniff.sniff", broken)
    web[LINK] = FILM
    task = made(team, alice, video())
    for _ in range(len(WAITS) + 1):
        keep(task.pk)
        later(task)
    assert task.assets.get().keeping == "lost"
    assert len(web.asked) == len(WAITS) + 1


def test_a_file_that_ends_its_worker_is_tried_three_times_and_then_left_alone(
    team: Team, alice: User, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The worker is gone: no `except Exception` notices."""

    runs: list[str] = []

    def examine(asset: Asset, *_: object) -> Measured:
        runs.append(asset.source_url)
        if asset.source_url == LINK:
            raise Killed
        return measured(asset, *_)

    measured: Callable[..., Measured] = keeping.examine
    monkeypatch.setattr(keeping, "examine", examine)
    web[LINK], web["https://cdn.example/good.mp4"] = FILM, FILM
    task = made(team, alice, video(), video("https://cdn.example/good.mp4"))
    for _ in range(7):
        with suppress(Killed):
            keep(task.pk)
        later(task)
    assert runs.count(LINK) == 3
    assert [asset.keeping for asset in task.assets.order_by("number")] == [Keeping.LOST, Keeping.KEPT]
    assert "three times" in task.assets.get(number=1).error
