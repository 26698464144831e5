"""What a person brings is told by its bytes, kept for the team, and refused with a sentence that helps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from studio.files import measure, sniff, spooling
from studio.files.models import File, Origin
from studio.files.spooling import Came
from studio.files.taking import NotTaken, from_address, share
from studio.teams.models import Team, User
from studio.teams.scope import across_teams, scope
from tests.files.samples import film, picture, slides, sound

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(client: Client, data: bytes, name: str = "fox.png", takes: str = "image") -> Any:
    address = f"{reverse('files:add')}?takes={takes}"
    headers = {"X-File-Name": quote(name)}
    return client.post(address, data, content_type="application/octet-stream", headers=headers)


def only_file() -> File:
    with across_teams():
        return File.objects.get()


@pytest.mark.parametrize(
    ("data", "name", "takes", "kind", "called"),
    [
        (picture(), "a/б狐.PNG", "image", "image", "б狐.PNG"),
        (picture("JPEG"), "fox.png", "image", "image", "fox.jpg"),  # an ending that lies
        (film(frames=12), "talk.mp4", "video,image", "video", "talk.mp4"),
        (sound(), "", "audio", "audio", "file.wav"),
        (slides(), "deck.pptx", "file", "file", "deck.pptx"),
        (slides("[Content_Types].xml", "word/document.xml"), "letter.docx", "file", "file", "letter.docx"),
        (b"one,two\n", "list.csv", "file", "text", "list.csv"),
        (picture(), "x" * 300 + ".png", "file", "image", "x" * 100 + ".png"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value)[:20],
)
def test_a_file_is_kept_as_what_its_bytes_are(
    bob: User, signed_in: SignIn, data: bytes, name: str, takes: str, kind: str, called: str
) -> None:
    answer = upload(signed_in(bob), data, name, takes)
    file = only_file()
    assert (answer.status_code, file.kind, file.name) == (200, kind, called)
    assert file.reference in answer.content.decode()
    assert Path(file.file.path).read_bytes() == data
    assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_a_picture_and_a_film_are_measured(bob: User, signed_in: SignIn) -> None:
    client = signed_in(bob)
    assert "64 × 36" in upload(client, picture()).content.decode()
    assert "1.0 s" in upload(client, film(frames=12), "a.mp4", "video").content.decode()


@pytest.mark.parametrize(
    ("data", "takes", "sentence"),
    [
        (b"", "image", "The file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image,file", "none of those"),
        (b"<?xml version='1.0'?><svg/>", "file", "none of those"),
        (b"<!DOCTYPE html><p>hello", "file", "none of those"),
        (b"MZ\x90\x00\x03\x00", "file", "none of those"),
        (b"plain words", "image", "none of those"),
        (film(frames=12), "image", "This is a video. Choose one of: PNG, JPEG, WebP, GIF."),
        (picture()[:-20], "image", "damaged"),
        (picture("JPEG", (640, 480))[:-400], "image", "damaged"),
        (film()[:-40], "video", "damaged"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    bob: User, signed_in: SignIn, tmp_path: Path, data: bytes, takes: str, sentence: str
) -> None:
    answer = upload(signed_in(bob), data, "a.png", takes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_flood_of_pixels_is_refused(bob: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MOST_PIXELS", 64 * 36 - 1)
    answer = upload(signed_in(bob), picture())
    assert "more pixels than the studio keeps" in answer.content.decode()


def test_a_file_beyond_the_cap_is_refused_before_it_is_read(
    bob: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(measure.MOST_BYTES, "image", 100)
    answer = upload(signed_in(bob), picture())
    assert "too large: at most 100" in answer.content.decode().replace("\xa0", " ")


def test_the_same_file_twice_is_one(bob: User, signed_in: SignIn) -> None:
    first, second = upload(signed_in(bob), picture()), upload(signed_in(bob), picture())
    assert first.content == second.content
    assert only_file().name == "fox.png"


def test_the_file_belongs_to_the_team(bob: User, charlie: User, signed_in: SignIn) -> None:
    upload(signed_in(bob), picture())
    file = only_file()
    got = signed_in(bob).get(file.url)
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(getattr(got, "streaming_content", [])) == picture()
    assert signed_in(charlie).get(file.url).status_code == 404


def serving(data: bytes, status: int = 200) -> Callable[[], httpx.MockTransport]:
    return lambda: httpx.MockTransport(lambda request: httpx.Response(status, content=data))


def test_a_file_is_fetched_from_an_address(team: Team, bob: User, settings: Settings) -> None:
    settings.GATEWAY_TRANSPORT = serving(picture())
    with scope(team):
        file = from_address(team, bob, "https://pictures.example.com/a/fox%20one.png?sig=1", ["image"])
    assert (file.name, file.origin) == ("fox one.png", Origin.ADDRESS)
    assert Path(file.file.path).read_bytes() == picture()


@pytest.mark.parametrize(
    ("url", "data", "status", "sentence"),
    [
        ("https://pictures.example.com/fox.png", b"", 404, "no longer works"),
        ("https://pictures.example.com/fox.png", b"<html>", 200, "none of those"),
        ("ftp://pictures.example.com/fox.png", b"", 200, "not a web address"),
    ],
)
def test_an_address_without_a_file_is_told(
    team: Team, bob: User, settings: Settings, url: str, data: bytes, status: int, sentence: str
) -> None:
    settings.GATEWAY_TRANSPORT = serving(data, status)
    with scope(team), pytest.raises(NotTaken, match=sentence):
        from_address(team, bob, url, ["image"])


def test_a_private_address_is_not_fetched(team: Team, bob: User) -> None:
    with scope(team), pytest.raises(NotTaken, match="not in the public internet"):
        from_address(team, bob, "http://169.254.169.254/latest/", ["image"])


def test_a_result_is_shared_without_a_copy(team: Team, bob: User, tmp_path: Path) -> None:
    kept = tmp_path / "1" / "film.mp4"
    kept.parent.mkdir()
    kept.write_bytes(b"the film")
    measured = measure.Measured(sniff.MP4, 64, 36, 2.0)
    with scope(team):
        file = share(team, bob, kept, "task-1-1.mp4", measured, "0" * 64)
        assert share(team, bob, kept, "task-1-1.mp4", measured, "0" * 64) == file
    assert Path(file.file.path).stat().st_ino == kept.stat().st_ino
    kept.unlink()
    assert Path(file.file.path).read_bytes() == b"the film"


def test_a_file_that_the_event_loop_carried_is_taken_as_it_lies_there(
    bob: User, signed_in: SignIn, tmp_path: Path
) -> None:
    client, lies = signed_in(bob), tmp_path / "came"
    headers = {"X-File-Name": "fox.png"}

    def ask(**scope: str) -> Any:
        told: Any = {"asgi.scope": {spooling.ASKED: True} if not scope else {spooling.CAME: Came(**scope)}}
        return client.post(
            f"{reverse('files:add')}?takes=image",
            b"",
            content_type="application/octet-stream",
            headers=headers,
            **told,
        )

    most = measure.MOST_BYTES["image"]
    assert ask()[spooling.HEADER] == spooling.order(bob.pk, most)
    lies.write_bytes(picture())
    assert ask(path=str(lies)).status_code == 200
    assert Path(only_file().file.path).read_bytes() == picture()
    for why, said in [
        (spooling.CROWDED, "on their way already"),
        (spooling.LONG, "too large"),
        (spooling.LATE, "within half an hour"),
        (spooling.NO_ROOM, "disk is full"),
    ]:
        answer = ask(why=why)
        assert answer.status_code == 422
        assert said in answer.content.decode()
