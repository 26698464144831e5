"""Kept files reach their own team, in parts if asked, and never as anything that could run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studio.assets.models import Asset, Keeping
from studio.tasks.models import Task
from studio.teams.models import Team, User
from tests.factories import make_asset, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
DATA = bytes(range(256)) * 1000
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def kept(task: Task, media_type: str = "video/mp4", data: bytes = DATA, **more: object) -> Asset:
    facts = {"media_type": media_type, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    asset = make_asset(task, **({"keeping": Keeping.KEPT, "kept_at": timezone.now()} | facts | more))
    asset.file.save(f"{asset.pk}.mp4", ContentFile(data))
    return asset


@pytest.fixture
def asset(team: Team, alice: User) -> Asset:
    return kept(make_task(team, alice))


def body(response: HttpResponseBase) -> bytes:
    return b"".join(getattr(response, "streaming_content", None) or [getattr(response, "content", b"")])


def test_a_file_is_served_whole_and_inert(asset: Asset, dana: User, signed_in: SignIn) -> None:
    got = signed_in(dana).get(asset.url)
    assert (got.status_code, body(got)) == (200, DATA)
    assert got["Content-Type"] == "video/mp4"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got["Cross-Origin-Resource-Policy"] == "same-origin"
    assert got["Content-Disposition"].startswith("inline;")
    assert got["Cache-Control"].startswith("private")
    assert got["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("0-0", 0, 0),
        ("0-99", 0, 99),
        ("0-", 0, 255_999),  # all of it is a part too: Safari plays nothing without a 206
        ("1000-", 1000, 255_999),
        ("-5", 255_995, 255_999),
        ("255999-999999", 255_999, 255_999),
    ],
)
def test_a_part_is_served(asset: Asset, alice: User, signed_in: SignIn, asked: str, first: int, last: int) -> None:
    got = signed_in(alice).get(asset.url, headers={"Range": f"bytes={asked}"})
    assert (got.status_code, body(got)) == (206, DATA[first : last + 1])
    assert got["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert got["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["256000-", "999999999999-", "-0"])
def test_a_part_outside_the_file_is_refused(asset: Asset, alice: User, signed_in: SignIn, asked: str) -> None:
    got = signed_in(alice).get(asset.url, headers={"Range": f"bytes={asked}"})
    assert (got.status_code, got["Content-Range"]) == (416, f"bytes */{len(DATA)}")


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,5-9", "bytes=-", "items=0-1", "bytes=a-b", "rubbish"])
def test_what_is_no_single_part_gets_the_whole(asset: Asset, alice: User, signed_in: SignIn, asked: str) -> None:
    got = signed_in(alice).get(asset.url, headers={"Range": asked})
    assert (got.status_code, len(body(got))) == (200, len(DATA))


def test_a_part_of_another_version_is_not_served(asset: Asset, alice: User, signed_in: SignIn) -> None:
    browser, part = signed_in(alice), {"Range": "bytes=0-9"}
    assert browser.get(asset.url, headers=part | {"If-Range": f'"{asset.sha256}"'}).status_code == 206
    assert browser.get(asset.url, headers=part | {"If-Range": '"other"'}).status_code == 200
    date = browser.get(asset.url)["Last-Modified"]
    assert browser.get(asset.url, headers=part | {"If-Range": date}).status_code == 206


def test_what_the_browser_has_is_not_sent_again(asset: Asset, alice: User, signed_in: SignIn) -> None:
    got = signed_in(alice).get(asset.url, headers={"If-None-Match": f'"{asset.sha256}"'})
    assert (got.status_code, body(got)) == (304, b"")


def test_head_tells_the_size_without_the_bytes(asset: Asset, alice: User, signed_in: SignIn) -> None:
    browser = signed_in(alice)
    got = browser.head(asset.url)
    assert (got["Content-Length"], body(got)) == (str(len(DATA)), b"")
    part = browser.head(asset.url, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part["Content-Length"]) == (206, "10")


def test_download_gives_a_file_to_keep(asset: Asset, alice: User, signed_in: SignIn) -> None:
    got = signed_in(alice).get(asset.url + "?download")
    assert got["Content-Disposition"] == f'attachment; filename="task-{asset.task_id}-1.mp4"'


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("application/pdf", "attachment"),
        ("application/json", "attachment"),
        ("text/plain", "inline"),
        ("image/png", "inline"),
    ],
)
def test_only_listed_media_are_shown_in_the_browser(
    team: Team, alice: User, signed_in: SignIn, media_type: str, shown: str
) -> None:
    got = signed_in(alice).get(kept(make_task(team, alice), media_type).url)
    assert got["Content-Disposition"].startswith(shown)
    assert got["Content-Type"].startswith(media_type)


def test_another_team_and_strangers_do_not_see_it(asset: Asset, charlie: User, signed_in: SignIn) -> None:
    assert signed_in(charlie).get(asset.url).status_code == 404
    assert Client().get(asset.url).status_code == 302


def test_what_is_not_kept_is_not_there(team: Team, alice: User, signed_in: SignIn) -> None:
    waiting = make_asset(make_task(team, alice))
    assert signed_in(alice).get(f"/assets/{waiting.pk}/x").status_code == 404


def test_a_file_that_was_deleted_by_hand_is_a_404(asset: Asset, alice: User, signed_in: SignIn) -> None:
    Path(asset.file.path).unlink()
    assert signed_in(alice).get(asset.url).status_code == 404
    assert signed_in(alice).post(asset.url).status_code == 405
