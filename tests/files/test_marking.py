"""Whose eyes a file is for: its person's alone, until it stands in something that the team sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from studio import catalog
from studio.api import tokens
from studio.files.models import File
from studio.library import saving, sharing
from studio.library.kept import Kept
from studio.library.models import Visibility
from studio.tasks import lifecycle
from studio.tasks.models import Task
from studio.teams.models import Connection, Team, User
from studio.teams.scope import across_teams
from tests.factories import make_connection, make_file
from tests.files.samples import picture

SECRET = "eisvogel"
WITH_A_FILE = "runway.generate-image"


def run_with(file: File, person: User, nonce: str, *, private: bool, sender: Connection) -> Task:
    return lifecycle.begin(
        team=file.team, person=person, connection=sender, operation=catalog.get(WITH_A_FILE),
        values={"prompt": "x", "model": "gen3", "image": file.reference}, extras={}, nonce=nonce, private=private,
    )  # fmt: skip


def is_private(file: File) -> bool:
    file.refresh_from_db()
    return file.private


def test_a_file_is_its_persons_until_it_stands_in_something_that_the_team_sees(team: Team, bob: User) -> None:
    with across_teams():
        file, sender = make_file(team, bob, private=True), make_connection(team)
        first = run_with(file, bob, "1", private=True, sender=sender)
        assert is_private(file)
        lifecycle.keep_private(first, bob, False)
        assert not is_private(file)
        lifecycle.keep_private(first, bob, True)
        assert is_private(file)
        run_with(file, bob, "2", private=False, sender=sender)
        assert not is_private(file)
        for private in (False, True):  # it stands in the other one, too
            lifecycle.keep_private(first, bob, private)
            assert not is_private(file)


def test_a_file_that_a_colleague_uses_too_is_not_hidden_from_them(team: Team, alice: User, bob: User) -> None:
    with across_teams():
        file, sender = make_file(team, bob), make_connection(team)
        run_with(file, alice, "1", private=True, sender=sender)
        run_with(file, bob, "2", private=True, sender=sender)
        assert not is_private(file)


def test_a_file_from_before_that_stood_nowhere_is_hidden_with_its_first_private_task(team: Team, bob: User) -> None:
    with across_teams():
        file, sender = make_file(team, bob), make_connection(team)
        run_with(file, bob, "1", private=True, sender=sender)
        assert is_private(file)


def test_a_colleague_neither_runs_nor_shows_what_somebody_keeps_to_themselves(
    team: Team, alice: User, bob: User, signed_in: Callable[[User], Client]
) -> None:
    """In a form, by a program, in a batch, and past all pages."""
    with across_teams():
        file, sender = make_file(team, bob, private=True, name=f"{SECRET}.png"), make_connection(team)
        _token, secret = tokens.issue(team, alice, "a program", "run", 1)
        with pytest.raises(lifecycle.NotNow, match="private to the person who brought it"):
            run_with(file, alice, "1", private=False, sender=sender)
    form = {"v:prompt": "x", "v:model": "gen3", "v:image": file.reference, "nonce": "2"}
    client = signed_in(alice)
    page = client.post(reverse("composer:run", args=[WITH_A_FILE]), form)
    preview = client.post(reverse("composer:preview", args=[WITH_A_FILE]), form)
    for told in (page, preview):
        assert "private to the person who brought it" in told.content.decode()
        assert "&lt;a private file&gt;" in told.content.decode()
        assert SECRET not in told.content.decode()
    answer = Client().post(
        f"/api/v1/operations/{WITH_A_FILE}/run",
        json.dumps({"prompt": "x", "model": "gen3", "image": file.reference}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert "private to the person" in answer.json()["error"]["fields"]["image"]
    plan = form | {"axis-field": "prompt", "axis-text": "a\nb"}
    assert client.post(reverse("batches:run", args=[WITH_A_FILE]), plan).status_code == 422
    with across_teams():
        assert not Task.objects.exists()
        assert is_private(file)


def test_a_preset_for_the_team_shows_the_files_of_who_saves_it_and_of_nobody_else(
    team: Team, alice: User, bob: User
) -> None:
    with across_teams():
        mine, theirs = make_file(team, bob, private=True), make_file(team, alice, private=True)
        kept = Kept({"image": mine.reference, "video": theirs.reference})
        operation = catalog.get(WITH_A_FILE)
        given: dict[str, Any] = {"team": team, "person": bob, "operation": operation, "kept": kept, "name": "x"}
        preset = saving.begin(**given, key="1", visibility=Visibility.ME)
        assert is_private(mine)
        sharing.set_audience(preset, Visibility.TEAM, [], [], alice)
        assert (is_private(mine), is_private(theirs)) == (True, False)
        sharing.set_audience(preset, Visibility.TEAM, [], [], bob)
        assert not is_private(mine)
        another = make_file(team, bob, private=True)
        saving.begin(**given | {"kept": Kept({"image": another.reference})}, key="2")
        assert not is_private(another)


def test_what_a_person_brings_is_offered_to_nobody_else(
    team: Team, alice: User, bob: User, settings: Any, tmp_path: Path, signed_in: Callable[[User], Client]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picker = f"{reverse('assets:choose')}?takes=image"

    def bring(person: User) -> File:
        address, headers = f"{reverse('files:add')}?takes=image", {"X-File-Name": f"{SECRET}.png"}
        kind = "application/octet-stream"
        assert signed_in(person).post(address, picture(), content_type=kind, headers=headers).status_code == 200
        with across_teams():
            return File.objects.filter(person=person).latest("pk")

    mine = bring(bob)
    assert SECRET in signed_in(bob).get(picker).content.decode()
    assert SECRET not in signed_in(alice).get(picker).content.decode()
    assert signed_in(alice).get(mine.url).status_code == 404
    with across_teams():
        theirs = bring(alice)  # the same bytes by the same name
        assert theirs != mine
        run_with(mine, bob, "1", private=False, sender=make_connection(team))
    assert SECRET in signed_in(alice).get(picker).content.decode()
    assert signed_in(alice).get(mine.url).status_code == 200
    assert bring(bob) == mine
