"""Whoever has a signed address gets that one file for a day; everybody else gets one and the same 404."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.files.addresses import LIFE, signed_url
from studio.files.models import File
from studio.teams.models import Team, User
from tests.factories import make_file
from tests.files.samples import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(team: Team, alice: User, settings: Settings, tmp_path: Path) -> File:
    settings.MEDIA_ROOT = tmp_path
    return make_file(team, alice, picture(), name="狐 fox.png")


def path_of(url: str, settings: Settings) -> str:
    return url.removeprefix(settings.PUBLIC_URL)


def test_a_signed_address_gives_the_file_to_anybody(file: File, settings: Settings) -> None:
    url = signed_url(file)
    assert url.startswith(f"{settings.PUBLIC_URL}/files/in/{file.public_id}/")
    assert url.endswith("/fox.png")
    got = Client().get(path_of(url, settings))
    assert b"".join(getattr(got, "streaming_content", [])) == picture()
    assert got["Content-Type"] == "image/png"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    part = Client().get(path_of(url, settings), headers={"Range": "bytes=0-7"})
    assert (part.status_code, b"".join(getattr(part, "streaming_content", []))) == (206, picture()[:8])
    head = Client().head(path_of(url, settings))
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(picture())), b"")


def test_every_other_address_is_one_404(
    file: File, team: Team, alice: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = path_of(signed_url(file), settings)
    _, _, _, public_id, signature, name = url.split("/")
    other = make_file(team, alice, b"other")
    gone = make_file(team, alice, b"gone")
    gone.file.storage.delete(gone.file.name or "")
    wrong = [
        [public_id, signature[:-1] + ("a" if signature[-1] != "a" else "b"), name],
        [public_id, "x", name],
        [other.public_id, signature, name],
        ["0" * 32, signature, name],
    ]
    answers = [Client().get(reverse("files:in", args=args)) for args in wrong]
    answers.append(Client().get(path_of(signed_url(gone), settings)))
    now = signing.time.time()  # type: ignore[attr-defined]
    monkeypatch.setattr(signing.time, "time", lambda: now + timedelta(seconds=LIFE + 2).total_seconds())  # type: ignore[attr-defined]
    answers.append(Client().get(url))
    assert {(each.status_code, each.content) for each in answers} == {(404, b"Not found")}


def test_an_address_of_a_rotated_key_stays_good(file: File, settings: Settings) -> None:
    url = path_of(signed_url(file), settings)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, made just now, long enough to sign with"
    assert Client().get(url).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(url).status_code == 404
