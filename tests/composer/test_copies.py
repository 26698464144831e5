"""Our kept file takes the place of a gateway's link that is dead, or when a person says so; and what cannot be fetched
from us is said before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from studio.assets.models import Asset, Keeping
from studio.files.models import File
from studio.tasks.states import State
from studio.teams.models import Team, User
from tests.factories import make_asset, make_connection, make_file, make_task
from tests.files.samples import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everywhere")]
SignIn = Callable[[User], Client]
LINK = "https://cdn.example.com/last.png"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def last_frame(team: Team, alice: User, hours: float, into: str = "runway.generate-image", **values: object) -> Asset:
    """A kept picture whose link dies in so many hours, of a task that offers to go on from it."""
    action = {"operation": into, "label": {"en": "Go on", "zh": "续"}, "values": values or {"image": LINK}}
    task = make_task(team, alice, state=State.SUCCEEDED, actions=[action])
    facts = {"kind": "image", "role": "last_frame", "media_type": "image/png", "size": 3, "sha256": "0" * 64}
    dies = timezone.now() + timedelta(hours=hours)
    asset = make_asset(
        task, keeping=Keeping.KEPT, kept_at=timezone.now(), source_url=LINK, source_expires_at=dies, **facts
    )
    asset.file.save("last.png", ContentFile(picture()))
    return asset


def follow(asset: Asset, client: Client, into: str = "runway.generate-image") -> str:
    address = reverse("composer:compose", args=[into])
    return client.get(address, {"from": str(asset.task_id), "action": "0"}).content.decode()


def test_a_dead_link_gives_way_to_our_file(team: Team, alice: User, signed_in: SignIn) -> None:
    made = follow(last_frame(team, alice, -1), signed_in(alice))
    file = File.objects.get()
    assert f'value="{file.reference}"' in made
    assert LINK not in made


def test_a_link_that_lives_stays_and_our_copy_is_offered(team: Team, alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    made = follow(last_frame(team, alice, 1), client)
    assert f'value="{LINK}"' in made
    assert "Use our copy" in made
    assert not File.objects.exists()
    form = {"v:image": LINK, "v:model": "gen3", "do": "copy:image"}
    redrawn = client.post(
        reverse("composer:preview", args=["runway.generate-image"]), form, headers={"HX-Request": "true"}
    ).content.decode()
    assert f'value="{File.objects.get().reference}"' in redrawn


@pytest.mark.parametrize(
    ("into", "values"),
    [("midjourney.describe", {"base64": LINK}), ("midjourney.imagine", {"base64Array": [LINK], "prompt": "x"})],
)
def test_where_the_file_itself_goes_our_file_stands_at_once(
    team: Team, alice: User, signed_in: SignIn, into: str, values: dict[str, object]
) -> None:
    made = follow(last_frame(team, alice, 1, into, **values), signed_in(alice), into)
    assert File.objects.get().reference in made
    assert LINK not in made
    assert "does not have the form" not in made


def test_who_may_only_look_makes_no_files(team: Team, alice: User, dana: User, signed_in: SignIn) -> None:
    assert LINK in follow(last_frame(team, alice, -1), signed_in(dana))
    assert not File.objects.exists()


def test_another_teams_copy_is_not_ours(
    team: Team, alice: User, other_team: Team, charlie: User, signed_in: SignIn
) -> None:
    last_frame(team, alice, -1)
    form = {"v:image": LINK, "v:model": "gen3", "do": "copy:image"}
    address = reverse("composer:preview", args=["runway.generate-image"])
    got = signed_in(charlie).post(address, form, headers={"HX-Request": "true"})
    assert "Use our copy" not in got.content.decode()
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("public", "gateway", "operation", "warned"),
    [
        ("http://192.168.1.7:8000", "https://gateway.example.com", "runway.generate-image", True),
        ("http://192.168.1.7:8000", "https://gateway.example.com", "kling.image2video", False),  # it goes inside
        ("http://192.168.1.7:8000", "http://127.0.0.1:8001", "runway.generate-image", False),
        ("https://studio.example.com", "https://gateway.example.com", "runway.generate-image", False),
    ],
)
def test_what_nobody_can_fetch_is_said_beside_run(
    team: Team,
    alice: User,
    signed_in: SignIn,
    settings: Settings,
    public: str,
    gateway: str,
    operation: str,
    warned: bool,
) -> None:
    settings.PUBLIC_URL = public
    make_connection(team, base_url=gateway)
    file = make_file(team, alice, picture())
    form = {"v:image": file.reference}
    made = signed_in(alice).post(reverse("composer:preview", args=[operation]), form).content.decode()
    assert ("cannot fetch fox.png" in made) is warned
    assert "fox.png" in made
    inside = operation == "kling.image2video" and "192.168" in public
    assert ("iVBORw0KGgoA…" in made) is inside
